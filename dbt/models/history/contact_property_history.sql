{{ property_history('0-1', 'contact_id') }}
