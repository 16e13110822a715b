"""How HubSpot is called: one client, its rate limiter, retries, decoding, and what paged answers have in common."""
