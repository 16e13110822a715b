{{ records(source('hubspot', 'OBJECTS_COMPANIES'), [
  ['id', 'int', 'OBJECTID'],
  deleted('is_deleted'),
  deleted(),
  synced()
], [
  ['name', 'string'],
  ['description', 'string'],
  ['createdate', 'timestamp'],
  ['industry', 'string'],
  ['address', 'string'],
  ['address_2', 'string'],
  ['city', 'string'],
  ['state', 'string'],
  ['country', 'string'],
  ['annualrevenue', 'number']
]) }}
