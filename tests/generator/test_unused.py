"""Imports that nothing uses go before a linter is asked; the others stay as they are written."""

from __future__ import annotations

import pytest

from brokerspec.unused import without_unused

HEAD = '"""A module."""\n\nfrom __future__ import annotations\n\n'


@pytest.mark.parametrize(
    ("imports", "kept"),
    [
        ("from datetime import date, time\n", "from datetime import date\n"),
        ("from a.b import date, time\n", "from a.b import date\n"),
        ("from .._runtime.paging import time\n", ""),
        ("from a import (\n    time,\n    date,\n)\n", "from a import (\n    date,\n)\n"),
        ("from a import (time, date)\n", "from a import (date)\n"),
        ("import builtins\n", ""),
        ("from a import date as date, time\n", "from a import date as date, time\n"),
        ("if A:\n    from a import time\n", "if A:\n    from a import time\n"),
        ("from a import dat\n", ""),
    ],
)
def test_only_what_is_used_stays(imports: str, kept: str) -> None:
    rest = "\n\ndef updated() -> date:\n    return date(1)\n"
    assert without_unused(HEAD + imports + rest) == HEAD + kept + rest


def test_what_a_text_names_is_left_to_the_linter() -> None:
    text = HEAD + 'from a import time\n\n__all__ = ["time"]\n'
    assert without_unused(text) == text
