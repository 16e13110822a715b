{{ form_of(exported('OBJECTS_FORM_SUBMISSIONS'), [
  ['timestamp', 'timestamp', 'PROPERTY_SUBMITTEDAT'],
  ['form_id', 'string', 'PROPERTY_FORMID'],
  ['conversion_id', 'string', 'PROPERTY_CONVERSIONID'],
  ['page_url', 'string', 'PROPERTY_PAGEURL'],
  ['contact_id', 'int', none],
  ['page_id', 'int', none],
  ['portal_id', 'int', none],
  ['title', 'string', none],
  synced()
]) }}
