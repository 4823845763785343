"""Files, folders and git revisions, with the places of what changed; and what is refused."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest

from brokerspec.diagnostics import SpecError
from brokerspec.diff.change import Change
from brokerspec.diff.read import editions
from brokerspec.diff.report import changes_of, compare_all
from diff.base_spec import BASE

SAMPLE = "samples/get_order.response.json"
REFERENCE = "{$ref: '#/components/schemas/Order'}"
EXAMPLES = f"{REFERENCE}, examples: {{documented: {{externalValue: {SAMPLE}}}}}"
SPEC = BASE.replace(f"{REFERENCE}}}}}}}}}", f"{EXAMPLES}}}}}}}}}")


@pytest.fixture
def repository(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return a repository with one commit of two specs, then changed on disk."""
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", "/dev/null")
    monkeypatch.setenv("GIT_CONFIG_NOSYSTEM", "1")
    for broker in ("alpha", "beta"):
        folder = tmp_path / "specs" / broker
        (folder / "samples").mkdir(parents=True)
        (folder / "openapi.yaml").write_text(SPEC, encoding="utf-8")
        (folder / SAMPLE).write_text("{}", encoding="utf-8")
    git(tmp_path, "init", "--quiet")
    git(tmp_path, "add", ".")
    git(tmp_path, "-c", "user.name=T", "-c", "user.email=t@example.com", "commit", "-qm", "One")
    spec = tmp_path / "specs" / "beta" / "openapi.yaml"
    spec.write_text(
        SPEC.replace("    Kind: {", "    Sort: {").replace("schemas/Kind'", "schemas/Sort'")
    )
    monkeypatch.chdir(tmp_path)
    return tmp_path


def git(folder: Path, *arguments: str) -> None:
    program = shutil.which("git")
    assert program
    subprocess.run([program, *arguments], cwd=folder, check=True, capture_output=True)


def changes(old: str, new: str) -> list[Change]:
    return changes_of(compare_all(editions(old), editions(new)))


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("HEAD:specs", "specs"),
        ("HEAD:specs/beta", "specs/beta"),
        ("HEAD:specs/beta/", "specs/beta/openapi.yaml"),
        ("HEAD:specs/beta/openapi.yaml", "specs/beta"),
        ("HEAD:./specs/beta", "./specs/beta"),
        ("specs/alpha", "specs/beta"),
    ],
)
@pytest.mark.usefixtures("repository")
def test_every_form_of_a_target(old: str, new: str) -> None:
    (found,) = changes(old, new)
    assert (found.kind, found.subject, found.package) == ("enum-renamed", "Kind", "beta")
    line = SPEC[: SPEC.index("    Kind: {")].count("\n") + 1
    before = "specs/alpha" if old == "specs/alpha" else "HEAD:specs/beta"
    assert str(found.old) == f"{before}/openapi.yaml:{line}:5"
    assert str(found.new) == f"specs/beta/openapi.yaml:{line}:5"


def test_a_target_is_named_from_the_folder_that_one_is_in(
    repository: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(repository / "specs" / "beta")
    assert len(changes("HEAD:./openapi.yaml", "openapi.yaml")) == 1
    assert len(changes("HEAD:../alpha", ".")) == 1


def test_what_git_leaves_out_of_archives_is_still_found(repository: Path) -> None:
    attributes = repository / ".git" / "info" / "attributes"
    attributes.write_text("specs export-ignore\n", encoding="utf-8")
    assert len(changes("HEAD:specs", "specs")) == 1


def test_samples_are_compared(repository: Path) -> None:
    (repository / "specs" / "beta" / SAMPLE).write_text('{"number": "1"}', encoding="utf-8")
    found = [
        change for change in changes("HEAD:specs", "specs") if change.kind == "samples-changed"
    ]
    assert [(one.subject, str(one.level)) for one in found] == [("get_order", "documentation")]
    assert found[0].message == "the sample get_order.response.json changed"


def test_packages_come_and_go(repository: Path) -> None:
    (repository / "specs" / "alpha").rename(repository / "specs" / "gamma")
    found = {change.kind: change for change in changes("HEAD:specs", "specs")}
    gone, come = found["package-removed"], found["package-added"]
    assert (gone.package, str(gone.level), gone.new) == ("alpha", "breaking", None)
    assert (come.package, str(come.level), come.old) == ("gamma", "compatible", None)


def test_a_fingerprint_does_not_depend_on_lines(repository: Path) -> None:
    (before,) = changes("specs/alpha", "specs/beta")
    spec = repository / "specs" / "beta" / "openapi.yaml"
    spec.write_text("# One\n# Two\n" + spec.read_text(encoding="utf-8"), encoding="utf-8")
    (after,) = changes("specs/alpha", "specs/beta")
    assert before.fingerprint == after.fingerprint
    assert before.new != after.new


BAD = {
    "nothing": ("there is no nothing", "check the path"),
    "HEAD:nothing": ("there is no 'nothing' in 'HEAD'", "from the root"),
    "nope:specs": ("there is no git revision 'nope'", "git log"),
    ":specs": ("':specs' names no git revision", "HEAD~1:specs"),
    "--output=x:specs": ("names no git revision", "HEAD~1:specs"),
    "HEAD:": ("HEAD: holds no openapi.yaml", "name a spec file"),
    "empty.yaml": ("empty.yaml:1:1", "the file is empty"),
    "binary.yaml": ("binary.yaml:1:", "UTF-8"),
    "HEAD:specs/beta/samples/get_order.response.json": (
        "HEAD:specs/beta/samples/get_order.response.json:1:1", "OpenAPI",
    ),
}  # fmt: skip


@pytest.mark.parametrize("target", BAD)
def test_what_cannot_be_compared_is_explained(repository: Path, target: str) -> None:
    (repository / "empty.yaml").touch()
    (repository / "binary.yaml").write_bytes(b"\xff\xfe\x00\x01")
    with pytest.raises(SpecError) as caught:
        editions(target)
    assert len(caught.value.diagnostics) == 1
    for words in BAD[target]:
        assert words in str(caught.value)
    assert "brokerspec-" not in str(caught.value)


def test_a_broken_spec_in_a_revision_is_placed_there(repository: Path) -> None:
    spec = repository / "specs" / "beta" / "openapi.yaml"
    spec.write_text(SPEC.replace("#/components/schemas/Kind", "../kind.yaml"))
    git(repository, "-c", "user.name=T", "-c", "user.email=t@example.com", "commit", "-qam", "Two")
    with pytest.raises(SpecError) as caught:
        editions("HEAD:specs")
    assert str(caught.value).startswith("HEAD:specs/beta/openapi.yaml:")


def test_outside_a_repository(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("GIT_CEILING_DIRECTORIES", str(tmp_path.parent))
    with pytest.raises(SpecError, match="no git repository here"):
        editions("HEAD:specs")


def test_without_git(monkeypatch: pytest.MonkeyPatch, repository: Path) -> None:
    monkeypatch.setenv("PATH", str(repository))
    with pytest.raises(SpecError, match="git is not installed"):
        editions("HEAD:specs")


def test_a_spec_of_other_people_can_be_compared(tmp_path: Path) -> None:
    spec = tmp_path / "api.yaml"
    spec.write_text("x-theirs: 1\n" + BASE, encoding="utf-8")
    (tmp_path / "CHANGELOG.md").write_text("## Whatever\n", encoding="utf-8")
    assert changes(str(spec), str(spec)) == []
