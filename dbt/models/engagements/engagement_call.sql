{{ records(source('hubspot', 'OBJECTS_CALLS'), [
  ['engagement_id', 'int', 'OBJECTID'],
  ['type', 'string', "'CALL'"],
  deleted(),
  synced()
], [
  ['hs_createdate', 'timestamp'],
  ['hs_timestamp', 'timestamp'],
  ['hubspot_owner_id', 'int'],
  ['hubspot_team_id', 'int']
]) }}
