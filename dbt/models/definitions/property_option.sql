select
  {{ as_column("definitions.OBJECTTYPEID || '.' || definitions.NAME", 'string', 'property_id') }},
  {{ hubspot_object('definitions.OBJECTTYPEID') }} as hubspot_object,
  definitions.NAME as name,
  {{ parsed(json_text('element', 'label'), 'string', 'label') }},
  {{ parsed(json_text('element', 'value'), 'string', 'value') }},
  {{ parsed(json_text('element', 'displayOrder'), 'int', 'display_order') }},
  {{ parsed(json_text('element', 'hidden'), 'boolean', 'hidden') }},
  {{ as_column('definitions.INGESTEDAT', 'timestamp', '_fivetran_synced') }}
from {{ source('hubspot', 'PROPERTY_DEFINITIONS') }} as definitions
{{ json_elements('definitions.OPTIONS') }}
where definitions.OPTIONS <> ''
