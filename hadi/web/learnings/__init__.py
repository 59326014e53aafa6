"""The library of what was learned, whatever the verdict was."""

from flask import Blueprint

blueprint = Blueprint("learnings", __name__, url_prefix="/learnings")
