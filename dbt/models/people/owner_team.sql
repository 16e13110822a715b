{{ form_of(source('hubspot', 'OWNER_TEAM'), [
  ['owner_id', 'int', 'OWNERID'],
  ['team_id', 'int', 'TEAMID'],
  ['is_team_primary', 'boolean', 'ISTEAMPRIMARY'],
  deleted(),
  synced()
]) }}
