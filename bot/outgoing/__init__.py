"""Room of python-telegram-bot, delivering: claim what is owed, put it into words, send it, settle it."""

import os

os.environ.setdefault("PTB_TIMEDELTA", "true")  # the library's own switch: `RetryAfter.retry_after` as a timedelta
