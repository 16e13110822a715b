"""How the records of one object type are read: listed page by page, side by side in ranges, or in batches by id."""
