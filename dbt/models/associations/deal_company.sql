{{ associations(['0-3'], 'deal_id', '0-2', 'company_id', with_type_id=true) }}
