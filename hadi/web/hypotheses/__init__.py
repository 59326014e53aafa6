"""The place of hypotheses: list and board, one page each, from idea to decision."""

from flask import Blueprint

blueprint = Blueprint("hypotheses", __name__, url_prefix="/hypotheses")
