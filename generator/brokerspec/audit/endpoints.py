"""Find the addresses that a document prints."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

_METHODS = "GET|POST|PUT|PATCH|DELETE|HEAD|OPTIONS"
_URL = (
    r"(?:https?|wss?)://[^\s\"'“”\u2018\u2019|<>,;)]*(?:<[^\s<>]+>[^\s\"'“”\u2018\u2019|<>,;)]*)*"
)
_PATH = rf"(?:{_URL}|(?:<\w+>|\{{{{?\w+\}}}}?)?/[^\s\"'“”\u2018\u2019|,;]*)"
_METHOD_LINE = re.compile(
    rf"\W*(?:(?:http|request|api)\s+)*(?:method|verb)(?:\s+type)?\s*[:\-\u2013|][\s:\-\u2013|]*({_METHODS})\b\W*$",
    re.IGNORECASE,
)
_ADDRESS_LINE = re.compile(
    r"\W*(?:(?:request|api|http|resource)\s+)?(?:end\s?-?point(?:\s+url)?|url|uri|path|route)"
    r"\s*[:\-\u2013|][\s:\-\u2013|]*(\S*)\s*$",
    re.IGNORECASE,
)
_ENDPOINT = re.compile(r"\W*(?:end\s?-?point|path|route)\b", re.IGNORECASE)
_WORD = re.compile(r"[A-Za-z][\w.\-]*(?:\?\S*)?")
_METHOD_AND_PATH = re.compile(rf"(?<![\w/])({_METHODS})[\s|:\-\u2013\"'`\]]+({_PATH})")
_METHOD_AND_REST = re.compile(
    rf"\W*(?:\d{{3}}\s+)?({_METHODS})\s+([\w.\-]+/[\w./<>{{}}?=&%:\-]*)\s*$"
)
_BARE_URL = re.compile(_URL)
_BARE_PATH = re.compile(rf"\s*({_PATH})\s*$")
_EXAMPLE = re.compile(
    r"\W*(?:for\s+)?(?:example|e\.g\.|eg|sample|i\.e\.)\W*(?:url|request)?\W*?(" + _PATH + ")",
    re.IGNORECASE,
)
_SERVER = re.compile(
    r"\b(?:root|base|relative to|go to|sent to|server|host|production|sandbox|live|uat|test"
    r"|staging)\b"
    r"|^\W*api\s+end\s?point\W*$",
    re.IGNORECASE,
)
_LINES_OF_A_CALL = 30
_CURL = re.compile(r"(?<!\w)curl\b(?=\s*(?:\\|-|[\"']?https?:|$))")
_CURL_METHOD = re.compile(rf"(?:-X|--request)[\s=]*[\"']?({_METHODS})\b")
_CURL_BODY = re.compile(r"(?<!\w)(?:-d|--data(?:-raw|-binary|-urlencode)?|-F|--form|--json)\b")
_SAID = re.compile(rf"\b({_METHODS})\b(?=.{{0,60}}\b(?:url|call|request|to)\b)")
_SIGNATURE = re.compile(
    r"\s*(?:(?P<returns>[A-Za-z_]\w*)\s+)?(?P<name>[A-Za-z_]\w*(?:\.[A-Za-z_]\w*)*)"
    r"\((?P<arguments>[\w\s,*]*)\)\s*$"
)
_PROSE = re.compile(r"[A-Z][a-z]+\b[^=(){};]*$")
_NOT_RETURNS = {"return", "await", "yield", "def", "raise", "print", "new", "import", "from"}


@dataclass(frozen=True, slots=True)
class Address:
    """Hold one address; a server is where the paths begin."""

    line: int
    end_line: int
    method: str
    path: str
    is_example: bool = False
    is_server: bool = False


def find_addresses(lines: Sequence[str]) -> list[Address]:
    """Find every address in lines that hold no payloads."""
    found: list[Address] = []
    line = 1
    while line <= len(lines):
        text = lines[line - 1]
        if not text.strip():
            line += 1
            continue
        addresses = list(_at(lines, line))
        found.extend(addresses)
        line = max([line, *(address.end_line for address in addresses)]) + 1
    return _with_methods(found)


def _at(lines: Sequence[str], line: int) -> Iterator[Address]:
    text = lines[line - 1]
    if _CURL.search(text):
        address = _curl(lines, line)
        if address is not None:
            yield address
            return
    method = _METHOD_LINE.match(text)
    if method is not None:
        yield Address(line, line, method[1].upper(), "")
        return
    label = _ADDRESS_LINE.match(text)
    if label is not None:
        address = _labelled(lines, line, label[1])
        if address is not None:
            yield address
            return
    example = _EXAMPLE.match(text)
    if example is not None:
        yield Address(line, line, "", example[1], is_example=True)
        return
    pairs = list(_METHOD_AND_PATH.finditer(text))
    rest = _METHOD_AND_REST.match(text)
    is_example = _is_example(lines, line)
    for pair in pairs:
        path = _trimmed(pair[2])
        yield Address(line, line, pair[1], path, is_example)
    if not pairs and rest is not None:
        yield Address(line, line, rest[1], rest[2], is_example)
    if not pairs and rest is None:
        yield from _unmarked(lines, line)


def _unmarked(lines: Sequence[str], line: int) -> Iterator[Address]:
    """Find addresses that nothing but their own form marks."""
    text = lines[line - 1]
    bare = _BARE_PATH.match(text)
    if bare is not None and len(bare[1]) > 1 and not bare[1].startswith(("//", "/*")):
        path, end = _joined(lines, line, bare[1])
        yield Address(line, end, _said(lines, line), path, is_server=_is_server(lines, line, path))
        return
    urls = [_trimmed(found[0]) for found in _BARE_URL.finditer(text)]
    for url in urls:
        yield Address(line, line, _said(lines, line), url, is_server=_is_server(lines, line, url))
    if not urls and _is_signature(lines, line):
        yield Address(line, line, "", _signature_of(text))


def _labelled(lines: Sequence[str], line: int, printed: str) -> Address | None:
    end = line
    if not printed and line < len(lines):
        bare = _BARE_PATH.match(lines[line])
        printed, end = (bare[1], line + 1) if bare is not None else ("", line)
    path = _trimmed(printed.strip("\"'`“”"))
    is_word = _ENDPOINT.match(lines[line - 1]) is not None and _WORD.fullmatch(path) is not None
    if not is_word and ("/" not in path or re.search(r"^[\w.]+@|^\W*$", path)):
        return None
    path, joined = _joined(lines, end, path)
    return Address(line, joined, "", path, is_server=_is_server(lines, line, path))


def _joined(lines: Sequence[str], line: int, path: str) -> tuple[str, int]:
    """Join an address that was broken at hyphens."""
    while path.endswith("-") and line < len(lines) and " " not in lines[line].strip():
        following = lines[line].strip()
        if not re.match(r"[\w%&=?/]", following):
            break
        path, line = path[:-1] + following, line + 1
    return path, line


def _trimmed(path: str) -> str:
    return path.rstrip(".,:'\"`*\\")


def _curl(lines: Sequence[str], line: int) -> Address | None:
    text, end = lines[line - 1], line
    while end < min(len(lines), line + _LINES_OF_A_CALL) and text.rstrip().endswith("\\"):
        text = text.rstrip().removesuffix("\\") + " " + lines[end]
        end += 1
    url = _BARE_URL.search(text)
    if url is None:
        return None
    method = _CURL_METHOD.search(text)
    fallback = "POST" if _CURL_BODY.search(text) else "GET"
    at = next((n for n in range(line, end + 1) if url[0][:12] in lines[n - 1]), line)
    # The lines after the address may hold a payload, which is read for itself.
    return Address(line, at, method[1] if method else fallback, _trimmed(url[0]))


def _said(lines: Sequence[str], line: int) -> str:
    """Return the method that the sentence around an address names."""
    for text in (lines[line - 1], lines[line - 2] if line > 1 else ""):
        found = _SAID.search(text)
        if found is not None:
            return found[1]
    return ""


def _is_server(lines: Sequence[str], line: int, path: str) -> bool:
    if not path.startswith(("http", "ws")) or "?" in path:
        return False
    if path.startswith("ws") and "/" in path.split("://", 1)[1]:
        return False
    above = [text for text in lines[max(0, line - 4) : line - 1] if text.strip()][-1:]
    around = [_BARE_URL.sub("", lines[line - 1]), *above]
    return any(_SERVER.search(text) and len(text.split()) <= 8 for text in around)


def _is_example(lines: Sequence[str], line: int) -> bool:
    above = lines[line - 2] if line > 1 else ""
    words = f"{above} {lines[line - 1]}" if len(above.split()) <= 5 else lines[line - 1]
    return re.search(r"\b(?:sample|example)\b", words, re.IGNORECASE) is not None


def _is_signature(lines: Sequence[str], line: int) -> bool:
    found = _SIGNATURE.match(lines[line - 1])
    if found is None or found["returns"] in _NOT_RETURNS:
        return False
    following = next((text for text in lines[line : line + 2] if text.strip()), "")
    is_code = lines[line - 2].rstrip().endswith(("\\", ":", ",")) if line > 1 else False
    return not is_code and _PROSE.match(following.strip()) is not None


def _signature_of(text: str) -> str:
    found = _SIGNATURE.match(text)
    if found is None:
        return text.strip()
    arguments = ", ".join(part.strip() for part in found["arguments"].split(",") if part.strip())
    return f"{found['name']}({arguments})"


def _with_methods(found: list[Address]) -> list[Address]:
    """Join a method and an address that stand on lines of their own."""
    result: list[Address] = []
    index = 0
    while index < len(found):
        one = found[index]
        other = found[index + 1] if index + 1 < len(found) else None
        if other is not None and other.line - one.end_line <= 3:
            if one.path and not one.method and other.method and not other.path:
                result.append(_paired(one, other.method, other))
                index += 2
                continue
            if one.method and not one.path and other.path and not other.method:
                result.append(_paired(other, one.method, one))
                index += 2
                continue
        result.append(one)
        index += 1
    return result


def _paired(address: Address, method: str, other: Address) -> Address:
    return Address(
        address.line,
        max(address.end_line, other.end_line),
        method,
        address.path,
        address.is_example,
    )
