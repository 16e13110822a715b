"""Rules over an exported day, pure: what must never be in a day, and what a person should look at."""
