"""What notification reads from the environment."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class NotificationSettings:
    """`SOUK_NOTIFICATION_<FIELD>`."""

    # `smtp://host:port`, or `smtps://user:password@host`. Empty: e-mails wait in the queue.
    smtp_url: str = ""
    # The address that e-mails come from.
    sender: str = "no-reply@souk.example"
    # How often the queue is looked through.
    send_seconds: float = 1.0
