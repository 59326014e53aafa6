"""Today: what needs the person who opens it, and the page for the team's weekly meeting."""

from flask import Blueprint

blueprint = Blueprint("today", __name__)
