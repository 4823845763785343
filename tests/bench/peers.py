"""Clients that other generators make from our specs, in a temporary folder."""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from measuring import Run, run

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
        """Make and try the packages of one spec; keep as a remark what fails."""
        broker = spec.parent.name
        generators = {
            OPENAPI_PYTHON_CLIENT: (OPENAPI_PYTHON_CLIENT, self._by_python_client),
            OPENAPI_GENERATOR: ("openapi-generator-cli", self._by_generator),
        }
        for generator, (command, write) in generators.items():
            if not (_COMMANDS / command).exists():
                problem = "it is not installed"
            elif generator == OPENAPI_GENERATOR and shutil.which("java") is None:
                problem = "it needs Java, which is not installed"
            else:
                problem = self._problem(generator, broker, spec, write)
            if problem:
                self.remarks.append(f"{generator} is left out for {broker}: {problem}.")
            else:
                self.made.add((generator, broker))

    def has(self, generator: str, broker: str) -> bool:
        """Say whether there is such a package."""
        return (generator, broker) in self.made

    def modules(self, broker: str) -> str:
        """Return an import of every operation and model of openapi-python-client's package."""
        package = self.folder / package_of(OPENAPI_PYTHON_CLIENT, broker)
        files = sorted((package / "api").glob("*/[a-z]*.py"))
        names = [".".join(file.relative_to(self.folder).with_suffix("").parts) for file in files]
        return "import " + ", ".join(names)

    def _problem(
        self, generator: str, broker: str, spec: Path, write: Callable[[Path, str], Run]
    ) -> str:
        """Make and try a package; return what is wrong, or nothing."""
        package = package_of(generator, broker)
        done = write(spec, package)
        if done.code:
            return f"it refuses the spec:\n{done.said.strip()}"
        tried = self._run([sys.executable, "-c", f"import {package}.models"])
        return f"its package cannot be imported:\n{tried.said.strip()}" if tried.code else ""

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
