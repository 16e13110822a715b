{{ form_of(source('hubspot', 'TEAMS'), [
  ['id', 'int', 'TEAMID'],
  ['name', 'string', 'TEAMNAME'],
  deleted(),
  synced()
]) }}
