"""Levers: what revenue is made of, which lever is next to tune, and the bases of clients."""

from flask import Blueprint

blueprint = Blueprint("levers", __name__, url_prefix="/data/levers")
