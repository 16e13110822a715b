{#- Forms that several models have. -#}

{%- macro synced() -%}{{ return(['_fivetran_synced', 'timestamp', 'INGESTEDAT']) }}{%- endmacro -%}
{#- Records that were deleted are not in the export. -#}
{%- macro deleted(alias='_fivetran_deleted') -%}{{ return([alias, 'boolean', "'false'"]) }}{%- endmacro -%}

{#- Every pair of associated records of these types, by the combined table, which has each in both directions. -#}
{%- macro associations(from_types, from_alias, to_type, to_alias, with_type_id=false) -%}
  select
    {{ parsed('FROMOBJECTID', 'int', from_alias) }},
    {{ parsed('TOOBJECTID', 'int', to_alias) }},
    {%- if with_type_id %}
    {{ parsed('ASSOCIATIONTYPEID', 'int', 'type_id') }},
    {%- endif %}
    {{ as_column('ASSOCIATIONCATEGORY', 'string', 'category') }},
    {{ as_column('max(INGESTEDAT)', 'timestamp', '_fivetran_synced') }}
  from {{ source('hubspot', 'ASSOCIATIONS') }}
  where FROMOBJECTTYPEID in ('{{ from_types | join("', '") }}') and TOOBJECTTYPEID = '{{ to_type }}'
  group by FROMOBJECTID, TOOBJECTID, ASSOCIATIONCATEGORY{{ ', ASSOCIATIONTYPEID' if with_type_id }}
{%- endmacro -%}

{%- macro engagement_types() -%}
  {{ return(['0-4', '0-18', '0-27', '0-46', '0-47', '0-48', '0-49', '0-116']) }}
{%- endmacro -%}

{#- The versions of the properties of a type, with who set each where the export has that. -#}
{%- macro versions(object_type_id, name=none) -%}
  {%- set sources = exported('OBJECT_PROPERTIES_HISTORY_SOURCES') -%}
  select
    versions.OBJECTID as record_id,
    versions.NAME as name,
    versions.VALUE as value,
    versions.UPDATEDAT as updated_at,
    versions.INGESTEDAT as read_at,
    lead(versions.UPDATEDAT) over (
      partition by versions.OBJECTID, versions.NAME order by versions.UPDATEDAT
    ) as replaced_at,
    {{ 'set_by.SOURCE' if sources else 'cast(null as ' ~ dbt.type_string() ~ ')' }} as source,
    {{ 'set_by.SOURCEID' if sources else 'cast(null as ' ~ dbt.type_string() ~ ')' }} as source_id
  from {{ source('hubspot', 'OBJECT_PROPERTIES_HISTORY') }} as versions
  {%- if sources %}
  left join (
    select OBJECTID, NAME, UPDATEDAT, max(SOURCE) as SOURCE, max(SOURCEID) as SOURCEID
    from {{ sources }}
    where OBJECTTYPEID = '{{ object_type_id }}'
    group by OBJECTID, NAME, UPDATEDAT
  ) as set_by
    on set_by.OBJECTID = versions.OBJECTID and set_by.NAME = versions.NAME and set_by.UPDATEDAT = versions.UPDATEDAT
  {%- endif %}
  where versions.OBJECTTYPEID = '{{ object_type_id }}'
  {%- if name %} and versions.NAME = '{{ name }}'{% endif %}
{%- endmacro -%}

{#- The rows of a property's versions as <type>_property_history has them. -#}
{%- macro property_history(object_type_id, id_alias, time_alias='timestamp', with_validity=false) -%}
  select
    {{ parsed('record_id', 'int', id_alias) }},
    name,
    {{ as_column('value', 'string', 'value') }},
    {{ as_column('updated_at', 'timestamp', time_alias) }},
    source,
    source_id,
    {%- if with_validity %}
    {{ as_column('updated_at', 'timestamp', '_fivetran_start') }},
    {{ as_column('coalesce(replaced_at, ' ~ forever() ~ ')', 'timestamp', '_fivetran_end') }},
    {%- endif %}
    {{ as_column('read_at', 'timestamp', '_fivetran_synced') }}
  from ({{ versions(object_type_id) }}) as versions
{%- endmacro -%}

{%- macro forever() -%}cast('9999-12-31 23:59:59' as {{ dbt.type_timestamp() }}){%- endmacro -%}

{#- One of the tables of an email event: what all have of it, and its own columns. -#}
{%- macro email_events(api_type, columns) -%}
  {%- set relation = exported(email_event_tables()[api_type]) -%}
  {{ form_of(relation, [['id', 'string', 'ID'], synced()] + columns) }}
{%- endmacro -%}

{#- HubSpot's type of an email event -> the names that its table may have. -#}
{%- macro email_event_tables() -%}
  {{ return({
    'SENT': ['EVENTS_HS_SCHEDULED_EMAIL_V2', 'EVENTS_SENT_EMAIL'],
    'PROCESSED': ['EVENTS_EMAIL_PROCESSED'],
    'DROPPED': ['EVENTS_EMAIL_DROPPED'],
    'SUPPRESSED': ['EVENTS_EMAIL_SUPPRESSED'],
    'DELIVERED': ['EVENTS_MTA_DELIVERED_EMAIL_V2', 'EVENTS_DELIVERED_EMAIL'],
    'DEFERRED': ['EVENTS_EMAIL_DEFERRED'],
    'BOUNCE': ['EVENTS_MTA_BOUNCED_EMAIL_V2', 'EVENTS_BOUNCED_EMAIL'],
    'OPEN': ['EVENTS_OPENED_EMAIL_V2', 'EVENTS_OPENED_EMAIL'],
    'CLICK': ['EVENTS_CLICKED_LINK_IN_EMAIL_V2', 'EVENTS_CLICKED_LINK_IN_EMAIL'],
    'PRINT': ['EVENTS_EMAIL_PRINTED'],
    'FORWARD': ['EVENTS_EMAIL_FORWARDED'],
    'SPAMREPORT': ['EVENTS_REPORTED_SPAM_EMAIL_V2', 'EVENTS_REPORTED_SPAM_EMAIL'],
    'STATUSCHANGE': ['EVENTS_UPDATED_EMAIL_SUBSCRIPTION_STATUS_V2', 'EVENTS_UPDATED_EMAIL_SUBSCRIPTION_STATUS'],
    'UNBOUNCE': ['EVENTS_EMAIL_UNBOUNCED']
  }) }}
{%- endmacro -%}

{#- The sender of an email, whose name is a word of SQL: in capital letters where names fold to them. -#}
{%- macro sender() -%}{{ return(adapter.quote('FROM' if target.type == 'snowflake' else 'from')) }}{%- endmacro -%}

{#- What the connector calls an object type. -#}
{%- macro hubspot_object(column) -%}
  case {{ column }}
    when '0-1' then 'contact' when '0-2' then 'company' when '0-3' then 'deal' when '0-5' then 'ticket'
    else {{ column }}
  end
{%- endmacro -%}
