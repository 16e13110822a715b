{{ email_events('SENT', [
  ['bcc', 'string', 'PROPERTY_BCC'],
  ['cc', 'string', 'PROPERTY_CC'],
  [sender(), 'string', 'PROPERTY_FROM'],
  ['reply_to', 'string', 'PROPERTY_REPLYTO'],
  ['subject', 'string', 'PROPERTY_SUBJECT']
]) }}
