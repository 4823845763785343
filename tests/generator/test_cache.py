"""What is remembered between runs, and when it is not used."""

from __future__ import annotations

import os
import sys
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from importlib.metadata import requires, version
from pathlib import Path

import pytest
from jinja2 import DictLoader, Environment

from brokerspec import cache, memory
from brokerspec.compiled import CompiledTemplates
from brokerspec.diagnostics import Diagnostic, Severity, Where
from brokerspec.format import format_packages
from brokerspec.generate import Job, build
from generator.making import answering

FILES = {"a.py": "A = 'ü'\n"}


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    return tmp_path / "cache" / "brokerspec"


def test_what_is_remembered_is_recalled(home: Path) -> None:
    assert cache.recall("key") is None
    cache.remember("key", FILES)
    assert cache.recall("key") == FILES
    assert [path.name for path in home.iterdir()] == ["key.json"]


@pytest.mark.parametrize("content", [b"", b"{", b"\xff", b'{"a.py": '])
def test_a_damaged_memory_is_none(home: Path, content: bytes) -> None:
    home.mkdir(parents=True)
    (home / "key.json").write_bytes(content)
    assert cache.recall("key") is None


def test_a_folder_that_cannot_be_written_is_no_error(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "file").touch()
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "file"))
    cache.remember("key", FILES)
    assert cache.recall("key") is None


def test_parts_of_a_key_do_not_run_into_each_other() -> None:
    keys = {cache.key_of(b"a", b"b"), cache.key_of(b"ab", b""), cache.key_of(b"ab")}
    assert len(keys) == 3
    assert cache.key_of(b"a", b"b") in keys


def test_a_changed_entry_is_none(home: Path) -> None:
    cache.remember("key", FILES)
    place = home / "key.json"
    place.write_bytes(place.read_bytes().replace(b"A = ", b"B = "))
    assert cache.recall("key") is None


def test_an_entry_under_another_name_is_none(home: Path) -> None:
    cache.remember("key", FILES)
    (home / "key.json").rename(home / "other.json")
    assert cache.recall("other") is None


@pytest.mark.skipif(sys.platform == "win32", reason="folders have no such modes there")
def test_what_others_may_have_written_is_none(home: Path) -> None:
    cache.remember("key", FILES)
    assert not home.stat().st_mode & 0o077
    home.chmod(0o777)
    assert cache.recall("key") is None
    home.chmod(0o700)
    assert cache.recall("key") == FILES


def test_what_was_not_used_for_long_is_dropped(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("brokerspec.cache._MOST_ENTRIES", 2)
    for age, key in enumerate(("c", "b", "a"), start=1):
        cache.remember(key, FILES)
        os.utime(home / f"{key}.json", (1e9 - age, 1e9 - age))
    cache.recall("c")
    cache.remember("d", FILES)
    assert sorted(path.stem for path in home.iterdir()) == ["c", "d"]


def test_a_large_memory_is_dropped(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    cache.remember("old", {"text": "x" * 1000})
    monkeypatch.setattr("brokerspec.cache._MOST_BYTES", 1000)
    cache.remember("new", {"text": "x" * 1000})
    assert [path.stem for path in home.iterdir()] == ["new"]


def test_versions_are_those_that_are_installed() -> None:
    for library in ("datamodel-code-generator", "jinja2", "msgspec", "pyyaml", "ruff"):
        assert cache.version_of(library) == version(library)


def test_requirements_are_those_of_what_is_installed() -> None:
    for library in ("brokerspec", "jinja2", "msgspec", "typer"):
        assert cache.requirements_of(library) == (requires(library) or [])
    assert cache.requirements_of("no-such-library") == []


def test_an_unchanged_spec_is_not_read_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    spec = tmp_path / "openapi.yaml"
    spec.write_text(answering("{type: string}"), encoding="utf-8")
    job = Job(spec, "made", "spec")
    first = build([job]).packages

    def refuse(_: object, **__: object) -> None:
        raise AssertionError("made again")

    with monkeypatch.context() as patch:
        patch.setattr("brokerspec.generate._make", refuse)
        assert build([job]).packages == first
        with pytest.raises(AssertionError, match="made again"):
            build([job], fresh=True)
    spec.write_text(answering("{type: integer}"), encoding="utf-8")
    assert build([job]).packages["made"]["client.py"] != first["made"]["client.py"]


def test_only_modules_that_changed_are_formatted_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    spec = tmp_path / "spec.yaml"
    spec.write_text(answering("{type: string}"), encoding="utf-8")
    job = Job(spec, "made", "spec")
    first = build([job]).packages["made"]
    seen: list[str] = []

    def noting(
        packages: dict[str, dict[str, str]], *, has_runtime: bool
    ) -> dict[str, dict[str, str]]:
        seen.extend(name for files in packages.values() for name in files)
        return format_packages(packages, has_runtime=has_runtime)

    monkeypatch.setattr("brokerspec.modules.format_packages", noting)
    spec.write_text(answering("{type: integer}"), encoding="utf-8")
    second = build([job]).packages["made"]
    differ = {name for name in second if second[name] != first[name]}
    assert differ <= set(seen) < set(second)
    seen.clear()
    assert build([job], fresh=True).packages["made"] == second
    assert set(seen) == set(second)


def test_templates_are_compiled_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))

    def environment() -> Environment:
        return Environment(
            loader=DictLoader({"one": "{{ 1 + 1 }}"}), bytecode_cache=CompiledTemplates()
        )

    assert environment().get_template("one").render() == "2"
    with monkeypatch.context() as patch:
        patch.setattr(Environment, "compile", None)
        assert environment().get_template("one").render() == "2"
    for entry in (tmp_path / "brokerspec").iterdir():
        entry.write_bytes(b"x" + entry.read_bytes())
    assert environment().get_template("one").render() == "2"


