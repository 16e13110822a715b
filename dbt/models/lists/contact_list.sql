{#- LISTS has what every list has, OBJECTS_LISTS what HubSpot tells of it beside. -#}
{%- set lists, records = source('hubspot', 'LISTS'), exported('OBJECTS_LISTS') %}
{%- set there = columns_of(records) %}
{%- set told = ['PROPERTY_HS_LIST_VERSION', 'PROPERTY_HS_PROCESSING_STATUS'] | select('in', there) | list %}
{%- do there.update(columns_of(lists)) %}
select
  {{ listed([
    ['id', 'int', 'LISTID'],
    ['name', 'string', 'NAME'],
    ['object_type_id', 'string', 'OBJECTTYPEID'],
    ['processing_type', 'string', 'LISTTYPE'],
    ['dynamic', 'boolean', "LISTTYPE = 'DYNAMIC'"],
    ['metadata_size', 'int', 'SIZE'],
    ['created_at', 'timestamp', 'CREATEDAT'],
    ['created_by_id', 'string', 'CREATEDBYUSERID'],
    ['updated_at', 'timestamp', 'UPDATEDAT'],
    ['filters_updated_at', 'timestamp', 'FILTERSUPDATEDAT'],
    ['deleteable', 'boolean', none],
    ['portal_id', 'int', none],
    ['metadata_error', 'string', none],
    ['metadata_last_processing_state_change_at', 'timestamp', none],
    ['metadata_last_size_change_at', 'timestamp', none],
    ['metadata_processing', 'string', none],
    ['list_version', 'int', 'PROPERTY_HS_LIST_VERSION'],
    ['processing_status', 'string', 'PROPERTY_HS_PROCESSING_STATUS'],
    deleted(),
    synced()
  ], there) | join(',\n  ') }}
from (
  select lists.*{% for name in told %}, records.{{ name }}{% endfor %}
  from {{ lists }} as lists
  {%- if records %}
  left join {{ records }} as records on records.OBJECTID = lists.LISTID
  {%- endif %}
  where lists.OBJECTTYPEID = '0-1'
) as lists
