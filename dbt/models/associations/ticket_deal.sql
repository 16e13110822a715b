{{ associations(['0-5'], 'ticket_id', '0-3', 'deal_id') }}
