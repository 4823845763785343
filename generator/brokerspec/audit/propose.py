"""Make the mechanical part of what an audit found: a new text of the spec and its samples."""

from __future__ import annotations

import json
import os
import shutil
import tempfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from difflib import unified_diff
from pathlib import Path

from brokerspec.audit.edit_yaml import YamlText
from brokerspec.audit.finding import Finding, Fix, folded, hidden
from brokerspec.audit.known import Sorted
from brokerspec.diagnostics import Diagnostic, Severity, SpecError
from brokerspec.document import Document, Operation
from brokerspec.naming import constant
from brokerspec.schema_rules import is_secret_name
from brokerspec.tree import JSON, Pointer
from brokerspec.validate import validate

_UNSAID = "Not described yet."


@dataclass(frozen=True, slots=True)
class Change:
    """Hold the new text of one file, relative to the folder of the spec."""

    file: str
    before: str
    after: str


def propose(document: Document, found: Sorted) -> list[Change]:
    """Return the changes that leave the spec as valid as it was; the rest is for people."""
    folder = document.source.path.parent
    spec = document.source.path.name
    text = _read(document.source.path)
    fixes = _fixes(found.new)
    edited = _Edits(document, text)
    for fix in fixes:
        edited.apply(fix)
    changes = [Change(spec, text, edited.text.result())]
    accepted = [change for change in changes if change.before != change.after]
    limit = _errors(folder, spec, [])
    if _errors(folder, spec, accepted) > limit:
        accepted = []
    for change in _samples(folder, found, fixes):
        # Each sample is tried by itself: one that the schema refuses needs a decision first.
        if _errors(folder, spec, [*accepted, change]) <= limit:
            accepted.append(change)
    for fix in fixes:
        accepted = _with_new_sample(document, folder, fix, accepted, limit)
    return accepted


def as_diff(folder: Path, changes: Iterable[Change]) -> str:
    """Write changes as one patch."""
    parts: list[str] = []
    for change in changes:
        name = (folder / change.file).as_posix()
        parts += unified_diff(
            change.before.splitlines(keepends=True),
            change.after.splitlines(keepends=True),
            f"a/{name}" if change.before else "/dev/null",
            f"b/{name}",
        )
    return "".join(part if part.endswith("\n") else f"{part}\n\\ No newline\n" for part in parts)


def write_changes(folder: Path, changes: Sequence[Change]) -> None:
    """Write all changes, or none when one of them fails."""
    ready: list[tuple[Path, Path]] = []
    done: list[Change] = []
    try:
        for change in changes:
            target = folder / change.file
            if (_read(target) if target.exists() else "") != change.before:
                raise _refusal(f"{target} has changed in the meantime", "run the audit again")
            target.parent.mkdir(exist_ok=True)
            handle, name = tempfile.mkstemp(dir=target.parent, prefix=f".{target.name}.")
            ready.append((Path(name), target))
            with os.fdopen(handle, "w", encoding="utf-8", newline="") as file:
                file.write(change.after)
            os.chmod(name, target.stat().st_mode & 0o777 if target.exists() else 0o644)
        for change, (temporary, target) in zip(changes, ready, strict=True):
            os.replace(temporary, target)
            done.append(change)
    except BaseException:
        for change in done:
            _restore(folder / change.file, change.before)
        raise
    finally:
        for temporary, _ in ready:
            temporary.unlink(missing_ok=True)


class _Edits:
    def __init__(self, document: Document, text: str) -> None:
        self._document = document
        self.text = YamlText(text)
        self._added: set[tuple[Pointer, str]] = set()

    def apply(self, fix: Fix) -> None:
        """Make one change in the spec; what stands in another file is left alone."""
        if self._document.locate(fix.pointer)[0] is not self._document.source:
            return
        key = (fix.pointer, fix.name or str(fix.value))
        if key in self._added:
            return
        if fix.kind == "field":
            self._added.add(key)
            self.text.add_member((*fix.pointer, "properties"), fix.name, _property(fix))
        elif fix.kind == "value":
            self._added.add(key)
            self._value(fix)

    def _value(self, fix: Fix) -> None:
        schema = _node(self._document.source.root, fix.pointer)
        values = schema.get("enum")
        listed = values if isinstance(values, list) else []
        value = fix.value
        if listed and all(isinstance(one, int) for one in listed) and _is_integer(value):
            value = int(str(value))
        if not self.text.add_entry((*fix.pointer, "enum"), value):
            return
        names = schema.get("x-enum-varnames")
        if isinstance(names, list):
            name = constant(str(value))
            while name in names:
                name += "_"
            self.text.add_entry((*fix.pointer, "x-enum-varnames"), name)
        if "x-enum-descriptions" in schema:
            meaning = fix.meaning or _UNSAID
            self.text.add_entry((*fix.pointer, "x-enum-descriptions"), meaning)


def _property(fix: Fix) -> dict[str, JSON]:
    types = [name for name in fix.types if name != "null"]
    entry: dict[str, JSON] = {}
    if len(types) == 1:
        entry["type"] = types[0]
    elif types:
        entry["type"] = [*types]
    if "number" in types:
        entry["x-type"] = "decimal"
    if types == ["array"]:
        entries = fix.value if isinstance(fix.value, list) else []
        texts = bool(entries) and all(isinstance(one, str) for one in entries)
        entry["items"] = {"type": "string"} if texts else {}
    entry["description"] = fix.meaning or _UNSAID
    if is_secret_name(fix.name):
        entry["x-secret"] = True
    return entry


