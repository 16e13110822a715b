{{ records(source('hubspot', 'OBJECTS_DEALS'), [
  ['deal_id', 'int', 'OBJECTID'],
  ['deal_pipeline_id', 'string', 'PROPERTY_PIPELINE'],
  ['deal_pipeline_stage_id', 'string', 'PROPERTY_DEALSTAGE'],
  ['owner_id', 'int', 'PROPERTY_HUBSPOT_OWNER_ID'],
  ['portal_id', 'int', none],
  deleted('is_deleted'),
  deleted(),
  synced()
], [
  ['dealname', 'string'],
  ['description', 'string'],
  ['amount', 'number'],
  ['closedate', 'timestamp'],
  ['createdate', 'timestamp']
]) }}
