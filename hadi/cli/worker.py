"""`hadi worker`: does what takes longer than a request."""

from __future__ import annotations

import click

from hadi.cli import application


@click.command()
@click.option(
    "--threads", type=click.IntRange(1, 64), default=1, show_default=True,
    help="Jobs at the same time; several workers may run as well.",
)  # fmt: skip
@click.option("--until-parent-ends", is_flag=True, hidden=True)
def worker(threads: int, until_parent_ends: bool) -> None:
    """Read large files, run long checks, ask sources by the clock: until it is stopped."""
    from hadi.jobs.worker import work

    app = application.make()
    with app.app_context():
        application.refuse_stale_database()
    click.echo("A worker is ready (stop with Ctrl+C).")
    work(app, threads=threads, until_parent_ends=until_parent_ends)
