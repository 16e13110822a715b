{{ form_of(source('hubspot', 'OBJECTS_ENGAGEMENTS'), [
  ['id', 'int', 'OBJECTID'],
  ['portal_id', 'int', none],
  ['type', 'string', 'PROPERTY_HS_ENGAGEMENT_TYPE'],
  synced()
]) }}
