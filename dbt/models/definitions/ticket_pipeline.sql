{{ form_of(source('hubspot', 'PIPELINES'), [
  ['pipeline_id', 'string', 'PIPELINEID'],
  ['object_type_id', 'string', 'OBJECTTYPEID'],
  ['label', 'string', 'LABEL'],
  ['display_order', 'int', 'DISPLAYORDER'],
  ['active', 'boolean', 'not ARCHIVED'],
  ['created_at', 'timestamp', 'CREATEDAT'],
  ['updated_at', 'timestamp', 'UPDATEDAT'],
  ['_fivetran_deleted', 'boolean', 'ARCHIVED'],
  synced()
], where="OBJECTTYPEID = '0-5'") }}
