"""HADI: the tracker that turns improvement ideas into evidence."""

__version__ = "0.1.0"
