"""An open replacement for HubSpot's AWS S3 data share, as a Dagster asset graph."""
