from __future__ import annotations

import copy
import json
import logging
import pickle
import traceback

import msgspec
import pytest

from brokerspec_runtime import Secret

TEXT = "s3cr3t-token"


@pytest.fixture
def secret() -> Secret:
    return Secret(TEXT)


def test_only_reveal_gives_the_text(secret: Secret) -> None:
    assert secret.reveal() == TEXT
    shown = [repr(secret), str(secret), f"{secret}", f"{secret:>20}", f"{secret!r}", format(secret)]
    assert all("***" in text and TEXT not in text for text in shown)
    assert repr([secret, {"token": secret}]).count("***") == 2


def test_it_stays_hidden_in_logs_and_tracebacks(
    secret: Secret, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.DEBUG):
        logging.getLogger("a").warning("token %s, all %r", secret, {"token": secret})
    assert "***" in caplog.text
    assert TEXT not in caplog.text
    try:
        raise ValueError(secret)
    except ValueError:
        assert TEXT not in traceback.format_exc()


def test_it_cannot_be_serialised_by_accident(secret: Secret) -> None:
    with pytest.raises(TypeError, match="pickled"):
        pickle.dumps(secret)
    with pytest.raises(TypeError):
        json.dumps(secret)
    with pytest.raises(TypeError):
        msgspec.json.encode(secret)


def test_it_cannot_be_used_as_a_text(secret: Secret) -> None:
    with pytest.raises(TypeError):
        _ = "Bearer " + secret  # type: ignore[operator]
    with pytest.raises(AttributeError):
        secret.other = 1  # type: ignore[attr-defined]


def test_equal_texts_are_equal_secrets(secret: Secret) -> None:
    assert secret == Secret(TEXT)
    assert secret != Secret("other")
    assert secret != TEXT
    assert hash(secret) == hash(Secret(TEXT))
    assert Secret("₹") == Secret("₹")


def test_truth_is_that_of_the_text(secret: Secret) -> None:
    assert secret
    assert not Secret("")


def test_of_takes_both(secret: Secret) -> None:
    assert Secret.of(secret) is secret
    assert Secret.of(TEXT) == secret


def test_copies_are_the_same_secret(secret: Secret) -> None:
    assert copy.copy(secret) is secret
    assert copy.deepcopy([secret])[0] is secret
