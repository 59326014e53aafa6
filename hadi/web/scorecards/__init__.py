"""Scorecards: what visitors look for, their visits, and what these say of a change."""

from flask import Blueprint

blueprint = Blueprint("scorecards", __name__, url_prefix="/data/scorecards")
