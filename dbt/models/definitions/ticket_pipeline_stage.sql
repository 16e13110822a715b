{{ form_of(source('hubspot', 'PIPELINE_STAGES'), [
  ['stage_id', 'string', 'STAGEID'],
  ['pipeline_id', 'string', 'PIPELINEID'],
  ['label', 'string', 'LABEL'],
  ['display_order', 'int', 'DISPLAYORDER'],
  ['is_closed', 'boolean', "coalesce(" ~ json_text('METADATA', 'isClosed') ~ ", case " ~ json_text('METADATA', 'ticketState') ~ " when 'CLOSED' then 'true' when 'OPEN' then 'false' end)"],
  ['ticket_state', 'string', json_text('METADATA', 'ticketState')],
  ['active', 'boolean', 'not ARCHIVED'],
  ['created_at', 'timestamp', 'CREATEDAT'],
  ['updated_at', 'timestamp', 'UPDATEDAT'],
  ['_fivetran_deleted', 'boolean', 'ARCHIVED'],
  synced()
], where="OBJECTTYPEID = '0-5'") }}
