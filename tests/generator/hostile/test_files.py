"""Hostile names and contents of the files around a document: samples, changelogs, folders."""

from __future__ import annotations

import json
import os
import signal
import xml.etree.ElementTree as ET
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from generator.commanding import SPEC, Run, edit
from generator.hostile.judging import hidden, judge
from generator.hostile.payloads import BASE, PAYLOADS, PWN, SURROGATE, places, put
from generator.hostile.test_corpus import imported
from generator.hostile.test_given import ODD

NAMES = (
    "a'b", 'a"""\nimport x', "a\u202eb", "\udcff", "-x", "a b", "\x1b[31m", "${HOME}`id`", "*?",
    "--> <script>alert(1)</script>", "a\\", "{{ 7 * 7 }}", f"'+{PWN}+'", f"\n{PWN}", "~", "[a](b)",
)  # fmt: skip


class TooLong(BaseException):
    """A command did not end."""


@contextmanager
def within(seconds: int) -> Iterator[None]:
    """Stop what never ends: to read a pipe or a device is no matter of computing time."""

    def stop(*_: object) -> None:
        raise TooLong

    before = signal.signal(signal.SIGALRM, stop)
    signal.alarm(seconds)
    try:
        yield
    finally:
        signal.alarm(0)
        signal.signal(signal.SIGALRM, before)


@pytest.mark.parametrize("name", [name for name in ODD if name and "/" not in name])
def test_a_folder_of_specs_is_no_package_of_any_name(run: Run, project: Path, name: str) -> None:
    (project / "specs" / "alpha").rename(project / "specs" / name)
    done = run("generate")
    assert done.code == 2
    assert "package-name" in done.err
    assert not (project / "generated").exists()


def test_documents_of_any_name(run: Run, tmp_path: Path) -> None:
    for number, name in enumerate(NAMES):
        spec = tmp_path / "documents" / f"{name} {number}" / f"{name}.json"
        spec.parent.mkdir(parents=True)
        spec.write_text(json.dumps(BASE), encoding="utf-8")
        out = tmp_path / "made" / f"made_{number}"
        meta = ("--meta", "none") if number % 4 else ()
        given = ("--spec", str(spec), "--output", str(tmp_path / f"out_{number}"))
        done = run(
            "generate", *given, "--package", out.name, *meta, "--report", str(tmp_path / "r")
        )
        assert done.code == 0, done.err
        assert hidden((done.out + done.err).replace("\n", "")) == []
        assert all("warning[" in line for line in (tmp_path / "r").read_text().splitlines())
        judge(texts(tmp_path / f"out_{number}"))
        out.parent.mkdir(exist_ok=True)
        (tmp_path / f"out_{number}" / out.name).rename(out)
    assert imported(tmp_path / "made") == ""


def texts(folder: Path) -> dict[str, str]:
    """Return the files of a folder that are text."""
    return {
        path.relative_to(folder).as_posix(): path.read_text(encoding="utf-8")
        for path in folder.rglob("*")
        if path.is_file() and "_runtime" not in path.parts
    }


def pipe(path: Path) -> None:
    path.unlink(missing_ok=True)
    os.mkfifo(path)


def device(path: Path) -> None:
    path.unlink(missing_ok=True)
    path.symlink_to("/dev/zero")


@pytest.mark.parametrize("special", [pipe, device])
def test_pipes_and_devices_are_never_read(
    run: Run, project: Path, special: Callable[[Path], None]
) -> None:
    good = project / "good.yaml"
    good.write_text(SPEC, encoding="utf-8")
    for name in ("spec.yaml", "CHANGELOG.md", "other.txt"):
        special(project / name)
    bad = str(project / "spec.yaml")
    out = ("--output", "out", "--package", "made")
    refers = SPEC.replace(
        "schema: {type: array, items: {type: string}}", "schema: {$ref: spec.yaml}"
    )
    (project / "refers.yaml").write_text(refers, encoding="utf-8")
    with within(20):
        for given in (
            ("generate", "--spec", bad, *out),
            ("generate", "--spec", str(good), "--extensions", bad, *out),
            ("validate", bad),
            ("validate", str(good), "--ignore", bad),
            ("diff", bad, str(good)),
            ("init", "third", "--document", str(project / "other.txt")),
            ("audit", "alpha", "--document", str(project / "other.txt")),
        ):
            done = run(*given)
            assert done.code == 2, given
            assert "regular file" in done.err.replace("\n", " "), given
        done = run("generate", "--spec", "refers.yaml", *out)
        # The device is a link out of the folder; a client is made without the pipe.
        said = "regular file" if special is pipe else "is not in the folder"
        assert (done.code, said in done.err.replace("\n", " ")) == (
            0 if special is pipe else 2,
            True,
        )
        special(project / "specs" / "alpha" / "CHANGELOG.md")
        assert "regular file" in run("generate", "--check").err
        (project / "specs" / "alpha" / "CHANGELOG.md").unlink()
        sample = project / "specs" / "alpha" / "samples" / "get_it.response.json"
        sample.parent.mkdir()
        edit(
            project / "specs" / "alpha" / "openapi.yaml", "example: [a]",
            "examples: {documented: {externalValue: samples/get_it.response.json}}",
        )  # fmt: skip
        special(sample)
        assert run("validate", "specs").code == 1
        assert run("demo").code == 2
        assert run("generate").code == 0


