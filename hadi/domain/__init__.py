"""Pure rules: no web framework, no database, no numbers library."""
