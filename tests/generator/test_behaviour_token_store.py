"""Fetched tokens that outlive their client, and identity tokens."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from brokerspec_runtime import (
    AccountStore,
    FileStore,
    MemoryStore,
    Secret,
    StoredToken,
    TokenStoreError,
    TokenStoreWarning,
)
from brokerspec_runtime.errors import NotSent, SessionExpired
from generator.making import Made, make
from generator.test_behaviour_oauth2 import (
    APP,
    FOUND,
    GIVEN,
    PERSON,
    WELL_KNOWN,
    AsyncServer,
    Server,
    spec,
)


@pytest.fixture(scope="module")
def person(tmp_path_factory: pytest.TempPathFactory) -> Made:
    return make(tmp_path_factory.mktemp("person"), spec(PERSON), ours=False)


@pytest.fixture(scope="module")
def machine(tmp_path_factory: pytest.TempPathFactory) -> Made:
    return make(tmp_path_factory.mktemp("machine"), spec(), ours=False)


def signed_in(made: Made, server: Server, store: Any, **more: Any) -> Any:
    client = made.client(server, token_store=store, **GIVEN, **more)
    client.sign_in_by_paste(ask=lambda _text: "c0de")
    return client


def test_a_person_signs_in_once(person: Made, tmp_path: Path) -> None:
    assert person.module.FileStore is FileStore
    assert {"AccountStore", "KeyringStore", "MemoryStore"} <= set(person.module.__all__)
    server = Server(refresh_token="r1")
    signed_in(person, server, FileStore(tmp_path / "tokens"))
    again = person.client(server, token_store=FileStore(tmp_path / "tokens"), **GIVEN)
    again.get_it()
    assert (server.tokens, len(server.fetches)) == (["Bearer t1"], 1)
    server.only = "Bearer t2"
    again.get_it()
    assert server.form == {"grant_type": "refresh_token", "refresh_token": "r1", "client_id": "app"}
    third = person.client(server, token_store=FileStore(tmp_path / "tokens"), **GIVEN)
    third.get_it()
    assert server.tokens[-1] == "Bearer t2"
    assert len(server.fetches) == 2


@pytest.mark.anyio
async def test_the_asynchronous_client_keeps_tokens_too(person: Made) -> None:
    server, store = AsyncServer(refresh_token="r1"), MemoryStore()
    client = person.async_client(server, token_store=store, **GIVEN)
    await client.sign_in_by_paste(ask=lambda _text: "c0de")
    again = person.async_client(server, token_store=store, **GIVEN)
    await again.get_it()
    server.only = "Bearer t2"
    await again.get_it()
    assert [token.value for token in kept(store).values()] == [Secret("t2"), Secret("r1")]


def kept(store: MemoryStore) -> Mapping[str, StoredToken]:
    (tokens,) = store._kept.values()
    return tokens


def test_without_a_store_tokens_end_with_the_client(person: Made) -> None:
    server = Server(refresh_token="r1")
    signed_in(person, server, None)
    with pytest.raises(NotSent, match="own is not set"):
        person.client(server, **GIVEN).get_it()


def test_what_is_kept_names_no_credential(machine: Made) -> None:
    server, store = Server(), MemoryStore()
    machine.client(server, token_store=store, **APP).get_it()
    (key,) = store._kept
    assert "s3cr" not in key
    assert "app 1" not in key
    left = kept(store)["own"].expires_at
    assert left is not None
    assert timedelta(minutes=59) < left - datetime.now(UTC) <= timedelta(hours=1)


def test_a_token_of_a_machine_is_fetched_once_for_all_its_processes(machine: Made) -> None:
    server, store = Server(), MemoryStore()
    machine.client(server, token_store=store, **APP).get_it()
    machine.client(server, token_store=store, **APP).get_it()
    assert len(server.fetches) == 1


def test_a_stored_token_that_ended_is_not_sent(machine: Made) -> None:
    server, store = Server(), MemoryStore()
    machine.client(server, token_store=store, **APP).get_it()
    (key,) = store._kept
    store.save(key, {"own": StoredToken(Secret("old"), datetime.now(UTC) - timedelta(1))})
    machine.client(server, token_store=store, **APP).get_it()
    assert server.tokens == ["Bearer t1", "Bearer t2"]


def test_a_token_that_is_given_counts_more_than_a_stored_one(person: Made) -> None:
    server, store = Server(refresh_token="r1"), MemoryStore()
    signed_in(person, server, store)
    person.client(server, token_store=store, own="given", **GIVEN).get_it()
    assert server.tokens == ["Bearer given"]
    person.client(server, token_store=store, own_refresh_token="mine", **GIVEN).get_it()
    assert server.form["refresh_token"] == "mine"


@pytest.mark.parametrize(
    "change", [{"own_client_id": "b"}, {"own_scope": "write"}, {"server": "https://b.example.com"}]
)
def test_another_application_or_server_has_its_own_tokens(
    person: Made, change: dict[str, str]
) -> None:
    server, store = Server(refresh_token="r1"), MemoryStore()
    signed_in(person, server, store)
    with pytest.raises(NotSent, match="own is not set"):
        person.client(server, token_store=store, **{**GIVEN, **change}).get_it()


def test_every_person_has_a_part_of_a_store(person: Made) -> None:
    server, store = Server(), MemoryStore()
    signed_in(person, server, AccountStore(store, "ann"))
    signed_in(person, server, AccountStore(store, "bob"))
    for name in ("ann", "bob"):
        person.client(server, token_store=AccountStore(store, name), **GIVEN).get_it()
    assert server.tokens == ["Bearer t1", "Bearer t2"]
    with pytest.raises(NotSent):
        person.client(server, token_store=AccountStore(store, "eve"), **GIVEN).get_it()


def test_what_another_process_has_renewed_is_taken_up(person: Made) -> None:
    server, store = Server(refresh_token="r1"), MemoryStore()
    first = signed_in(person, server, store)
    second = person.client(server, token_store=store, **GIVEN)
    server.only, server.members["refresh_token"] = "Bearer t2", "r2"
    first.get_it()
    second.get_it()
    assert len(server.fetches) == 2
    assert server.tokens[-1] == "Bearer t2"


def test_a_refresh_token_that_another_process_used_first_is_no_failure(person: Made) -> None:
    server, store = Server(refresh_token="r1"), MemoryStore()
    client = signed_in(person, server, store)
    (key,) = store._kept

    def meanwhile() -> None:
        store.save(
            key, {"own": StoredToken(Secret("t9")), "own_refresh_token": StoredToken(Secret("r9"))}
        )

    server.only, server.gate, server.status_of_tokens = "Bearer t9", meanwhile, 400
    client.get_it()
    assert server.tokens[-1] == "Bearer t9"


def test_what_the_server_refuses_is_forgotten(person: Made) -> None:
    server, store = Server(refresh_token="r1"), MemoryStore()
    client = signed_in(person, server, store)
    server.only, server.status_of_tokens = "Bearer never", 400
    with pytest.raises(NotSent, match="no access token"):
        client.get_it()
    assert store._kept == {}
    server = Server()
    client = signed_in(person, server, store)
    server.only = "Bearer never"
    with pytest.raises(SessionExpired):
        client.get_it()
    assert store._kept == {}


class Broken(MemoryStore):
    """A store that can be read and not written."""

    def save(self, key: str, tokens: Any) -> None:
        raise TokenStoreError("the disk is full")


def test_a_store_that_fails_does_not_cost_the_call(machine: Made) -> None:
    server = Server()
    with pytest.warns(TokenStoreWarning, match="the disk is full"):
        machine.client(server, token_store=Broken(), **APP).get_it()
    assert server.tokens == ["Bearer t1"]


def test_an_identity_token_is_handed_over_hidden(tmp_path: Path) -> None:
    server = Server(**FOUND, id_token="header.claims.signature", scope="openid")
    made = make(tmp_path, spec(WELL_KNOWN, kind="openIdConnect"), ours=False)
    store = MemoryStore()
    client = made.client(server, token_store=store, **GIVEN)
    token = client.sign_in_by_paste(ask=lambda _text: "c0de")
    assert token.id_token == Secret("header.claims.signature")
    assert (token.access_token, token.refresh_token) == (Secret("t1"), None)
    assert (token.scope, token.expires_in) == ("openid", 3600.0)
    assert "claims" not in f"{token!r}{token}"
    assert set(kept(store)) == {"own"}


def test_a_client_without_such_a_scheme_takes_no_store(tmp_path: Path) -> None:
    text = spec().replace("type: oauth2", "type: http, scheme: bearer")
    made = make(tmp_path, text, ours=False)
    assert "token_store" not in made.files["client.py"]
    assert "FileStore" not in made.module.__all__
