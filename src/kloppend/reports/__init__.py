"""What a person reads about the records: the month list and the daily mail."""
