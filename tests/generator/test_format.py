"""Formatting: one call of ruff, and nothing that is not Python goes through."""

from __future__ import annotations

import pytest

from brokerspec.diagnostics import SpecError
from brokerspec.format import format_packages


def formatted(text: str) -> str:
    return format_packages({"p": {"m.py": text}})["p"]["m.py"]


def test_modules_are_formatted() -> None:
    assert formatted("from typing import Any\nimport os\nx  =  {'a':os.name}\n") == (
        'import os\n\nx = {"a": os.name}\n'
    )


def test_our_own_library_comes_last_but_for_the_package() -> None:
    text = (
        "from .models import A\nfrom brokerspec_runtime import B\n"
        "from msgspec import C\nimport os\nprint(A, B, C, os)\n"
    )
    imports = [line for line in formatted(text).splitlines() if "import" in line]
    assert imports == [
        "import os",
        "from msgspec import C",
        "from brokerspec_runtime import B",
        "from .models import A",
    ]


def test_other_files_stay_as_they_are() -> None:
    files = {"reference.md": "*  a\n\n\n|b|\n", "py.typed": "# x\n"}
    assert format_packages({"p": files}) == {"p": dict(sorted(files.items()))}


@pytest.mark.parametrize("text", ["def f(:\n", "x = 1\n  y = 2\n"])
def test_what_is_no_python_is_refused(text: str) -> None:
    with pytest.raises(SpecError) as caught:
        formatted(text)
    assert caught.value.diagnostics[0].code in {"format", "not-python"}


def test_packages_stay_apart() -> None:
    packages = {"a": {"m.py": "x=1\n"}, "b": {"m.py": "x=2\n"}}
    assert format_packages(packages) == {"a": {"m.py": "x = 1\n"}, "b": {"m.py": "x = 2\n"}}
