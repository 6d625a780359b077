"""Room of aiogram, receiving: keep an update, then handle it in one transaction. Only the poller sees the network."""
