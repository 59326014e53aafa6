"""The quality of a table: what its rows look like, whatever they say of the hypothesis.

DuckDB counts, no row comes to Python: one pass over the columns, one over files, stores and weeks,
one over the stamps. Only sums are asked for, so that memory does not grow with the rows.
"""

from hadi.ingest.quality.look import Asked, Looked, look_into

__all__ = ["Asked", "Looked", "look_into"]
