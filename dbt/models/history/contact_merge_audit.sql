{#- Which contacts were merged into which is known, by a property of the one that stayed; who merged them when is not. -#}
{%- set contacts = source('hubspot', 'OBJECTS_CONTACTS') %}
{%- set there = columns_of(contacts) %}
{%- set told = 'PROPERTY_HS_MERGED_OBJECT_IDS' in there %}
{%- if told %}{% do there.update({'PART': true}) %}{% endif %}
{%- set unknown = [
  ['entity_id', 'string', none],
  ['num_properties_moved', 'int', none],
  ['timestamp', 'timestamp', none],
  ['user_id', 'int', none],
  synced()
] %}
{%- set columns = [
  ['contact_id', 'int', 'OBJECTID'],
  ['canonical_vid', 'int', 'OBJECTID'],
  ['vid_to_merge', 'int', 'PART'],
  ['first_name', 'string', 'PROPERTY_FIRSTNAME'],
  ['last_name', 'string', 'PROPERTY_LASTNAME']
] + unknown %}
select
  {{ listed(columns, there) | join(',\n  ') }}
from {{ contacts }}
{%- if told %}
{{ parts_of('PROPERTY_HS_MERGED_OBJECT_IDS') }}
where PROPERTY_HS_MERGED_OBJECT_IDS <> ''
{%- else %}
where 1 = 0
{%- endif %}
