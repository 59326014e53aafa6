"""The demo workspace: a chain of shops for electricians, told through the services themselves.

Every story goes the way a person would go, with the clock turned back, so that the demo holds
nothing that the product could not have made. The same stories, numbers and dates at every run.
"""

from hadi.services.demo.people import PEOPLE, SIGN_IN
from hadi.services.demo.telling import fill, is_empty

__all__ = ["PEOPLE", "SIGN_IN", "fill", "is_empty"]
