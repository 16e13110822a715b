{#- HubSpot's API tells no roles: the form, without rows. -#}
{{ form_of(none, [
  ['id', 'int', none],
  ['name', 'string', none],
  ['requires_billing_write', 'boolean', none],
  deleted(),
  synced()
]) }}
