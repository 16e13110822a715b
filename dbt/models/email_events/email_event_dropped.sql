{{ email_events('DROPPED', [
  ['bcc', 'string', 'PROPERTY_BCC'],
  ['cc', 'string', 'PROPERTY_CC'],
  [sender(), 'string', 'PROPERTY_FROM'],
  ['reply_to', 'string', 'PROPERTY_REPLYTO'],
  ['subject', 'string', 'PROPERTY_SUBJECT'],
  ['drop_message', 'string', 'PROPERTY_DROPMESSAGE'],
  ['drop_reason', 'string', 'PROPERTY_DROPREASON']
]) }}
