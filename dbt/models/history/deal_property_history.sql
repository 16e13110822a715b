{{ property_history('0-3', 'deal_id') }}
