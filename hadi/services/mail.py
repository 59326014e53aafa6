"""Sending e-mail: by SMTP, or into a folder where none is set up.

Called after the commit of what the mail is about. A mail server that is away must not undo or
delay what a person did, so failures go to the log and SMTP has a thread of its own.
"""

from __future__ import annotations

import logging
import smtplib
import threading
from datetime import UTC, datetime
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime, make_msgid
from urllib.parse import unquote, urlsplit

from hadi.config import Settings
from hadi.db import new_id

log = logging.getLogger(__name__)
TIMEOUT_SECONDS = 20


def send(*, to: str, subject: str, body: str, settings: Settings) -> None:
    """Send a plain-text message, or keep it as `<data>/outbox/….eml`."""
    message = _message(to, subject, body, settings)
    if settings.mail_url:
        threading.Thread(target=_deliver, args=(message, settings.mail_url), daemon=True).start()
    else:
        _keep(message, settings)


def probe(settings: Settings) -> str | None:
    """What is wrong with the mail server, in one sentence; None when it answers."""
    if not settings.mail_url:
        return None
    try:
        with _connected(settings.mail_url) as server:
            server.noop()
    except (OSError, ValueError, smtplib.SMTPException) as error:
        return f"The mail server does not answer: {error}."
    return None


def _message(to: str, subject: str, body: str, settings: Settings) -> EmailMessage:
    message = EmailMessage(policy=SMTP)
    message["From"] = settings.mail_sender
    message["To"] = to
    message["Subject"] = " ".join(subject.split())
    message["Date"] = format_datetime(datetime.now(UTC))
    message["Message-ID"] = make_msgid(domain=settings.mail_sender.partition("@")[2] or None)
    message["Auto-Submitted"] = "auto-generated"
    # Not quoted-printable: whoever opens the file in the outbox has to find the link whole.
    message.set_content(body, cte="8bit")
    return message


def _keep(message: EmailMessage, settings: Settings) -> None:
    outbox = settings.data_dir / "outbox"
    outbox.mkdir(mode=0o700, parents=True, exist_ok=True)
    stamp = datetime.now(UTC).strftime("%Y%m%dT%H%M%S%f")
    file = outbox / f"{stamp}-{new_id()[:6]}.eml"
    file.touch(mode=0o600)  # links in it open accounts
    file.write_bytes(message.as_bytes())


def _deliver(message: EmailMessage, mail_url: str) -> None:
    try:
        with _connected(mail_url) as server:
            server.send_message(message)
    except (OSError, ValueError, smtplib.SMTPException):
        log.exception("an e-mail could not be sent")


def _connected(mail_url: str) -> smtplib.SMTP:
    """`smtp://` uses STARTTLS when it is offered, `smtps://` TLS from the start."""
    url = urlsplit(mail_url)
    if url.scheme not in {"smtp", "smtps"} or not url.hostname:
        raise ValueError("HADI_MAIL_URL has to look like smtp://user:password@host:port")
    server: smtplib.SMTP
    if url.scheme == "smtps":
        server = smtplib.SMTP_SSL(url.hostname, url.port or 465, timeout=TIMEOUT_SECONDS)
    else:
        server = smtplib.SMTP(url.hostname, url.port or 587, timeout=TIMEOUT_SECONDS)
        server.ehlo()
        if server.has_extn("starttls"):
            server.starttls()
            server.ehlo()
    if url.username:
        server.login(unquote(url.username), unquote(url.password or ""))
    return server
