{{ form_of(source('hubspot', 'LIST_MEMBERSHIPS'), [
  ['contact_list_id', 'int', 'LISTID'],
  ['contact_id', 'int', 'OBJECTID'],
  ['added_at', 'timestamp', 'UPDATEDAT'],
  deleted(),
  synced()
], where="OBJECTTYPEID = '0-1'") }}
