"""Room of python-telegram-bot, delivering: claim what is owed, put it into words, send it, settle it."""
