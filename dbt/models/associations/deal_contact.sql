{{ associations(['0-3'], 'deal_id', '0-1', 'contact_id', with_type_id=true) }}
