"""Read YAML by its 1.2 core schema, from parser events, without building any object."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from brokerspec.tree import JSON, Builder, Mark, Position

if TYPE_CHECKING:
    import yaml

_INTEGER = re.compile(r"[-+]?(0|[1-9][0-9]*)")
_NUMBER = re.compile(r"[-+]?(0|[1-9][0-9]*|(?=\.[0-9]))(\.[0-9]*)?([eE][-+]?[0-9]+)?")
_CONSTANTS: dict[str, bool | None] = {
    "": None,
    "~": None,
    "null": None,
    "Null": None,
    "NULL": None,
    "true": True,
    "True": True,
    "TRUE": True,
    "false": False,
    "False": False,
    "FALSE": False,
}
_NUMERIC = frozenset("+-.0123456789")
_SHORT = 32
# Fewer digits than any limit of them allows.
_FEW = 10
_STANDARD = "tag:yaml.org,2002:"
_MAX_EXPONENT = 400


def read_yaml(text: str, builder: Builder) -> None:
    """Feed the single document of a YAML text to a builder."""
    # Loaded for YAML only: it takes as long as reading a small document in JSON.
    import yaml

    try:
        documents = _read(yaml.CSafeLoader(text), builder)
    except yaml.MarkedYAMLError as error:
        at = error.problem_mark or error.context_mark
        detail = ", ".join(filter(None, (error.context, error.problem)))
        problem = f"not valid YAML: {detail}"
        builder.stop("syntax", at or Position(0, 0), problem, "check indentation and quotes")
    except yaml.reader.ReaderError as error:
        before = text.encode()[: max(error.position, 0)].decode(errors="replace")
        mark = Position(before.count("\n"), len(before) - before.rfind("\n") - 1)
        builder.stop(
            "control-character", mark, "the file holds a character that YAML does not allow"
        )
    if documents == 0:
        hint = "write something into it, or name another"
        builder.stop("empty-file", Position(0, 0), "the file is empty", hint)


def _read(loader: yaml.CSafeLoader, builder: Builder) -> int:
    """Feed the events of a parser to a builder, and return how many documents began."""
    import yaml

    documents = 0
    words: dict[str, JSON] = {}
    keys: set[str] = set()
    next_event, scalar = loader.get_event, yaml.ScalarEvent
    while True:
        # To the stubs there may be no event, or one without a mark.
        event: Any = next_event()
        mark: Mark = event.start_mark
        if isinstance(event, scalar):
            if event.tag is not None:
                _check_tag(event, mark, builder, "str")
            text: str = event.value
            is_plain = event.implicit[0] and not event.style
            if builder.expects_key:
                if is_plain and text not in keys:
                    if _is_text(text):
                        keys.add(text)
                    else:
                        _check_key(text, mark, builder)
                builder.key(text, mark)
                continue
            value: JSON = text
            if is_plain:
                # The same few words are read again and again, and kept once.
                if text in words:
                    value = words[text]
                else:
                    value = _value(text, mark, builder)
                    if len(text) <= _SHORT and text[:1] not in _NUMERIC:
                        words[text] = value
            builder.scalar(value, mark, event.anchor)
        elif isinstance(event, yaml.CollectionEndEvent):
            builder.end()
        elif isinstance(event, yaml.MappingStartEvent):
            _check_tag(event, mark, builder, "map")
            builder.begin({}, mark, event.anchor)
        elif isinstance(event, yaml.SequenceStartEvent):
            _check_tag(event, mark, builder, "seq")
            builder.begin([], mark, event.anchor)
        elif isinstance(event, yaml.AliasEvent):
            builder.alias(event.anchor or "", mark)
        elif isinstance(event, yaml.DocumentStartEvent):
            documents += 1
            if documents > 1:
                message = "the file holds more than one YAML document"
                builder.stop("several-documents", mark, message)
        elif isinstance(event, yaml.StreamEndEvent):
            return documents


def number(text: str, mark: Mark, builder: Builder) -> int | Decimal:
    """Read a number exactly, and refuse one of absurd size."""
    _, _, exponent = text.lower().partition("e")
    digits = exponent.lstrip("+-0")
    if len(text) > builder.limits.digits or len(digits) > 3 or int(digits or 0) > _MAX_EXPONENT:
        builder.report(
            "number-too-long",
            mark,
            f"the number {text[:20]}… is longer than {builder.limits.digits} digits",
            "quote it if it is a text",
        )
        return 0
    if _INTEGER.fullmatch(text):
        return int(text)
    found = Decimal(text)
    # `1.5e1` and `5.` are whole numbers, as which they can be written down and read again.
    return found if found.as_tuple().exponent else int(found)


def _check_key(text: str, mark: Mark, builder: Builder) -> None:
    if text == "<<":
        builder.report(
            "merge-key", mark, "merge keys are not part of YAML 1.2", "write the members out"
        )
    elif not _is_status(text, builder):
        builder.report("non-string-key", mark, f"the key {text} is not a text", "quote it")


def _value(text: str, mark: Mark, builder: Builder) -> JSON:
    if text in _CONSTANTS:
        return _CONSTANTS[text]
    if text[0] in _NUMERIC:
        if len(text) < _FEW and text.isascii() and text.isdecimal() and text[0] != "0":
            return int(text)
        if _NUMBER.fullmatch(text):
            return number(text, mark, builder)
    return text


def _is_text(text: str) -> bool:
    if text in _CONSTANTS or text == "<<":
        return False
    return text[0] not in _NUMERIC or not _NUMBER.fullmatch(text)


def _is_status(text: str, builder: Builder) -> bool:
    return builder.parent_key == "responses" and len(text) == 3 and text.isdigit()


def _check_tag(
    event: yaml.ScalarEvent | yaml.CollectionStartEvent, mark: Mark, builder: Builder, expected: str
) -> None:
    if event.tag is not None and event.tag != _STANDARD + expected:
        tag = str(event.tag).replace(_STANDARD, "!!")
        builder.report(
            "explicit-tag", mark, f"the tag {tag} is not allowed", "write the plain value"
        )
