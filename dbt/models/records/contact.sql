{{ records(source('hubspot', 'OBJECTS_CONTACTS'), [
  ['id', 'int', 'OBJECTID'],
  deleted(),
  synced()
], [
  ['hs_merged_object_ids', 'string'],
  ['email', 'string'],
  ['company', 'string'],
  ['firstname', 'string'],
  ['lastname', 'string'],
  ['createdate', 'timestamp'],
  ['jobtitle', 'string'],
  ['annualrevenue', 'number']
]) }}
