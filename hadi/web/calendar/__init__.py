"""The calendar: days unlike others, and the tests that run through them."""

from flask import Blueprint

blueprint = Blueprint("calendar", __name__, url_prefix="/data/calendar")
