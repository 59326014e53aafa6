"""Baskets: receipt lines, what is added to a sale, and which goods go together."""

from flask import Blueprint

blueprint = Blueprint("baskets", __name__, url_prefix="/data/baskets")
