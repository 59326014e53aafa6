"""Seasons: what months are like in every year, and what is left of a change without that."""

from flask import Blueprint

blueprint = Blueprint("seasons", __name__, url_prefix="/data/seasons")
