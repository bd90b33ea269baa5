"""Codes of authenticator apps, against RFC 6238's own examples."""

import base64
from datetime import UTC, datetime, timedelta

import pytest

from inbox.identity.recovery_codes import code_hash, new_codes
from inbox.identity.totp import matching_step, new_seed, provisioning_uri, qr_svg
from inbox.kernel.ids import new_id

_SEED = base64.b32encode(b"12345678901234567890").decode()


# RFC 6238, appendix B, SHA-1; of its eight digits apps show the last six.
@pytest.mark.parametrize(
    ("seconds", "code"),
    [
        (59, "287082"),
        (1111111109, "081804"),
        (1111111111, "050471"),
        (1234567890, "005924"),
        (2000000000, "279037"),
        (20000000000, "353130"),
    ],
)
def test_codes_are_those_of_the_rfc(seconds: int, code: str) -> None:
    assert matching_step(_SEED, code, datetime.fromtimestamp(seconds, UTC)) == seconds // 30


@pytest.mark.parametrize(("drift", "is_taken"), [(-60, False), (-30, True), (30, True), (60, False)])
def test_a_clock_may_be_one_step_off(drift: int, is_taken: bool) -> None:
    at = datetime.fromtimestamp(1111111109, UTC) + timedelta(seconds=drift)
    assert (matching_step(_SEED, "081804", at) == 1111111109 // 30) == is_taken


@pytest.mark.parametrize("code", ["", "28708", "2870822", "28708a", "٢٨٧٠٨٢", "-87082", "287 082 1"])
def test_what_is_no_code_matches_nothing(code: str) -> None:
    assert matching_step(_SEED, code, datetime.fromtimestamp(59, UTC)) is None


def test_a_code_may_be_typed_as_it_is_shown() -> None:
    assert matching_step(_SEED, "287 082", datetime.fromtimestamp(59, UTC)) == 1


def test_seeds_have_160_bits_and_differ() -> None:
    seeds = {new_seed() for _ in range(50)}
    assert len(seeds) == 50
    assert {len(base64.b32decode(seed)) for seed in seeds} == {20}


def test_the_picture_holds_no_markup_of_the_address() -> None:
    uri = provisioning_uri(_SEED, "<script>@example.com")
    assert "<script>" not in uri
    svg = qr_svg(uri)
    assert svg.startswith("<svg")
    assert "script" not in svg


def test_recovery_codes_differ_and_are_known_however_they_are_typed() -> None:
    codes = new_codes()
    assert len(set(codes)) == 10
    user_id = new_id()
    for code in codes:
        typed = code.upper().replace("-", " ").replace("0", "O").replace("1", "l")
        assert code_hash(user_id, typed) == code_hash(user_id, code)
    assert code_hash(new_id(), codes[0]) != code_hash(user_id, codes[0])
