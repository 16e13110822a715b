{{ email_events('DELIVERED', [
  ['response', 'string', 'PROPERTY_RESPONSE'],
  ['smtp_id', 'string', 'PROPERTY_SMTPID']
]) }}
