select
  {{ as_column("definitions.OBJECTTYPEID || '.' || definitions.NAME", 'string', '_fivetran_id') }},
  {{ hubspot_object('definitions.OBJECTTYPEID') }} as hubspot_object,
  definitions.NAME as name,
  definitions.LABEL as label,
  definitions.DESCRIPTION as description,
  definitions.TYPE as type,
  definitions.FIELDTYPE as field_type,
  definitions.GROUPNAME as group_name,
  definitions.CALCULATED as calculated,
  definitions.HUBSPOTDEFINED as hubspot_defined,
  definitions.SHOWCURRENCYSYMBOL as show_currency_symbol,
  {{ as_column('definitions.CREATEDAT', 'timestamp', 'created_at') }},
  {{ as_column('definitions.UPDATEDAT', 'timestamp', 'updated_at') }},
  {{ as_column('definitions.INGESTEDAT', 'timestamp', '_fivetran_synced') }}
from {{ source('hubspot', 'PROPERTY_DEFINITIONS') }} as definitions
