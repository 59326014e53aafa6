"""What protects every request: CSRF tokens, rate limits, strict headers, the closed door."""

from __future__ import annotations

from flask import Flask, Response, redirect, request, url_for
from flask_limiter import Limiter
from flask_limiter.util import get_remote_address
from flask_login import current_user
from flask_wtf.csrf import CSRFProtect
from werkzeug.middleware.proxy_fix import ProxyFix
from werkzeug.wrappers import Response as AnyResponse

from hadi.config import Settings

csrf = CSRFProtect()
limiter = Limiter(get_remote_address, strategy="moving-window")

POLICY = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self' data:",
        "font-src 'self'",
        "connect-src 'self'",
        "form-action 'self'",
        "frame-ancestors 'none'",
        "base-uri 'none'",
    )
)
HEADERS = {
    "Content-Security-Policy": POLICY,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}
TWO_YEARS = "max-age=63072000; includeSubDomains"

# Whoever is not signed in sees only these; the API asks for its own credentials.
OPEN_ENDPOINTS = {
    "static",
    "health.alive",
    "health.ready",
    "language.switch",
    "security.login",
    "security.forgot_password",
    "security.reset_password",
}
API_PREFIX = "/api/"


def init_app(app: Flask, settings: Settings) -> None:
    """Protect the app."""
    if settings.proxies:
        hops = settings.proxies
        app.wsgi_app = ProxyFix(  # type: ignore[method-assign]
            app.wsgi_app, x_for=hops, x_proto=hops, x_host=hops, x_prefix=hops
        )
    csrf.init_app(app)
    limiter.init_app(app)
    app.before_request(_ask_to_sign_in)
    app.after_request(_set_headers)


def _ask_to_sign_in() -> AnyResponse | None:
    """Everything is behind the sign-in unless it is listed; unknown addresses are just unknown."""
    is_open = request.endpoint is None or request.endpoint in OPEN_ENDPOINTS
    if is_open or request.path.startswith(API_PREFIX) or current_user.is_authenticated:
        return None
    wanted = request.full_path.rstrip("?") if request.method == "GET" else None
    sign_in = url_for("security.login", next=None if wanted == "/" else wanted)
    if "HX-Request" in request.headers or "Tus-Resumable" in request.headers:
        # A fragment must not become a sign-in form: the whole page has to go there. Nor may the
        # answer to a piece of a file.
        return Response(status=401, headers={"HX-Redirect": url_for("security.login")})
    return redirect(sign_in)


def _set_headers(response: Response) -> Response:
    for name, value in HEADERS.items():
        response.headers[name] = value
    if request.is_secure or _is_https():
        response.headers["Strict-Transport-Security"] = TWO_YEARS
    if request.endpoint == "static" and response.status_code in {200, 304}:
        # The name carries the hash of the content, so the content never changes.
        response.headers["Cache-Control"] = "public, max-age=31536000, immutable"
    elif response.mimetype == "text/html":
        response.headers["Cache-Control"] = "no-store"
    return response


def _is_https() -> bool:
    from flask import current_app

    return bool(current_app.config["SESSION_COOKIE_SECURE"])
