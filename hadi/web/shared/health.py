"""Whether the process is up (`/healthz`) and able to serve (`/readyz`), for monitors."""

from __future__ import annotations

from flask import Blueprint, Response, jsonify

from hadi.services import health

blueprint = Blueprint("health", __name__)


@blueprint.get("/healthz")
def alive() -> Response:
    return jsonify(status="ok")


@blueprint.get("/readyz")
def ready() -> tuple[Response, int]:
    checks = {name: fault is None for name, fault in health.readiness().items()}
    is_ready = all(checks.values())
    answer = {name: "ok" if passed else "failed" for name, passed in checks.items()}
    return jsonify(status="ok" if is_ready else "failed", checks=answer), 200 if is_ready else 503
