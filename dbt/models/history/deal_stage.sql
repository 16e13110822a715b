select
  {{ parsed('record_id', 'int', 'deal_id') }},
  {{ as_column('value', 'string', 'value') }},
  {{ as_column('updated_at', 'timestamp', 'date_entered') }},
  source,
  source_id,
  replaced_at is null as _fivetran_active,
  {{ as_column('updated_at', 'timestamp', '_fivetran_start') }},
  {{ as_column('coalesce(replaced_at, ' ~ forever() ~ ')', 'timestamp', '_fivetran_end') }},
  {{ as_column('read_at', 'timestamp', '_fivetran_synced') }}
from ({{ versions('0-3', 'dealstage') }}) as versions
