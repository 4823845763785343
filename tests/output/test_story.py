"""The story of a changed document is true: its commands print what the page shows."""

from __future__ import annotations

import re
from pathlib import Path

from output.story import PAGE, copy_to, told


def test_the_commands_print_what_the_page_shows(tmp_path: Path) -> None:
    page = PAGE.read_text(encoding="utf-8")
    assert told(page, copy_to(tmp_path)) == page, "run: python tests/output/story.py"


def test_the_story_ends_well() -> None:
    blocks = re.findall(r"^```console\n(.*?)^```$", PAGE.read_text(), re.DOTALL | re.MULTILINE)
    assert "7 new findings" in blocks[1]
    assert "0 errors" in blocks[-4]
    assert "0 new findings" in blocks[-3]
    assert "list_dp_charges" in blocks[-2]
    assert re.search(r"^\d+ passed", blocks[-1], re.MULTILINE)
    assert not re.search(r"\d failed|Traceback", "".join(blocks))


def test_the_linked_files_exist() -> None:
    links = re.findall(r"\]\(([^)#:]+)\)", PAGE.read_text(encoding="utf-8"))
    assert [link for link in links if not (PAGE.parent / link).exists()] == []
