{{ email_events('SPAMREPORT', [
  ['ip_address', 'string', 'PROPERTY_IPADDRESS'],
  ['user_agent', 'string', 'PROPERTY_USERAGENT']
]) }}
