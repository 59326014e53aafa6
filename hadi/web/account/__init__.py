"""Signing in and one's own account: password, profile, API tokens."""
