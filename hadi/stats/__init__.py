"""Pure numbers: frozen samples in, frozen results out. No web, no database, no file."""
