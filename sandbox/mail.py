"""Takes mail by SMTP and shows it: what the market sends in development ends here."""

from datetime import UTC, datetime
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Any

from aiohttp import web
from aiosmtpd.smtp import SMTP, Envelope, Session

from sandbox.store import Store

_KEPT = 1000
_SHOWN = 200


class Mailbox:
    """Keeps the last thousand mails."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def protocol(self) -> SMTP:
        """The protocol of one SMTP connection."""
        return SMTP(self, enable_SMTPUTF8=True, ident="sandbox")

    async def handle_DATA(self, _server: SMTP, _session: Session, envelope: Envelope) -> str:  # noqa: N802 aiosmtpd's name
        content = envelope.content if isinstance(envelope.content, bytes) else (envelope.content or "").encode()
        mail = message_from_bytes(content, policy=policy.default)
        with self._store.transaction():
            self._store.query(
                "INSERT INTO mails (recipient, subject, text, html, send_time) VALUES (?, ?, ?, ?, ?)",
                ", ".join(envelope.rcpt_tos),
                str(mail.get("subject", "")),
                _body(mail, "plain"),
                _body(mail, "html"),
                datetime.now(UTC).isoformat().replace("+00:00", "Z"),
            )
            self._store.query("DELETE FROM mails WHERE seq <= (SELECT max(seq) FROM mails) - ?", _KEPT)
        return "250 OK"

    async def show(self, request: web.Request) -> web.Response:
        """`GET /dev/mailbox[?to=<address>]`: the newest first."""
        recipient = request.query.get("to", "")
        rows = self._store.query(
            "SELECT recipient, subject, text, html, send_time FROM mails WHERE ? IN ('', recipient) "
            "ORDER BY seq DESC LIMIT ?",
            recipient,
            _SHOWN,
        )
        names = ("to", "subject", "text", "html", "sendTime")
        messages: list[dict[str, Any]] = [dict(zip(names, row, strict=True)) for row in rows]
        return web.json_response({"messages": messages})


def _body(mail: EmailMessage, kind: str) -> str:
    part = mail.get_body(preferencelist=(kind,))
    return "" if part is None else str(part.get_content())
