{{ email_events('CLICK', [
  ['browser', 'string', 'PROPERTY_BROWSER_NAME'],
  ['ip_address', 'string', 'PROPERTY_IPADDRESS'],
  ['location', 'string', 'PROPERTY_LOCATION_CITY'],
  ['user_agent', 'string', 'PROPERTY_USERAGENT'],
  ['referer', 'string', 'PROPERTY_REFERER'],
  ['url', 'string', 'PROPERTY_URL']
]) }}
