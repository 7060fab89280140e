"""A real OpenCart store for a while: installed, furnished, shopped in, and compared with what we made of it."""
