select ticket_id, engagement_id, category, _fivetran_synced
from ({{ associations(engagement_types(), 'engagement_id', '0-5', 'ticket_id') }}) as pairs
