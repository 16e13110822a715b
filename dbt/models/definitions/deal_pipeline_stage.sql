{{ form_of(source('hubspot', 'PIPELINE_STAGES'), [
  ['stage_id', 'string', 'STAGEID'],
  ['pipeline_id', 'string', 'PIPELINEID'],
  ['label', 'string', 'LABEL'],
  ['display_order', 'int', 'DISPLAYORDER'],
  ['is_closed', 'boolean', fitting(json_text('METADATA', 'isClosed'), type_of('boolean'))],
  ['probability', 'float', fitting(json_text('METADATA', 'probability'), type_of('float'))],
  ['closed_won', 'boolean', fitting(json_text('METADATA', 'probability'), type_of('number')) ~ ' = 1'],
  ['active', 'boolean', 'not ARCHIVED'],
  ['created_at', 'timestamp', 'CREATEDAT'],
  ['updated_at', 'timestamp', 'UPDATEDAT'],
  ['_fivetran_deleted', 'boolean', 'ARCHIVED'],
  synced()
], where="OBJECTTYPEID = '0-3'") }}
