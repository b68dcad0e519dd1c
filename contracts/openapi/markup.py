"""The little markup that comments use: paragraphs, lists and code."""

import re
from html import escape

_CODE = re.compile(r"`([^`]+)`")


def inline(text: str) -> str:
    """A line of text; what stands between backticks is code."""
    return _CODE.sub(r"<code>\1</code>", escape(text, quote=False))


def paragraphs(text: str) -> str:
    """Paragraphs, parted by empty lines; lines that begin with a dash are a list."""
    parts = []
    for block in re.split(r"\n\s*\n|\n(?=- )", text.strip()):
        tag = "li" if block.startswith("- ") else "p"
        parts.append(f"<{tag}>{inline(block.removeprefix('- '))}</{tag}>")
    return re.sub(r"(?:<li>.*?</li>)+", lambda found: f"<ul>{found[0]}</ul>", "".join(parts), flags=re.DOTALL)
