"""The pages: a folder per place."""
