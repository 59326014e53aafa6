"""The data of the workspace: every data set that was attached to a test."""

from flask import Blueprint

blueprint = Blueprint("data", __name__, url_prefix="/data")
