{{ email_events('STATUSCHANGE', [
  ['bounced', 'boolean', 'PROPERTY_BOUNCED'],
  ['portal_subscription_status', 'string', 'PROPERTY_PORTALSUBSCRIPTIONSTATUS'],
  ['requested_by', 'string', 'PROPERTY_REQUESTEDBY'],
  ['source', 'string', 'PROPERTY_SOURCE'],
  ['subscriptions', 'string', 'PROPERTY_SUBSCRIPTIONS']
]) }}
