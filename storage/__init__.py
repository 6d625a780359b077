"""What is kept: tables, the life cycle of a report, inbox and outbox. Knows neither Telegram nor the classifier."""
