"""How data arrives: from files, typed counts and (later) warehouses to sums per arm."""
