"""What mails say, in both languages, whatever is put into them."""

from datetime import UTC, datetime
from html.parser import HTMLParser
from string import Formatter

import pytest
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from inbox.mail.mail_server import MailServer, parse_mail_server
from inbox.mail.render import PROSA_COLOR, brand_color, ink_on, render_mail
from inbox.mail.service import MailData, MailTemplate
from inbox.mail.texts import COMMON, TEXTS, known_locale

AT = datetime(2026, 12, 1, 15, 30, tzinfo=UTC)
EVERYTHING = MailData(
    recipient_name="Ana", account_name="Casa Verde", brand_color="#f2c14e", link="https://prosa.example/x?a=1&b=2",
    actor_name="Alice", reason="atraso", at=AT, expires_at=AT, device="Firefox no Linux", ip="203.0.113.9",
    file_name="dados.zip",
)  # fmt: skip
CASES = [(template, locale) for template in MailTemplate for locale in TEXTS]


@pytest.mark.parametrize(("template", "locale"), CASES)
def test_every_template_reads_in_every_language(template: MailTemplate, locale: str) -> None:
    mail = render_mail(template, locale, EVERYTHING)
    for shown in (mail.subject, mail.text, mail.html):
        assert "{" not in shown.replace("{margin", "")
        assert shown.strip()
    assert f'<html lang="{locale}">' in mail.html
    has_link = bool(TEXTS[locale][template].button)
    assert ("https://prosa.example/x?a=1&b=2" in mail.text) is has_link
    assert ('href="https://prosa.example/x?a=1&amp;b=2"' in mail.html) is has_link
    assert "<img" not in mail.html


def test_both_languages_say_the_same_things() -> None:
    def values(pattern: str) -> set[str]:
        return {name for _, name, _, _ in Formatter().parse(pattern) if name}

    assert set(TEXTS) == set(COMMON)
    for template in MailTemplate:
        portuguese, english = TEXTS["pt-BR"][template], TEXTS["en"][template]
        assert [values(p) for p in portuguese.paragraphs] == [values(p) for p in english.paragraphs]
        assert values(portuguese.subject) == values(english.subject)
        assert bool(portuguese.button) == bool(english.button)


class _Text(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.tags: list[str] = []

    def handle_starttag(self, tag: str, attrs: object) -> None:
        self.tags.append(tag)


@given(st.text(), st.text(), st.text(min_size=1))
@hypothesis_settings(max_examples=200, deadline=None)
def test_values_are_never_markup_nor_headers(name: str, account: str, reason: str) -> None:
    data = MailData(
        recipient_name=name, account_name=account or "x", actor_name="{link}<b>", reason=reason, at=AT
    )
    mail = render_mail(MailTemplate.ACCOUNT_SUSPENDED, "en", data)
    plain = render_mail(
        MailTemplate.ACCOUNT_SUSPENDED,
        "en",
        MailData(recipient_name="x", account_name="x", reason="x", at=AT),
    )
    assert not {"\r", "\n", "\0"} & set(mail.subject)
    seen, expected = _Text(), _Text()
    seen.feed(mail.html)
    expected.feed(plain.html)
    assert seen.tags == expected.tags


def test_what_is_not_known_is_left_out() -> None:
    mail = render_mail(MailTemplate.NEW_SIGN_IN, "pt-BR", MailData(at=AT, device="Chrome"))
    assert "Chrome" in mail.text
    assert "IP" not in mail.text
    assert mail.text.startswith("Olá.\n")


def test_only_web_addresses_become_links() -> None:
    data = EVERYTHING.model_copy(update={"link": "javascript:alert(1)"})
    assert "javascript" not in render_mail(MailTemplate.INVITATION, "en", data).html


def test_the_account_colour_is_used_when_it_is_one_and_stays_readable() -> None:
    assert brand_color("#F2C14E") == "#f2c14e"
    assert brand_color("red;}</style>") == brand_color(None) == PROSA_COLOR
    assert ink_on("#f2c14e") != ink_on(PROSA_COLOR)
    mail = render_mail(MailTemplate.INVITATION, "en", EVERYTHING)
    assert "background:#f2c14e" in mail.html


def test_times_are_in_the_accounts_time_zone() -> None:
    mail = render_mail(MailTemplate.PASSWORD_CHANGED, "en", MailData(at=AT, time_zone="Asia/Tokyo"))
    assert "2026-12-02 at 00:30 (Asia/Tokyo)" in mail.text
    unknown = render_mail(MailTemplate.PASSWORD_CHANGED, "en", MailData(at=AT, time_zone="Mars/North"))
    assert "2026-12-01 at 15:30 (UTC)" in unknown.text


@pytest.mark.parametrize(
    ("given_locale", "known"), [("pt-BR", "pt-BR"), ("pt", "pt-BR"), ("en-GB", "en"), ("de", "pt-BR")]
)
def test_languages_that_we_do_not_have_fall_back(given_locale: str, known: str) -> None:
    assert known_locale(given_locale) == known


@pytest.mark.parametrize(
    ("url", "server"),
    [
        ("smtp://mail.example", MailServer("mail.example", 587, "required")),
        ("smtps://u:p%40ss@mail.example", MailServer("mail.example", 465, "from_start", "u", "p@ss")),
        ("smtp://127.0.0.1:2525", MailServer("127.0.0.1", 2525, "when_offered")),
        ("smtp://relay:25?tls=never", MailServer("relay", 25, "never")),
    ],
)
def test_mail_servers_are_told_by_one_address(url: str, server: MailServer) -> None:
    assert parse_mail_server(url) == server


@pytest.mark.parametrize(
    "url", ["mail.example:25", "http://mail.example", "smtp://", "smtp://h:99999", "smtp://h?tls=maybe"]
)
def test_what_is_no_address_of_a_mail_server_is_refused_without_its_password(url: str) -> None:
    with pytest.raises(ValueError) as refused:
        parse_mail_server(url.replace("://", "://user:hunter2@"))
    assert "hunter2" not in str(refused.value)
    assert "hunter2" not in repr(MailServer("h", 1, "never", "user", "hunter2"))
