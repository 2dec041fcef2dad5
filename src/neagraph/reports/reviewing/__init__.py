"""What people decide on statements, in a sheet or on the page, and how it is kept."""
