"""Properties are about numbers, not about how busy the machine is: no deadline."""

from hypothesis import settings

settings.register_profile("statistics", deadline=None)
settings.load_profile("statistics")
