{{ records(source('hubspot', 'OBJECTS_TICKETS'), [
  ['id', 'int', 'OBJECTID'],
  deleted('is_deleted'),
  deleted(),
  synced()
], [
  ['closed_date', 'timestamp'],
  ['createdate', 'timestamp'],
  ['first_agent_reply_date', 'timestamp'],
  ['hs_pipeline', 'string'],
  ['hs_pipeline_stage', 'string'],
  ['hs_ticket_category', 'string'],
  ['hs_ticket_priority', 'string'],
  ['hubspot_owner_id', 'int'],
  ['subject', 'string'],
  ['content', 'string']
]) }}
