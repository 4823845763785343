"""The only ways in which text of a document enters what is generated: one for each position.

| position | encoder |
|---|---|
| a value in Python | `literal` |
| a docstring of its own | `docstring` |
| part of a docstring of one line | `inline` |
| a comment, in Python or Markdown | `one_line` |
| a name in Python | `identifier` |
| a part of a path | `path_part` |
| a value in TOML | `toml` |
| a cell or a line of Markdown | `table_cell` |
| code in Markdown | `code` |

Each returns `Source`; templates print nothing else. Text of a document is `Text`, which cannot
be printed, put together or cut: an encoder takes it, or `plain` gives the words for it.
"""

from __future__ import annotations

import keyword
import re
import textwrap
import unicodedata
from typing import Annotated, Any, Final, NoReturn, TypeAlias

WIDTH: Final = 96
# Letters and marks that show nothing, and spaces that look like the usual one.
_FILLER: Final = re.compile(
    "[\u00a0\u034f\u115f\u1160\u1680\u17b4\u17b5\u180b-\u180f\u2000-\u200f\u202f\u205f\u2800\u3000\u3164"
    "\ufe00-\ufe0f\uffa0\U000e0100-\U000e01ef]"
)

# What may mean something anywhere in Markdown.
_MARKS: Final = re.compile(r"[\\|`*_\[\]<>#~]")
_ESCAPED: Final = str.maketrans({mark: f"\\{mark}" for mark in "\\|`*_[]<>#"})
_STRUCK: Final = re.compile(r"~(?=~)")
# What starts a list, a rule or a heading at the beginning of a line of Markdown.
_OPENING: Final = re.compile(r"^([0-9]{0,9})([-+=.)](?= |[-=]|$))")


def _refuse(*_: Any, **__: Any) -> NoReturn:
    raise TypeError("text of a document needs an encoder")


class Text(str):
    """Text as a document says it: it can be compared and looked up, but not printed."""

    __slots__ = ()

    __str__ = __format__ = __getitem__ = _refuse
    __add__ = __radd__ = __mul__ = __rmul__ = __mod__ = __rmod__ = _refuse
    # What they return would be a text that nothing holds back any more.
    capitalize = casefold = lower = swapcase = title = upper = _refuse
    center = expandtabs = ljust = rjust = zfill = _refuse
    lstrip = rstrip = strip = removeprefix = removesuffix = replace = translate = _refuse
    partition = rpartition = rsplit = split = splitlines = _refuse
    format = format_map = join = _refuse


# What a member of the IR is annotated with whose text came from a document.
Words: TypeAlias = Annotated[str, Text]


def plain(text: str) -> str:
    """Return text of a document as words that an encoder is still to be given."""
    return str.__str__(text)


class Source(str):
    """Text that is fit for the position it was made for."""

    __slots__ = ()


def literal(value: object) -> Source:
    """Return a value as a Python literal in ASCII."""
    return Source(ascii(value))


def identifier(name: str) -> Source:
    """Return a name as it is; a text that is no name was never meant to be here."""
    if not (name.isascii() and name.isidentifier()) or keyword.iskeyword(name):
        raise ValueError(f"{name!r} is no name")
    return Source(plain(name))


def path_part(name: str) -> Source:
    """Return the name of a file or folder as it is; never one that leads elsewhere."""
    if not re.fullmatch(r"[A-Za-z0-9_][A-Za-z0-9_.-]*", name):
        raise ValueError(f"{name!r} is no name of a file")
    return Source(plain(name))


def toml(text: str) -> Source:
    """Return text as a basic string of TOML in ASCII, on one line."""
    flat = " ".join(clean(text).split())
    return Source('"' + "".join(_escaped(character) for character in flat) + '"')


def _escaped(character: str) -> str:
    if character in '"\\':
        return f"\\{character}"
    return character if character.isascii() else f"\\U{ord(character):08X}"


