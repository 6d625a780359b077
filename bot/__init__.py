"""The program: receives, decides, owes, delivers. See README.md for the rooms and the way of a message through them."""
