"""The verbs: keyword-only, `by=` the actor and `now=` the moment.

Each checks permission and guards, changes, and writes the event, in one transaction. Nothing
above this layer changes what is stored.
"""
