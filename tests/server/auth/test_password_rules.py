"""Which passwords are too easy to guess, and which are not."""

import pytest

from inbox.identity.errors import WeakPassword
from server.auth.password_rules import check_password_rules, is_common


@pytest.mark.parametrize(
    "password",
    [
        "senha12345", "Senha@12345", "$enha12345", "s3nh41234567", "minhasenha123", "senha123senha", "Palmeiras1914",
        "corinthians1910!", "1q2w3e4r5t", "qwertyuiop", "qwertyasdfgh", "1qaz2wsx3edc", "12345678901", "11987654321",
        "euteamomuito", "eu_te_amo1", "Eu.Te.Amo2024", "jesuscristo", "amoramoramor", "abcabcabcabc", "aaaaaaaaaaaa",
        "password1234", "P@ssw0rd123", "iloveyou123", "flamengo2019", "ahnes12345678", "administrador", "Família2024",
        "deusefiel123", "mariaclara2015", "zaq12wsxcde3", "abcdefghijk", "asdfghjklç", "0987654321", "!!!!!!!!!!!!",
    ],
)  # fmt: skip
def test_what_everybody_tries_first_is_common(password: str) -> None:
    assert is_common(password)


@pytest.mark.parametrize(
    "password",
    [
        "cavalo-bateria-grampo", "aurora-brisa-cacau-42", "Xk29vLpqTz", "correct horse battery staple",
        "minha gata come alface", "f7Gh!29kLmn", "quero-ver-a-lua-7", "são paulo chove muito", "83625190475836251904x9",
    ],
)  # fmt: skip
def test_what_takes_guessing_is_not(password: str) -> None:
    assert not is_common(password)
    check_password_rules(password, email="helena@casaprosa.example", name="Helena Prado")


@pytest.mark.parametrize(
    ("password", "rule"),
    [
        ("Xk29vLpqT", "too_short"),
        ("x" * 1001, "too_long"),
        ("senha12345", "common"),
        ("helena.prado2024", "personal"),
        ("CasaProsa2024", "personal"),
        ("HelenaPrado!!", "personal"),
        ("helena@casaprosa.example", "personal"),
    ],
)
def test_the_rule_that_was_broken_is_named(password: str, rule: str) -> None:
    with pytest.raises(WeakPassword) as caught:
        check_password_rules(password, email="helena@casaprosa.example", name="Helena Prado")
    assert caught.value.extra["rule"] == rule


def test_a_name_within_something_longer_is_no_matter() -> None:
    check_password_rules("helena-gosta-de-uva", email="helena@casaprosa.example", name="Helena Prado")
    check_password_rules("banana-da-terra-9", email="ana@x.example", name="Ana")
