{{ property_history('0-5', 'ticket_id', 'timestamp_instant', with_validity=true) }}
