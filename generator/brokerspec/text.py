"""The only ways in which text of a document enters source."""

from __future__ import annotations

import re
import textwrap
import unicodedata
from typing import Final

WIDTH: Final = 96
# Letters and marks that show nothing, and spaces that look like the usual one.
_FILLER: Final = re.compile(
    "[\u00a0\u034f\u115f\u1160\u1680\u17b4\u17b5\u180b-\u180f\u2000-\u200f\u202f\u205f\u2800\u3000\u3164"
    "\ufe00-\ufe0f\uffa0\U000e0100-\U000e01ef]"
)


def literal(value: object) -> str:
    """Return a value as a Python literal in ASCII."""
    return ascii(value)


def docstring(text: str, indent: int = 0, *, width: int = WIDTH) -> str:
    """Return text as a docstring that stands `indent` columns deep.

    Backslashes and quotes cannot end it, control and formatting characters are gone.
    """
    lines = _wrap(clean(text).replace("\\", "\\\\").replace('"""', "'''"), width - indent)
    pad = " " * indent
    if len(lines) == 1 and len(lines[0]) + 6 <= width - indent:
        line = f'{lines[0][:-1]}\\"' if lines[0].endswith('"') else lines[0]
        return f'"""{line}"""'
    return "\n".join(
        ['"""' + lines[0], *(pad + line if line else "" for line in lines[1:]), pad + '"""']
    )


def clean(text: str) -> str:
    """Return text without what cannot be seen: control, formatting and filler characters."""
    if not (text.isascii() and text.replace("\n", "").isprintable()):
        text = "".join(" " if _is_hidden(character) else character for character in text)
    return re.sub(r"[ \t]+\n", "\n", text).strip()


def one_line(text: str) -> str:
    """Return text as one line that ends no Python or Markdown comment."""
    return " ".join(clean(text).replace("--", "- -").split())


def _is_hidden(character: str) -> bool:
    if character == "\n":
        return False
    kind = unicodedata.category(character)
    return kind[0] == "C" or kind in ("Zl", "Zp") or bool(_FILLER.match(character))


def table_cell(text: str) -> str:
    """Return text as one cell of a Markdown table."""
    flat = " ".join(clean(text).split())
    return re.sub(r"([\\|`*_\[\]<>#])", r"\\\1", flat)


def code(text: str) -> str:
    """Return text as Markdown code."""
    flat = " ".join(clean(text).split()).replace("|", "\\|")
    return f"`` {flat} ``" if "`" in flat else f"`{flat}`" if flat else ""


def _wrap(text: str, width: int) -> list[str]:
    lines: list[str] = []
    for line in text.split("\n"):
        inset = " " * (len(line) - len(line.lstrip()))
        hang = f"{inset}    " if inset else ""
        lines += textwrap.wrap(
            line, width, subsequent_indent=hang, break_long_words=False, break_on_hyphens=False
        ) or [""]
    return lines