OTHERS = answering("{$ref: 'parts.yaml#/It'}")


def foreign(folder: Path) -> Job:
    (folder / "openapi.yaml").write_text(OTHERS, encoding="utf-8")
    (folder / "parts.yaml").write_text("It: {type: string}\n", encoding="utf-8")
    return Job(folder / "openapi.yaml", "made", "openapi.yaml", is_ours=False)


def test_another_file_that_changes_is_read_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    job = foreign(tmp_path)
    first = build([job])
    with monkeypatch.context() as patch:
        patch.setattr("brokerspec.generate._make", None)
        assert build([job]) == first
    (tmp_path / "parts.yaml").write_text("It: {type: integer}\n", encoding="utf-8")
    second = build([job])
    assert second != first
    assert second == build([job], fresh=True)


def test_warnings_are_remembered(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    job = foreign(tmp_path)
    warned = memory.Finished(
        {"a.py": "A = 1\n"},
        [
            Diagnostic(Severity.WARNING, "a", Where("openapi.yaml", 1, 2, "/a"), "m", "h"),
            Diagnostic(Severity.WARNING, "b", None, "m"),
        ],
        memory.digests([tmp_path / "parts.yaml", tmp_path / "none.yaml"], tmp_path),
        {"a.py": "a key"},
    )
    key = memory.key_of(job)
    memory.remember(job, key, warned)
    assert memory.recall(key, tmp_path) == warned
    (tmp_path / "none.yaml").touch()
    assert memory.recall(key, tmp_path) is None


@pytest.mark.parametrize(
    "entry",
    [
        b"",
        b"[]",
        b"{}",
        b'{"sizes": {}, "warnings": [{}], "opened": {}, "keys": {}}',
        b'{"sizes": {}, "warnings": 1, "opened": {}, "keys": {}}',
        b'{"sizes": {}, "warnings": [], "opened": [1], "keys": {}}',
        b'{"sizes": {"a": "1"}, "warnings": [], "opened": {}, "keys": {}}',
        b'{"sizes": {"a": 1}, "warnings": [], "opened": {}, "keys": {}}\n\xff',
    ],
)
def test_an_entry_of_another_form_is_none(tmp_path: Path, entry: bytes) -> None:
    cache.remember_content("key", entry)
    assert memory.recall("key", tmp_path) is None


def test_the_key_covers_all_that_a_package_is_made_from(tmp_path: Path) -> None:
    job = foreign(tmp_path)
    keys = {
        memory.key_of(job),
        memory.key_of(replace(job, package="other")),
        memory.key_of(replace(job, label="other.yaml")),
        memory.key_of(replace(job, is_ours=True)),
        memory.key_of(replace(job, spec=tmp_path / "parts.yaml")),
    }
    (tmp_path / "CHANGELOG.md").write_text("## [1.0.0] - Unreleased\n", encoding="utf-8")
    assert len(keys | {memory.key_of(job)}) == 6


def test_a_spec_that_changes_while_it_is_read_is_not_remembered(
    tmp_path: Path, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    keys = iter(("before", "after"))
    monkeypatch.setattr("brokerspec.memory.key_of", lambda _: next(keys))
    build([foreign(tmp_path)])
    assert not home.exists() or not {"before.json", "after.json"} & set(os.listdir(home))


def test_runs_at_once_do_not_spoil_each_other(tmp_path: Path) -> None:
    job = foreign(tmp_path)
    alone = build([job], fresh=True)
    with ThreadPoolExecutor(4) as pool:
        assert all(one == alone for one in pool.map(lambda _: build([job]), range(8)))
    assert build([job]) == alone
