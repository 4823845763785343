"""The clients are typed as `typing_sample.py` says; pyright reads it in `make check`."""

from __future__ import annotations

from pathlib import Path

from brokerspec.generate import Job, build
from brokerspec.write import write
from typed import ROOT, mypy

FOREIGN = ROOT / "tests" / "foreign" / "documents" / "feed.yaml"
# Headers, pages, events and items of a document from elsewhere.
ANSWERS = """\
from typing import assert_type

from aquarium import (
    AsyncClient, AsyncStream, Client, Event, Fish, GetFishHeaders, HeadedResponse, Shoal, Stream,
    Tank,
)


def main(client: Client) -> None:
    answer = client.with_response.get_fish(id=1)
    assert_type(answer, HeadedResponse[Fish, GetFishHeaders])
    assert_type(answer.documented_headers.x_left, int | None)
    for page in client.with_response.iter_list_fish(max_items=5):
        assert_type(page.data, Shoal)
        assert_type(page.documented_headers.x_total, int | None)
    for tanks in client.with_response.tanks.iter_list():
        assert_type(tanks.data, list[Tank])
    with client.with_streaming.feed.watch_all() as stream:
        assert_type(stream, Stream[Fish | Tank])
        for event in stream.iter_events():
            assert_type(event, Event[Fish | Tank])


async def run(client: AsyncClient) -> None:
    async with client.with_streaming.feed.list_rows() as rows:
        assert_type(rows, AsyncStream[Fish])
        async for item in rows.iter_items():
            assert_type(item, Fish)
    async for page in client.with_response.tanks.iter_list():
        assert_type(page.data, list[Tank])
"""


def test_the_sample_of_user_code_is_well_typed(tmp_path: Path) -> None:
    sample = Path(__file__).with_name("typing_sample.py")
    golden = ROOT / "tests" / "generator" / "golden" / "example_exchange"
    job = Job(FOREIGN, "aquarium", "feed.yaml", is_ours=False)
    write(tmp_path / "made" / "aquarium", build([job]).packages["aquarium"])
    answers = tmp_path / "answers.py"
    answers.write_text(ANSWERS, encoding="utf-8")
    done = mypy([sample, golden, answers], [tmp_path / "made"])
    assert done.stdout.splitlines()[-1].startswith("Success"), done.stdout + done.stderr
