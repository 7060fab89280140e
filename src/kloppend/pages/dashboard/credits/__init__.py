"""Credit notes: seen before they are made, made, withdrawn, and put into the books by hand."""