def test_changelogs_say_anything(run: Run, project: Path) -> None:
    """It is copied into the package, where nothing of it may be hidden."""
    changelog = project / "specs" / "alpha" / "CHANGELOG.md"
    for payload in PAYLOADS[::5]:
        text = f"# Log\n\n## [1.2.3] - Unreleased\n\n- {payload}\n\u2028## [9.9.9] - Unreleased\n"
        changelog.write_text(text, encoding="utf-8", newline="")
        done = run("generate", "alpha", "--fresh")
        assert done.code in {0, 2}, done.err
        if done.code == 0:
            made = texts(project / "generated" / "alpha")
            assert all(hidden(text) == [] for text in made.values())
            assert '__version__: Final = "1.2.3"' in made["__init__.py"]
    for heading in ("## [1.2] - x", "## " + "1" * 1_000_000, f"## [1.2.3'+{PWN}+'] - Unreleased"):
        changelog.write_text(heading, encoding="utf-8")
        done = run("generate", "alpha")
        assert done.code == 2
        assert "changelog" in done.err
        assert len(done.err) < 10_000
    changelog.write_bytes(b"\xff\xfe#\0")
    assert run("generate", "alpha").code == 2


def test_samples_hold_anything(run: Run, project: Path) -> None:
    folder = project / "specs" / "alpha"
    (folder / "samples").mkdir()
    for number, payload in enumerate(PAYLOADS):
        names = [name for name in (payload, f"{payload}.json") if may_be_a_name(name)]
        if number % 6:
            continue
        mentioned = json.dumps(f"samples/{payload}")
        spec = SPEC.replace("example: [a]", f"examples: {{a: {{externalValue: {mentioned}}}}}")
        (folder / "openapi.yaml").write_text(spec, encoding="utf-8")
        for name in names:
            content = json.dumps({payload: [payload]}) if number % 2 else payload
            (folder / "samples" / name).write_text(content, encoding="utf-8")
        form = ("text", "json", "sarif", "junit", "github")[number // 6 % 5]
        done = run("validate", "specs/alpha", "--format", form)
        assert done.code == 1, done.err
        assert hidden(done.out.replace("\n", "")) == []
        if form in ("json", "sarif"):
            json.loads(done.out)
        elif form == "junit":
            ET.fromstring(done.out)
        assert run("generate", "alpha").code == 0
        for name in names:
            (folder / "samples" / name).unlink()


def may_be_a_name(text: str) -> bool:
    return 0 < len(text) < 200 and not {*text} & {"/", "\0"} and text not in {".", ".."}


@pytest.mark.parametrize("value", ["../../../secret", "samples/../../../secret", "/secret",
                                   "file:///secret", "samples/link.json"])  # fmt: skip
def test_samples_stay_in_their_folder(run: Run, project: Path, value: str) -> None:
    secret = project / "secret"
    secret.write_text('["top secret"]', encoding="utf-8")
    folder = project / "specs" / "alpha"
    (folder / "samples").mkdir()
    (folder / "samples" / "link.json").symlink_to(secret)
    value = value.replace("/secret", str(secret)) if value[0] in "/f" else value
    edit(folder / "openapi.yaml", "example: [a]", f"examples: {{a: {{externalValue: '{value}'}}}}")
    done = run("demo")
    assert done.code == 2
    assert "missing-sample" in done.err
    assert run("validate", "specs/alpha").code == 1


def test_half_a_character_is_refused_wherever_it_stands(tmp_path: Path) -> None:
    from brokerspec.diagnostics import SpecError
    from brokerspec.load import load_text

    text = json.dumps(BASE)
    for place, is_key in places():
        document = json.loads(text)
        put(document, place, is_key, f"a{SURROGATE}b")
        with pytest.raises(SpecError, match="surrogate"):
            load_text(json.dumps(document), tmp_path / "a.json")
