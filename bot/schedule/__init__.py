"""Room of APScheduler: what happens because time passes. Jobs only owe notices; each has a key, so it is owed once."""
