{{ associations(['0-5'], 'ticket_id', '0-2', 'company_id') }}
