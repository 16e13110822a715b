{{ records(source('hubspot', 'OBJECTS_COMMUNICATIONS'), [
  ['engagement_id', 'int', 'OBJECTID'],
  ['type', 'string', "'COMMUNICATION'"],
  deleted(),
  synced()
], [
  ['hs_createdate', 'timestamp'],
  ['hs_timestamp', 'timestamp'],
  ['hubspot_owner_id', 'int'],
  ['hubspot_team_id', 'int']
]) }}
