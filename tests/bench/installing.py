"""The other generators, each in an environment of its own, with a Python that it runs on."""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from measuring import Run, run

_NAMED: Final = "BROKERSPEC_BENCH_PYTHON"
_USUAL: Final = tuple(f"python3.{minor}" for minor in range(11, 16))
# Written when a generator was installed and ran: the next bench in this folder takes it as it is.
_MARK: Final = "ran-here"
_INSTALL_LIMIT: Final = 600.0


@dataclass(frozen=True, slots=True)
class Peer:
    """Another generator: what is installed, and the words of its command."""

    package: str
    words: tuple[str, ...]
    needs: str = ""

    @property
    def name(self) -> str:
        """Its name without extras."""
        return self.package.partition("[")[0]


PEERS: Final = (
    Peer(
        "openapi-python-client",
        (
            *("openapi-python-client", "generate", "--overwrite", "--path", "{spec}"),
            *("--output-path", "{out}"),
        ),
    ),
    Peer(
        "openapi-generator-cli",
        ("openapi-generator-cli", "generate", "-g", "python", "-i", "{spec}", "-o", "{out}"),
        needs="java",
    ),
    Peer(
        "datamodel-code-generator[all]",
        (
            *("datamodel-codegen", "--generate-client", "httpx2", "--input", "{spec}"),
            *("--input-file-type", "openapi", "--output-model-type", "pydantic_v2.BaseModel"),
            *("--output", "{out}/models.py", "--client-output", "{out}/client"),
            *("--client-package", "made.client", "--client-model-package", "made.models"),
        ),
    ),
    Peer(
        "unihttp-openapi-generator",
        (
            *("unihttp-openapi-generator", "generate", "{spec}", "--output-dir", "{out}"),
            *("--package-name", "made"),
        ),
    ),
    Peer(
        "pyopenapi-gen",
        (
            *("pyopenapi-gen", "gen", "{spec}", "--project-root", "{out}"),
            *("--output-package", "made", "--force", "--no-postprocess"),
        ),
    ),
)


@dataclass(frozen=True, slots=True)
class Workshop:
    """A folder for environments, one to work in, and how long a run may take."""

    environments: Path
    folder: Path
    limit: float

    def python_of(self, peer: Peer) -> str:
        """Return the Python that a generator was installed for."""
        return (self.environments / peer.name / _MARK).read_text(encoding="utf-8")

    def run(self, peer: Peer, document: Path) -> Run:
        """Let a generator make a client of a document."""
        target = self.folder / "other"
        shutil.rmtree(target, ignore_errors=True)
        target.mkdir()
        binaries = self.environments / peer.name / "bin"
        program, *rest = (word.format(spec=document, out=target) for word in peer.words)
        environment = {
            "PATH": os.pathsep.join([str(binaries), os.environ.get("PATH", os.defpath)]),
            "HOME": str(self.folder),
            "XDG_CACHE_HOME": str(self.folder / "cache"),
            "PYTHONPATH": "",
        }
        said = self.folder / "said"
        return run([str(binaries / program), *rest], self.folder, environment, said, self.limit)

    def install(self, peer: Peer, trial: Path) -> str:
        """Make the environment of a generator; return why there is none.

        The first Python with which it can be installed and makes a client of `trial` is taken.
        """
        if peer.needs and not shutil.which(peer.needs):
            return f"needs {peer.needs}, which is not installed"
        if (self.environments / peer.name / _MARK).is_file():
            return ""
        reasons = dict.fromkeys(self._attempt(peer, trial, python) for python in pythons())
        return "" if "" in reasons else "; ".join(reasons)

    def _attempt(self, peer: Peer, trial: Path, python: str) -> str:
        home = self.environments / peer.name
        if (home / _MARK).is_file():
            return ""
        shutil.rmtree(home, ignore_errors=True)
        uv = shutil.which("uv") or str(Path(sys.executable).parent / "uv")
        target = ("--python", str(home / "bin" / "python"))
        for words in (
            (uv, "venv", "--quiet", "--python", python, str(home)),
            (uv, "pip", "install", "--quiet", "--compile-bytecode", *target, peer.package),
        ):
            done = run(words, self.folder, os.environ, self.folder / "said", _INSTALL_LIMIT)
            if done.code:
                return f"{_version(home, python)}: {' '.join(done.said.split())[:160]}"
        done = self.run(peer, trial)
        if done.code:
            return f"{_version(home, python)}: {reason(done, self.limit)}"
        (home / _MARK).write_text(_version(home, python), encoding="utf-8")
        return ""


def pythons() -> Iterator[str]:
    """Yield the Pythons to try: those that are named, else this one and what the path has."""
    named = [one for one in os.environ.get(_NAMED, "").split(os.pathsep) if one]
    yield from named or (sys.executable, *filter(None, map(shutil.which, _USUAL)))


def reason(done: Run, limit: float) -> str:
    """Say in a line why a run gave nothing."""
    if done.is_stopped:
        return f"stopped after {limit:g} s"
    lines = [line.strip() for line in done.said.splitlines() if line.strip(" ╰─╯")]
    return f"exit code {done.code}: {lines[-1][:120] if lines else ''}"


def _version(home: Path, python: str) -> str:
    """Return the version that an environment says it has, else the name of its Python."""
    try:
        text = (home / "pyvenv.cfg").read_text(encoding="utf-8")
    except OSError:
        return python
    found = [line for line in text.splitlines() if line.startswith("version_info")]
    return f"Python {found[0].partition('=')[2].strip()}" if found else python
