"""The mailbox takes mail by SMTP and shows the newest first."""

from email.message import EmailMessage

import aiosmtplib
import httpx

from sandbox.server import Running


async def send(ports: Running, to: str, subject: str) -> None:
    mail = EmailMessage()
    mail["From"], mail["To"], mail["Subject"] = "market@example.com", to, subject
    mail.set_content("Grüße, plain")
    mail.add_alternative("<p>Grüße</p>", subtype="html")
    await aiosmtplib.send(mail, hostname="127.0.0.1", port=ports.smtp_port, start_tls=False)


class TestMailbox:
    async def test_shows_the_newest_first(self, sandbox: Running) -> None:
        await send(sandbox, "ann@example.com", "First")
        await send(sandbox, "bob@example.com", "Zweite für dich")
        async with httpx.AsyncClient() as http:
            messages = (await http.get(f"http://127.0.0.1:{sandbox.port}/dev/mailbox")).json()["messages"]
        assert [(m["to"], m["subject"]) for m in messages] == [
            ("bob@example.com", "Zweite für dich"),
            ("ann@example.com", "First"),
        ]
        assert (messages[0]["text"].strip(), messages[0]["html"].strip()) == ("Grüße, plain", "<p>Grüße</p>")
        assert messages[0]["sendTime"].endswith("Z")

    async def test_shows_one_recipient_s_mail(self, sandbox: Running) -> None:
        await send(sandbox, "ann@example.com", "First")
        await send(sandbox, "bob@example.com", "Second")
        async with httpx.AsyncClient() as http:
            answer = await http.get(f"http://127.0.0.1:{sandbox.port}/dev/mailbox", params={"to": "ann@example.com"})
        assert [m["subject"] for m in answer.json()["messages"]] == ["First"]
