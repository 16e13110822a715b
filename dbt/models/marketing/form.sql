{{ form_of(exported('OBJECTS_FORMS'), [
  ['guid', 'string', 'OBJECTID'],
  ['name', 'string', 'PROPERTY_HS_NAME'],
  ['form_type', 'string', 'PROPERTY_FORMTYPE'],
  ['created_at', 'timestamp', 'PROPERTY_HS_CREATED_AT'],
  ['updated_at', 'timestamp', 'UPDATEDAT'],
  ['portal_id', 'int', none],
  ['action', 'string', none],
  ['css_class', 'string', none],
  ['follow_up_id', 'int', none],
  ['lead_nurturing_campaign_id', 'int', none],
  ['method', 'string', none],
  ['notify_recipients', 'boolean', none],
  ['redirect', 'string', none],
  ['submit_text', 'string', none],
  deleted(),
  synced()
]) }}
