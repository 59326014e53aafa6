"""Funnels: everyone who came to a stage, who moved on, and how tidy the CRM is."""

from flask import Blueprint

blueprint = Blueprint("funnels", __name__, url_prefix="/data/funnels")
