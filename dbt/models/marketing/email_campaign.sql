{{ form_of(exported('OBJECTS_MARKETING_EMAILS'), [
  ['id', 'int', 'PROPERTY_PRIMARYEMAILCAMPAIGNID'],
  ['content_id', 'int', 'OBJECTID'],
  ['name', 'string', 'PROPERTY_HS_NAME'],
  ['subject', 'string', 'PROPERTY_SUBJECT'],
  ['type', 'string', 'PROPERTY_TYPE'],
  ['sub_type', 'string', 'PROPERTY_SUBCATEGORY'],
  ['app_id', 'int', none],
  ['app_name', 'string', none],
  ['num_included', 'int', none],
  ['num_queued', 'int', none],
  synced()
]) }}
