{{ associations(engagement_types(), 'engagement_id', '0-1', 'contact_id') }}
