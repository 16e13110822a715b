{#- HubSpot keeps the ids of the deals that were merged into one as a property of it. -#}
{%- set deals = source('hubspot', 'OBJECTS_DEALS') %}
{%- if 'PROPERTY_HS_MERGED_OBJECT_IDS' in columns_of(deals) %}
select
  {{ parsed('OBJECTID', 'int', 'deal_id') }},
  {{ parsed('part', 'int', 'merged_deal_id') }},
  {{ as_column('INGESTEDAT', 'timestamp', '_fivetran_synced') }}
from {{ deals }}
{{ parts_of('PROPERTY_HS_MERGED_OBJECT_IDS') }}
where PROPERTY_HS_MERGED_OBJECT_IDS <> ''
{%- else %}
{{ form_of(none, [['deal_id', 'int', none], ['merged_deal_id', 'int', none], synced()]) }}
{%- endif %}
