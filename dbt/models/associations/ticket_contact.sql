{{ associations(['0-5'], 'ticket_id', '0-1', 'contact_id') }}
