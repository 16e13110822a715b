{{ associations(engagement_types(), 'engagement_id', '0-2', 'company_id') }}