def docstring(text: str, indent: int = 0, *, width: int = WIDTH) -> Source:
    """Return text as a docstring that stands `indent` columns deep.

    Backslashes and quotes cannot end it, control and formatting characters are gone.
    """
    lines = _wrap(clean(text).replace("\\", "\\\\").replace('"""', "'''"), width - indent)
    pad = " " * indent
    if len(lines) == 1 and len(lines[0]) + 6 <= width - indent:
        line = f'{lines[0][:-1]}\\"' if lines[0].endswith('"') else lines[0]
        return Source(f'"""{line}"""')
    return Source(
        "\n".join(
            ['"""' + lines[0], *(pad + line if line else "" for line in lines[1:]), pad + '"""']
        )
    )


def inline(text: str) -> Source:
    """Return text as part of a docstring of one line."""
    flat = clean(text).replace("\\", "\\\\").replace('"', "'")
    return Source(" ".join(flat.split()))


def clean(text: str) -> str:
    """Return text without what cannot be seen: control, formatting and filler characters."""
    words = plain(text)
    if words.isascii() and words.isprintable():
        return words.strip()
    return re.sub(r"[ \t]+\n", "\n", words.translate(_SHOWN)).strip()


def one_line(text: str) -> Source:
    """Return text as one line that ends no Python or Markdown comment."""
    return Source(" ".join(clean(text).replace("--", "- -").split()))


class _Shown(dict[int, int]):
    """Which character stands for each: a space for what does not show."""

    def __missing__(self, point: int) -> int:
        character = chr(point)
        kind = unicodedata.category(character)
        is_hidden = kind[0] == "C" or kind in ("Zl", "Zp") or _FILLER.match(character)
        self[point] = ord(" ") if is_hidden and character != "\n" else point
        return self[point]


_SHOWN: Final = _Shown()
# The end of a line and the characters of ASCII that show.
_PLAIN: Final = b"\n" + bytes(range(ord(" "), 0x7F))


def sentence(text: str) -> str:
    """Return words on one line that end in a full stop, still to be given an encoder."""
    flat = " ".join(plain(text).split())
    return flat if flat.endswith((".", "!", "?")) or not flat else f"{flat}."


def is_clean(text: str) -> bool:
    """Say whether everything in a text can be seen."""
    # Whole files are asked for, in which all but a few characters are these.
    others = text.encode("utf-8", "surrogatepass").translate(None, _PLAIN)
    shown = set(others.decode("utf-8", "surrogatepass"))
    return all(_SHOWN[ord(character)] == ord(character) for character in shown)


def table_cell(text: str) -> Source:
    """Return text as one cell of a Markdown table, or as one line that is text only."""
    flat = " ".join(clean(text).split())
    if _MARKS.search(flat):
        # A pattern that repeats what it found is read again for each mark of a long text.
        flat = _STRUCK.sub(r"\\~", flat.translate(_ESCAPED))
    return Source(_OPENING.sub(r"\1\\\2", flat))


def code(text: str) -> Source:
    """Return text as Markdown code, fenced by more backticks than it holds in a row."""
    flat = " ".join(clean(text).split()).replace("|", "\\|")
    if flat and "`" not in flat:
        return Source(f"`{flat}`")
    fence = "`" * (1 + max((len(run) for run in re.findall("`+", flat)), default=0))
    pad = " " if "`" in flat else ""
    return Source(f"{fence}{pad}{flat}{pad}{fence}" if flat else "")


def _wrap(text: str, width: int) -> list[str]:
    lines: list[str] = []
    for line in text.split("\n"):
        if len(line) <= width and line.isprintable():
            lines.append(line.rstrip())
            continue
        inset = " " * (len(line) - len(line.lstrip()))
        hang = f"{inset}    " if inset else ""
        lines += textwrap.wrap(
            line, width, subsequent_indent=hang, break_long_words=False, break_on_hyphens=False
        ) or [""]
    return lines
