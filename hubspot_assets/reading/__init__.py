"""One portal, read once: what it has, which API reads it, how far a read has come, what is carried forward."""
