"""Clients that other generators make from our specs, in a temporary folder."""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final, cast

import yaml
from measuring import Run, run
from reduced import reduce

OPENAPI_PYTHON_CLIENT: Final = "openapi-python-client"
OPENAPI_GENERATOR: Final = "openapi-generator"
_COMMANDS: Final = Path(sys.executable).parent


@dataclass(slots=True)
class Peers:
    """The packages that could be made, by generator and broker, and what was said of the rest."""

    folder: Path
    made: set[tuple[str, str]] = field(default_factory=set[tuple[str, str]])
    remarks: list[str] = field(default_factory=list[str])

    def make(self, spec: Path) -> None:
        """Make and try the packages of one spec; keep what fails as a remark."""
        broker = spec.parent.name
        reduced = self.folder / f"{broker}.yaml"
        reduce(spec, reduced)
        generators = {
            OPENAPI_PYTHON_CLIENT: (OPENAPI_PYTHON_CLIENT, self._by_python_client),
            OPENAPI_GENERATOR: ("openapi-generator-cli", self._by_generator),
        }
        for generator, (command, write) in generators.items():
            if not (_COMMANDS / command).exists():
                self.remarks.append(f"{generator} is not installed: it is left out.")
            elif self._make(generator, broker, spec, write):
                continue
            elif self._make(generator, broker, reduced, write):
                text = f"{generator} refuses the spec of {broker} and was given it without x- keys."
                self.remarks.append(text)
            else:
                _keep_first_of_case(reduced)
                done = self._make(generator, broker, reduced, write)
                kept = "was given it without x- keys and without those"
                self.remarks.append(
                    f"{generator} makes no package that can be imported from the spec of {broker},"
                    " which lists values that differ in case only; it "
                    + (kept if done else "is left out: it fails without those too")
                    + "."
                )

    def has(self, generator: str, broker: str) -> bool:
        """Say whether there is such a package."""
        return (generator, broker) in self.made

    def modules(self, broker: str) -> str:
        """Return an import of every operation and model of openapi-python-client's package."""
        package = self.folder / package_of(OPENAPI_PYTHON_CLIENT, broker)
        files = sorted((package / "api").glob("*/[a-z]*.py"))
        names = [".".join(file.relative_to(self.folder).with_suffix("").parts) for file in files]
        return "import " + ", ".join(names)

    def _make(
        self, generator: str, broker: str, spec: Path, write: Callable[[Path, str], Run]
    ) -> bool:
        package = package_of(generator, broker)
        shutil.rmtree(self.folder / package, ignore_errors=True)
        if write(spec, package).code:
            return False
        tried = self._run([sys.executable, "-c", f"import {package}.models"])
        if not tried.code:
            self.made.add((generator, broker))
        return not tried.code

    def _by_python_client(self, spec: Path, package: str) -> Run:
        command = [str(_COMMANDS / OPENAPI_PYTHON_CLIENT), "generate", "--path", str(spec)]
        return self._run([*command, "--meta", "none", "--output-path", package])

    def _by_generator(self, spec: Path, package: str) -> Run:
        command = [str(_COMMANDS / "openapi-generator-cli"), "generate", "-g", "python"]
        output = self.folder / "project"
        shutil.rmtree(output, ignore_errors=True)
        done = self._run([*command, "-i", str(spec), "-o", str(output), "--package-name", package])
        if not done.code:
            shutil.move(output / package, self.folder / package)
        return done

    def _run(self, command: list[str]) -> Run:
        environment = {"PATH": f"{_COMMANDS}{os.pathsep}{os.environ['PATH']}"}
        said = self.folder / "said"
        return run(command, self.folder, {**environment, "HOME": str(self.folder)}, said)


def package_of(generator: str, broker: str) -> str:
    """Return the name of the package that a generator makes for a broker."""
    return f"{generator.replace('-', '_')}_{broker}"


def _keep_first_of_case(spec: Path) -> None:
    """Drop listed values that differ from an earlier one in case only."""
    document = yaml.load(spec.read_text(encoding="utf-8"), yaml.CSafeLoader)
    _drop(document)
    spec.write_text(yaml.safe_dump(document, sort_keys=False), encoding="utf-8")


def _drop(node: object) -> None:
    if isinstance(node, list):
        for item in cast("list[object]", node):
            _drop(item)
    elif isinstance(node, dict):
        members = cast("dict[str, object]", node)
        for value in members.values():
            _drop(value)
        values = members.get("enum")
        if isinstance(values, list):
            kept: dict[object, object] = {}
            for value in cast("list[object]", values):
                kept.setdefault(value.casefold() if isinstance(value, str) else value, value)
            members["enum"] = list(kept.values())
