"""Which of several documented answers came, and what is in it.

The status decides first: exactly, then by its range, then by `default`. Among the answers
of one status the `Content-Type` decides: exactly, then by a range such as `text/*`. A body
without a `Content-Type` is the first that is documented. An answer that is documented with
no status of its own is read only where all documented ones agree, and is a deviation.
"""

from __future__ import annotations

import codecs
from collections.abc import Mapping, Sequence
from typing import Any, Final, TypeVar, cast

from . import codec, wire
from .errors import Deviation, UnexpectedResponse
from .operation import Documented, HeadersOf
from .request import RawResponse

D = TypeVar("D", Documented, HeadersOf[Any])

_JSON: Final = ("json", "+json")
_LINES: Final = ("ndjson", "nd-json", "stream+json")
_WORDS: Final = 500


def has_status(answers: Sequence[Documented], status: int) -> bool:
    """Say whether an answer is documented for a status."""
    return bool(_of_status(answers, status))


def read(
    answers: Sequence[Documented], raw: RawResponse, *, thorough: bool = False
) -> tuple[Any, tuple[Deviation, ...]]:
    """Return what a successful answer holds and where it deviates from the documentation.

    Raises UnexpectedResponse for a body that is none of the documented ones.
    """
    found = _of_status(answers, raw.status)
    odd: tuple[Deviation, ...] = ()
    if not found:
        found = list(answers)
        documented = " or ".join(
            dict.fromkeys(one for answer in answers for one in answer.statuses)
        )
        odd = (Deviation("status", f"HTTP {documented}", f"HTTP {raw.status}", raw.status),)
    answer = _of_media(found, raw)
    # An empty text or file is one, no JSON is empty.
    is_body = bool(raw.body or (answer and answer.type in (str, bytes)))
    if not is_body and any(not answer.media for answer in answers):
        return None, odd
    if answer is None:
        raise UnexpectedResponse(
            f"the answer (HTTP {raw.status}, {_essence(raw) or 'no Content-Type'}) is none of"
            " those that are documented",
            deviations=odd,
        )
    value, deviations = decoded(answer, raw, thorough=thorough)
    return value, (*odd, *deviations)


def decoded(
    answer: Documented, raw: RawResponse, *, thorough: bool = False
) -> tuple[Any, tuple[Deviation, ...]]:
    """Return a body as what is documented."""
    if not answer.media:
        return None, ()
    if answer.type is bytes:
        return raw.body, ()
    if answer.type is str and not is_json(_essence(raw) or answer.media):
        return text_of(raw.body, raw.headers), ()
    value, deviations = codec.decode(raw.body, answer.type)
    return value, codec.survey(raw.body, answer.type) if thorough else deviations


def detail_of(details: Sequence[Documented], raw: RawResponse) -> object:
    """Return the body of a failure as what is documented, None where it does not fit."""
    answer = _of_failure(details, raw)
    if answer is None or not raw.body:
        return None
    try:
        return decoded(answer, raw)[0]
    except UnexpectedResponse:
        return None


def words_of(details: Sequence[Documented], raw: RawResponse) -> tuple[str, str]:
    """Return the code and message of a failure, empty where the document names no place."""
    answer = _of_failure(details, raw)
    if answer is None or not (answer.code or answer.message):
        return "", ""
    try:
        body = wire.loads(raw.body)
    except ValueError:
        return "", ""
    return _word(body, answer.code), _word(body, answer.message)


def text_of(body: bytes, headers: Mapping[str, str]) -> str:
    """Return a text by the character set that its head names, UTF-8 without one."""
    charset = charset_of(headers)
    try:
        return body.decode(charset)
    except UnicodeError:
        raise UnexpectedResponse(f"the text is not in {charset}") from None


def charset_of(headers: Mapping[str, str]) -> str:
    """Return the character set of a text, UTF-8 where it names none that is known."""
    for parameter in headers.get("content-type", "").split(";")[1:]:
        name, _, value = parameter.partition("=")
        if name.strip().lower() == "charset":
            known = _charset(value.strip().strip('"'))
            return "utf-8-sig" if known in ("utf-8", "ascii") else known
    return "utf-8-sig"


def is_json(media: str) -> bool:
    """Say whether a media type is one JSON text; lines of JSON are none."""
    subtype = media.rpartition("/")[2]
    return subtype.endswith(_JSON) and not subtype.endswith(_LINES)


def _charset(name: str) -> str:
    try:
        found = codecs.lookup(name)
    except (LookupError, ValueError):
        return "utf-8"
    # Python has codecs for what is no text, such as compression.
    return found.name if cast(Any, found)._is_text_encoding else "utf-8"


def headers_of(documented: Sequence[HeadersOf[Any]], raw: RawResponse) -> object:
    """Return the documented headers of a failure, None where none are for its status."""
    found = _of_status(documented, raw.status) if raw.status >= 400 else []
    if not found:
        return None
    from .headers import read as read_headers

    # A header that does not fit is no deviation of an answer that is a failure anyway.
    return read_headers(raw.headers, found[0])[0]


def _of_status(answers: Sequence[D], status: int) -> list[D]:
    for wanted in (str(status), f"{status // 100}XX", "default"):
        found = [answer for answer in answers if wanted in answer.statuses]
        if found:
            return found
    return []


def _of_failure(details: Sequence[Documented], raw: RawResponse) -> Documented | None:
    if raw.status < 400:
        return None
    found = _of_status(details, raw.status)
    return _of_media(found, raw) if found else None


def _of_media(answers: Sequence[Documented], raw: RawResponse) -> Documented | None:
    """Return the answer that a `Content-Type` means, None where that is not certain."""
    media = _essence(raw)
    bodies = [answer for answer in answers if answer.media]
    if not bodies:
        return answers[0]
    for fits in (media, f"{media.partition('/')[0]}/*", "*/*"):
        found = [answer for answer in bodies if answer.media == fits]
        if found:
            return _agreed(found)
    # Many servers call their JSON something else, and everything else by one wrong name.
    json = [answer for answer in bodies if is_json(answer.media)]
    if is_json(media) or not media:
        return _agreed(json or bodies[:1])
    return _agreed(json if json and media.startswith("text/") else bodies)


def _agreed(answers: Sequence[Documented]) -> Documented | None:
    """Return the first of some answers, None where they are not of one type."""
    first = answers[0] if answers else None
    return first if all(first and first.type == other.type for other in answers) else None


def _essence(raw: RawResponse) -> str:
    return raw.headers.get("content-type", "").partition(";")[0].strip().lower()


def _word(body: object, pointers: Sequence[str]) -> str:
    for pointer in pointers:
        found = body
        for part in pointer.split("/")[1:]:
            found = _inside(found, part.replace("~1", "/").replace("~0", "~"))
        if isinstance(found, str | int) and not isinstance(found, bool):
            return str(found)[:_WORDS]
    return ""


def _inside(value: object, name: str) -> object:
    if isinstance(value, dict):
        return cast("dict[str, object]", value).get(name)
    if isinstance(value, list) and name == "0":
        return next(iter(cast("list[object]", value)), None)
    return None
