"""Read YAML by its 1.2 core schema, from parser events, without building any object."""

from __future__ import annotations

import re
from collections.abc import Iterator
from decimal import Decimal

import yaml

from brokerspec.tree import JSON, Builder, Mark

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
_STANDARD = "tag:yaml.org,2002:"
_MAX_EXPONENT = 400


def read_yaml(text: str, builder: Builder) -> None:
    """Feed the single document of a YAML text to a builder."""
    documents = 0
    for event in _events(text, builder):
        # Every event of the C parser has a mark; the stubs say that it may have none.
        mark = (event.start_mark.line, event.start_mark.column) if event.start_mark else (0, 0)
        match event:
            case yaml.ScalarEvent():
                _scalar(event, mark, builder)
            case yaml.MappingStartEvent():
                _check_tag(event, mark, builder, "map")
                builder.begin({}, mark, event.anchor)
            case yaml.SequenceStartEvent():
                _check_tag(event, mark, builder, "seq")
                builder.begin([], mark, event.anchor)
            case yaml.MappingEndEvent() | yaml.SequenceEndEvent():
                builder.end()
            case yaml.AliasEvent():
                builder.alias(event.anchor or "", mark)
            case yaml.DocumentStartEvent():
                documents += 1
                if documents > 1:
                    builder.stop(
                        "several-documents", mark, "the file holds more than one YAML document"
                    )
            case _:
                pass
    if documents == 0:
        builder.stop(
            "empty-file", (0, 0), "the file is empty", "write something into it, or name another"
        )


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
    return int(text) if _INTEGER.fullmatch(text) else Decimal(text)


def _events(text: str, builder: Builder) -> Iterator[yaml.Event]:
    try:
        yield from yaml.parse(text, Loader=yaml.CSafeLoader)
    except yaml.MarkedYAMLError as error:
        at = error.problem_mark or error.context_mark
        mark = (at.line, at.column) if at else (0, 0)
        detail = ", ".join(filter(None, (error.context, error.problem)))
        builder.stop("syntax", mark, f"not valid YAML: {detail}", "check indentation and quotes")
    except yaml.reader.ReaderError as error:
        before = text.encode()[: max(error.position, 0)].decode(errors="replace")
        mark = (before.count("\n"), len(before) - before.rfind("\n") - 1)
        builder.stop(
            "control-character", mark, "the file holds a character that YAML does not allow"
        )


def _scalar(event: yaml.ScalarEvent, mark: Mark, builder: Builder) -> None:
    _check_tag(event, mark, builder, "str")
    text: str = event.value
    is_plain = event.implicit[0] and not event.style
    if not builder.expects_key:
        builder.scalar(_value(text, mark, builder) if is_plain else text, mark, event.anchor)
        return
    if is_plain and text == "<<":
        builder.report(
            "merge-key", mark, "merge keys are not part of YAML 1.2", "write the members out"
        )
    elif is_plain and not _is_text(text) and not _is_status(text, builder):
        builder.report("non-string-key", mark, f"the key {text} is not a text", "quote it")
    builder.key(text, mark)


def _value(text: str, mark: Mark, builder: Builder) -> JSON:
    if text in _CONSTANTS:
        return _CONSTANTS[text]
    if text[0] in "+-.0123456789" and _NUMBER.fullmatch(text):
        return number(text, mark, builder)
    return text


def _is_text(text: str) -> bool:
    return text not in _CONSTANTS and not _NUMBER.fullmatch(text)


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
