"""The scale-up board: winners on their way through the business, measured again wave by wave."""

from flask import Blueprint

blueprint = Blueprint("scale", __name__, url_prefix="/scale")
