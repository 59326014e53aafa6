"""The workspace's settings, its people and its log: for administrators."""
