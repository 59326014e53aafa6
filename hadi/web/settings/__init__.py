"""The workspace's settings, its people, its log, and the whole of it as a file: for
administrators."""

from flask import Blueprint

blueprint = Blueprint("settings", __name__, url_prefix="/settings")
