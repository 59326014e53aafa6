"""Stores, territories and teams: where tests run, and what happens there week by week."""

from flask import Blueprint

blueprint = Blueprint("units", __name__, url_prefix="/data/units")
