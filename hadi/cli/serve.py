"""`hadi serve`: the application on the embedded server."""

from __future__ import annotations

import socket
import tempfile
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from hadi.cli import application
from hadi.cli.workers import Workers
from hadi.config import Settings

if TYPE_CHECKING:
    from flask import Flask


@click.command()
@click.option("--host", default="127.0.0.1", show_default=True)
@click.option("--port", type=click.IntRange(0, 65535), default=8000, show_default=True)
@click.option("--threads", type=click.IntRange(1, 128), default=8, show_default=True)
@click.option("--migrate", is_flag=True, help="Create or upgrade the database first.")
@click.option("--demo", "is_demo", is_flag=True, help="Fill an empty database with the demo.")
@click.option("--no-worker", is_flag=True, help="Start no worker beside it: `hadi worker` runs.")
def serve(
    host: str, port: int, threads: int, migrate: bool, is_demo: bool, no_worker: bool
) -> None:
    """Serve the application until it is stopped."""
    chosen = _with_address(application.settings(), host, port)
    app = application.make(chosen)
    if migrate:
        application.bring_to_head(app)
    with app.app_context():
        application.refuse_stale_database()
        if is_demo:
            _show_demo(app)
    _spool_into(chosen.data_dir / "incoming")
    server = _server(app, chosen, host, port, threads)
    workers = Workers(0 if no_worker else chosen.workers)
    shown = f"[{host}]" if ":" in host else host
    click.echo(f"HADI is at http://{shown}:{server.effective_port}/ (stop with Ctrl+C)")
    workers.start()
    try:
        server.run()
    finally:
        workers.stop()


def _spool_into(folder: Path) -> None:
    """What the server receives lies there until it is whole: elsewhere a disk may be memory."""
    folder.mkdir(parents=True, exist_ok=True)
    tempfile.tempdir = str(folder)


def _with_address(chosen: Settings, host: str, port: int) -> Settings:
    """Links in e-mails lead where the server is, unless a public address was set."""
    is_unset = chosen.base_url == Settings().base_url
    return replace(chosen, base_url=f"http://{host}:{port}") if is_unset else chosen


def _show_demo(app: Flask) -> None:
    from hadi.cli import demo
    from hadi.services import workspace

    demo.fill_if_empty(app)
    if workspace.current().is_demo:
        demo.say_logins(app)


def _server(app: Flask, chosen: Settings, host: str, port: int, threads: int) -> Any:
    import waitress

    # Bound by us: a server of waitress that cannot bind leaves its sockets open.
    return waitress.create_server(
        app,
        sockets=[_bound(host, port)],
        threads=threads,
        ident=None,
        # Somewhat more than a file may have, so that too large a one gets our own page.
        max_request_body_size=2 * chosen.max_upload_bytes,
        # Without a proxy nobody may claim another address; with one, `ProxyFix` reads it.
        clear_untrusted_proxy_headers=chosen.proxies == 0,
    )


def _bound(host: str, port: int) -> socket.socket:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        return socket.create_server((host, port), family=family)
    except OSError as fault:
        reason = fault.strerror or fault
        raise application.Misused(f"{host}:{port} cannot be served: {reason}.") from None
