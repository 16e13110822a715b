{{ records(source('hubspot', 'OBJECTS_NOTES'), [
  ['engagement_id', 'int', 'OBJECTID'],
  ['type', 'string', "'NOTE'"],
  ['body', 'string', 'PROPERTY_HS_NOTE_BODY'],
  deleted(),
  synced()
], [
  ['hs_createdate', 'timestamp'],
  ['hs_timestamp', 'timestamp'],
  ['hubspot_owner_id', 'int'],
  ['hubspot_team_id', 'int']
]) }}
