{#- One row for each user: an owner may be there twice, archived and not. HubSpot's API tells no roles of them. -#}
select
  {{ as_column('owners.USERID', 'string', 'id') }},
  {{ parsed('max(primary_team.TEAMID)', 'int', 'primary_team_id') }},
  {{ as_column('null', 'int', 'role_id') }},
  {{ as_column('max(owners.EMAIL)', 'string', 'email') }},
  {{ as_column('max(owners.FIRSTNAME)', 'string', 'first_name') }},
  {{ as_column('max(owners.LASTNAME)', 'string', 'last_name') }},
  {{ as_column('min(case when owners.ARCHIVED then 1 else 0 end) = 1', 'boolean', '_fivetran_deleted') }},
  {{ as_column('max(owners.INGESTEDAT)', 'timestamp', '_fivetran_synced') }}
from {{ source('hubspot', 'OWNERS') }} as owners
left join {{ source('hubspot', 'OWNER_TEAM') }} as primary_team
  on primary_team.OWNERID = owners.OWNERID and primary_team.ISTEAMPRIMARY
where owners.USERID is not null
group by owners.USERID
