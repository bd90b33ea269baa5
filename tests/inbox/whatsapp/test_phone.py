"""One line, one identity; and no identity out of a BSUID."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inbox.whatsapp.phone import canonical_phone, format_phone, is_bsuid, phone_variants


@pytest.mark.parametrize(
    ("wa_id", "canonical"),
    [
        ("551199990001", "5511999990001"),
        ("5511999990001", "5511999990001"),
        ("553188887777", "5531988887777"),
        ("551133330001", "551133330001"),
        ("5215512345678", "525512345678"),
        ("525512345678", "525512345678"),
        ("5491123456789", "541123456789"),
        ("541123456789", "541123456789"),
        ("15550001111", "15550001111"),
        ("+55 (11) 9999-0001", "5511999990001"),
    ],
)
def test_spellings_of_one_line_have_one_canonical_form(wa_id: str, canonical: str) -> None:
    assert canonical_phone(wa_id) == canonical


@given(st.from_regex(r"[0-9]{5,15}", fullmatch=True))
def test_canonical_form_is_stable_and_shared_by_all_variants(wa_id: str) -> None:
    canonical = canonical_phone(wa_id)
    assert canonical_phone(canonical) == canonical
    assert {canonical_phone(variant) for variant in phone_variants(wa_id)} == {canonical}


def test_a_landline_is_no_variant_of_a_mobile() -> None:
    assert phone_variants("5511933330001") == ("5511933330001",)
    assert phone_variants("551199990001") == ("5511999990001", "551199990001")


@pytest.mark.parametrize("value", ["BR.10987654321098765432", "BR.ENT.20987654321098765432"])
def test_a_bsuid_is_recognised_and_never_made_a_number(value: str) -> None:
    assert is_bsuid(value)
    with pytest.raises(ValueError, match="BSUID"):
        canonical_phone(value)
    assert format_phone(value) == value


@pytest.mark.parametrize("value", ["5511999990001", "", "BR.", "BRA.1", "B.1", "BR.12 3", None, 12])
def test_what_is_no_bsuid(value: object) -> None:
    assert not is_bsuid(value)


def test_text_without_digits_is_no_identity() -> None:
    with pytest.raises(ValueError, match="digits"):
        canonical_phone("ana")


@pytest.mark.parametrize(
    ("wa_id", "shown"),
    [
        ("551199990001", "+55 11 99999-0001"),
        ("551133330001", "+55 11 3333-0001"),
        ("5491123456789", "+54 9 11 2345-6789"),
        ("5215512345678", "+52 55 1234 5678"),
        ("15550001111", "+1 555-000-1111"),
        ("999", "+999"),
    ],
)
def test_numbers_are_shown_as_people_write_them(wa_id: str, shown: str) -> None:
    assert format_phone(wa_id) == shown


@given(st.text())
def test_showing_never_fails(value: str) -> None:
    assert isinstance(format_phone(value), str)
