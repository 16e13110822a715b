{{ property_history('0-2', 'company_id') }}
