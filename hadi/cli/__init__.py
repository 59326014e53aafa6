"""The console script `hadi`: one module a command, loaded only when it is asked for."""
