"""Room of aiogram: what a citizen says and presses. One answer read, one call made, the next question asked."""
