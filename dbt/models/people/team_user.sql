select distinct
  {{ parsed('owner_team.TEAMID', 'int', 'team_id') }},
  {{ parsed('owners.USERID', 'int', 'user_id') }},
  {{ as_column('not owner_team.ISTEAMPRIMARY', 'boolean', 'is_secondary_user') }},
  {{ as_column("'false'", 'boolean', '_fivetran_deleted') }},
  {{ as_column('owner_team.INGESTEDAT', 'timestamp', '_fivetran_synced') }}
from {{ source('hubspot', 'OWNER_TEAM') }} as owner_team
join {{ source('hubspot', 'OWNERS') }} as owners on owners.OWNERID = owner_team.OWNERID
where owners.USERID is not null
