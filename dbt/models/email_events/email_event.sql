{%- for type, names in email_event_tables().items() %}
{% if not loop.first %}union all
{% endif -%}
{{ form_of(exported(names), [
  ['id', 'string', 'ID'],
  ['type', 'string', "'" ~ type ~ "'"],
  ['created', 'timestamp', 'OCCURREDAT'],
  ['recipient', 'string', 'PROPERTY_RECIPIENT'],
  ['portal_id', 'int', 'PROPERTY_PORTALID'],
  ['app_id', 'int', 'PROPERTY_APPID'],
  ['email_campaign_id', 'int', 'PROPERTY_EMAILCAMPAIGNID'],
  ['filtered_event', 'boolean', 'PROPERTY_FILTEREDEVENT'],
  ['sent_by_id', 'string', 'PROPERTY_SENTBY_ID'],
  ['sent_by_created', 'timestamp', 'PROPERTY_SENTBY_CREATED'],
  ['caused_by_id', 'string', 'PROPERTY_CAUSEDBY_ID'],
  ['caused_by_created', 'timestamp', 'PROPERTY_CAUSEDBY_CREATED'],
  ['obsoleted_by_id', 'string', 'PROPERTY_OBSOLETEDBY_ID'],
  ['obsoleted_by_created', 'timestamp', 'PROPERTY_OBSOLETEDBY_CREATED'],
  synced()
]) }}
{%- endfor %}
