{{ email_events('DEFERRED', [
  ['attempt', 'int', 'PROPERTY_ATTEMPT'],
  ['response', 'string', 'PROPERTY_RESPONSE']
]) }}
