"""A letter as e-mail: plain text, and the same as HTML with everything escaped."""

from dataclasses import dataclass
from html import escape

from services.notification.domain.letters import Item, Letter, item_line

_STYLE = "font-family: Georgia, serif; color: #2b2118; max-width: 36em; margin: 2em auto; line-height: 1.5"
_SIGN_OFF = "Your Souk"


@dataclass(frozen=True, slots=True)
class Mail:
    """What is sent to one address."""

    subject: str
    text: str
    html: str


def write_mail(letter: Letter, display_name: str) -> Mail:
    """Write a letter to a person. The subject is one line of text, whatever the title holds."""
    subject = _one_line(letter.title)
    greeting = f"Hello {display_name},"
    return Mail(subject, _text(letter, greeting), _html(letter, greeting, subject))


def _one_line(title: str) -> str:
    """A title without control characters; "=?" would begin an encoded word, which may stand for further headers."""
    words = "".join(character if character.isprintable() else " " for character in title).split()
    return " ".join(words).replace("=?", "= ?")


def _text(letter: Letter, greeting: str) -> str:
    items = ["\n".join(f"  {item_line(item)}" for item in letter.items)] if letter.items else []
    return "\n\n".join([greeting, *letter.paragraphs, *items, _SIGN_OFF]) + "\n"


def _html(letter: Letter, greeting: str, subject: str) -> str:
    paragraphs = "".join(f"<p>{escape(paragraph)}</p>" for paragraph in (greeting, *letter.paragraphs))
    items = f"<table>{''.join(_row(item) for item in letter.items)}</table>" if letter.items else ""
    return (
        f'<!doctype html><html lang="en"><head><meta charset="utf-8"><title>{escape(subject)}</title></head>'
        f'<body style="{_STYLE}">{paragraphs}{items}<p>{_SIGN_OFF}</p></body></html>'
    )


def _row(item: Item) -> str:
    cells = (f"{item.quantity} \N{MULTIPLICATION SIGN}", item.title, item.total)
    return f"<tr>{''.join(f'<td>{escape(cell)}</td>' for cell in cells)}</tr>"
