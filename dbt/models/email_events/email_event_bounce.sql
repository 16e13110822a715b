{{ email_events('BOUNCE', [
  ['category', 'string', 'PROPERTY_CATEGORY'],
  ['response', 'string', 'PROPERTY_RESPONSE'],
  ['status', 'string', 'PROPERTY_STATUS']
]) }}
