"""A source and a plan become a record: what the command line and the services both call."""
