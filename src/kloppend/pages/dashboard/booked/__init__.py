"""A switch-over: which orders were booked already, by hand or by another connection."""
