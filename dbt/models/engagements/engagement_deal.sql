{{ associations(engagement_types(), 'engagement_id', '0-3', 'deal_id') }}
