"""Signatures: Meta's vectors, the exact bytes, rotation, and what an attacker may send."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inbox.whatsapp.signature import (
    HandshakeRefused,
    MissingSignature,
    WrongSignature,
    sign,
    verify_handshake,
    verify_signature,
)

SECRET = b"prosa-test-app-secret"
# Computed with `openssl dgst -sha256 -hmac`.
VECTORS = [
    (
        rb'{"object":"whatsapp_business_account","entry":[]}',
        "sha256=fbc9bd0065253d8dd1315749d4b7f50f938f891ceeedfb3cd64b43b361bbc589",
    ),
    (
        rb'{"object":"whatsapp_business_account","entry":[{"id":"1","changes":[{"field":"messages",'
        rb'"value":{"messages":[{"text":{"body":"Ol\u00e1 \ud83d\ude00 ana\u0040ex.com http:\/\/x"}}]}}]}]}',
        "sha256=296186e06b15f7186712332f69ca6ee94601098187ceb46cdc77854090fb0737",
    ),
]


@pytest.mark.parametrize(("body", "header"), VECTORS)
def test_known_vectors_match(body: bytes, header: str) -> None:
    assert sign(body, SECRET) == header
    verify_signature(body, header, [SECRET])


def test_a_reserialised_body_no_longer_matches() -> None:
    body, header = VECTORS[1]
    with pytest.raises(WrongSignature):
        verify_signature(body.replace(rb"\/", b"/"), header, [SECRET])


def test_old_and_new_secret_are_accepted_during_rotation() -> None:
    body = b"{}"
    verify_signature(body, sign(body, b"old"), [b"new", b"old"])
    verify_signature(body, sign(body, b"new"), [b"new", b"old"])


@pytest.mark.parametrize("header", [None, ""])
def test_a_missing_header_is_401(header: str | None) -> None:
    with pytest.raises(MissingSignature) as caught:
        verify_signature(b"{}", header, [SECRET])
    assert caught.value.status == 401


@pytest.mark.parametrize(
    "header",
    ["sha256=", "sha256=00", "sha1=" + "0" * 66, "sha256=" + "é" * 64, "sha256=" + "0" * 64, "\ud800"],
)
def test_a_wrong_header_is_403(header: str) -> None:
    with pytest.raises(WrongSignature) as caught:
        verify_signature(b"{}", header, [SECRET])
    assert caught.value.status == 403


def test_no_secret_and_an_empty_secret_accept_nothing() -> None:
    for secrets in ([], [b""]):
        with pytest.raises(WrongSignature):
            verify_signature(b"{}", sign(b"{}", b""), secrets)


@given(body=st.binary(), header=st.text())
def test_any_other_header_is_refused_without_another_error(body: bytes, header: str) -> None:
    with pytest.raises((MissingSignature, WrongSignature)):
        verify_signature(body, header, [SECRET])


def test_the_challenge_is_answered_verbatim() -> None:
    params = {"hub.mode": "subscribe", "hub.challenge": "0011", "hub.verify_token": "té"}
    assert verify_handshake(params, "té") == "0011"


@pytest.mark.parametrize(
    "change",
    [
        {"hub.verify_token": "other"},
        {"hub.mode": "unsubscribe"},
        {"hub.challenge": ""},
        {"hub.verify_token": ""},
    ],
)
def test_another_mode_token_or_no_challenge_is_refused(change: dict[str, str]) -> None:
    params = {"hub.mode": "subscribe", "hub.challenge": "1", "hub.verify_token": "t"} | change
    with pytest.raises(HandshakeRefused):
        verify_handshake(params, "t")
    with pytest.raises(HandshakeRefused):
        verify_handshake({**params, "hub.verify_token": ""}, "")
