"""Rules tried on your table: what they decide, and what a change of them does."""
