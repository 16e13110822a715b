{{ form_of(source('hubspot', 'OWNERS'), [
  ['owner_id', 'int', 'OWNERID'],
  ['active_user_id', 'int', 'USERID'],
  ['email', 'string', 'EMAIL'],
  ['first_name', 'string', 'FIRSTNAME'],
  ['last_name', 'string', 'LASTNAME'],
  ['type', 'string', 'TYPE'],
  ['portal_id', 'int', none],
  ['created_at', 'timestamp', 'CREATEDAT'],
  ['updated_at', 'timestamp', 'UPDATEDAT'],
  synced()
]) }}
