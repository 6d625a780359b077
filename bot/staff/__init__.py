"""Room of aiogram: what an officer says and presses. `access.py` is the only door."""
