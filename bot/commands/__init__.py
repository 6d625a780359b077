"""What can be typed after `aspirasi`. Heavy parts are imported by the command that needs them."""