def _is_integer(value: JSON) -> bool:
    return str(value).lstrip("-").isdecimal()


def _node(root: JSON, pointer: Pointer) -> dict[str, JSON]:
    for token in pointer:
        if isinstance(root, dict):
            root = root.get(str(token))
        elif isinstance(root, list) and isinstance(token, int):
            root = root[token]
    return root if isinstance(root, dict) else {}


def _fixes(findings: Iterable[Finding]) -> list[Fix]:
    fixes: list[Fix] = []
    for finding in findings:
        fixes += [fix for fix in finding.fixes if fix not in fixes]
    return fixes


def _samples(folder: Path, found: Sorted, fixes: Iterable[Fix]) -> Iterator[Change]:
    """Write changed payloads, with what is known to differ as it was stored."""
    known = [finding for finding, _ in found.known]
    for fix in fixes:
        if fix.kind == "sample":
            kept = {
                (finding.pointer, finding.in_document): finding.in_spec
                for finding in known
                if fix in finding.fixes and finding.code == "audit-changed-sample"
            }
            path = folder / fix.name
            yield Change(fix.name, _read(path), written(_restored(fix.value, kept, ())))


def _restored(value: JSON, kept: Mapping[tuple[str, str], str], at: Pointer) -> JSON:
    if isinstance(value, dict):
        return {key: _restored(member, kept, (*at, key)) for key, member in value.items()}
    if isinstance(value, list):
        return [_restored(entry, kept, (*at, i)) for i, entry in enumerate(value)]
    if not isinstance(value, str):
        return value
    return kept.get((folded(at), value)) or kept.get((folded(at), hidden(value)), value)


def _with_new_sample(
    document: Document, folder: Path, fix: Fix, accepted: list[Change], limit: int
) -> list[Change]:
    """Add a payload that no sample holds, when its operation has a place for it."""
    if fix.kind != "new-sample":
        return accepted
    name, _, side = fix.name.partition(" ")
    operation = next((one for one in document.operations if one.operation_id == name), None)
    pointer = _place_of_examples(operation, side) if operation else None
    if pointer is None:
        return accepted
    spec = document.source.path.name
    earlier = next((change for change in accepted if change.file == spec), None)
    original = earlier.before if earlier else _read(document.source.path)
    text = YamlText(earlier.after if earlier else original)
    taken = {change.file for change in accepted}
    case, count = f"{name}.{side}", 1
    while (folder / f"samples/{case}.json").exists() or f"samples/{case}.json" in taken:
        count += 1
        case = f"{name}.{side}.documented_{count}"
    file = f"samples/{case}.json"
    label = "documented" if count == 1 else f"documented_{count}"
    entry: JSON = {"externalValue": file}
    if not text.has((*pointer, "examples")):
        text.add_member(pointer, "examples", {label: entry})
    else:
        text.add_member((*pointer, "examples"), label, entry)
    tried = [
        *(change for change in accepted if change.file != spec),
        Change(spec, original, text.result()),
        Change(file, "", written(fix.value)),
    ]
    return tried if _errors(folder, spec, tried) <= limit else accepted


def _place_of_examples(operation: Operation, side: str) -> Pointer | None:
    content = operation.request_body.content if operation.request_body else ()
    if side == "response":
        content = tuple(media for answer in operation.success for media in answer.content)
    return next((media.pointer for media in content if "json" in media.name), None)


def written(value: JSON, indent: int = 0) -> str:
    """Write a payload as the samples are written; numbers keep their digits."""
    text = _written(value, 0)
    return text + "\n" if indent == 0 else text


def _written(value: JSON, depth: int) -> str:
    space, end = "  " * (depth + 1), "  " * depth
    if isinstance(value, dict) and value:
        members = ",\n".join(
            f"{space}{json.dumps(key, ensure_ascii=False)}: {_written(member, depth + 1)}"
            for key, member in value.items()
        )
        return f"{{\n{members}\n{end}}}"
    if isinstance(value, list) and value:
        entries = ",\n".join(f"{space}{_written(entry, depth + 1)}" for entry in value)
        return f"[\n{entries}\n{end}]"
    return str(value) if isinstance(value, Decimal) else json.dumps(value, ensure_ascii=False)


def _errors(folder: Path, spec: str, changes: Sequence[Change]) -> int:
    """Count what is wrong with a copy of the spec in which some changes are made."""
    with tempfile.TemporaryDirectory() as place:
        copy = Path(place) / folder.resolve().name
        shutil.copytree(folder, copy)
        for change in changes:
            target = copy / change.file
            target.parent.mkdir(exist_ok=True)
            target.write_text(change.after, encoding="utf-8", newline="")
        found = validate(copy / spec)
    return sum(item.severity is Severity.ERROR for item in found)


def _read(path: Path) -> str:
    with path.open(encoding="utf-8", newline="") as file:
        return file.read()


def _restore(path: Path, text: str) -> None:
    if text:
        path.write_text(text, encoding="utf-8", newline="")
    else:
        path.unlink(missing_ok=True)


def _refusal(message: str, hint: str) -> SpecError:
    return SpecError([Diagnostic(Severity.ERROR, "audit-write", None, message, hint)])
