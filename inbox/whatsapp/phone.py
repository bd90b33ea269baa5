"""Phone numbers as WhatsApp spells them, and the business-scoped user id (BSUID) that may stand in their place.

One line can have two spellings: Brazil's mobiles with and without the ninth digit, Mexico's with `521` or `52`,
Argentina's with `549` or `54`; the number a message was sent to and the `wa_id` of its status may differ. The canonical
form is the key of identity, never the address to send to: send to the `wa_id` that Meta gave.
"""

import re
from functools import lru_cache

import phonenumbers

# Two-letter country, dot, up to 128 letters or digits; the parent form carries "ENT." (Cloud API, business-scoped
# user ids, read 2026-11).
_BSUID = re.compile(r"[A-Za-z]{2}\.(?:ENT\.)?[A-Za-z0-9]{1,128}")
_NOT_DIGITS = re.compile(r"[^0-9]+")

# Subscriber numbers of 8 digits that begin with 6–9 were mobiles and all got a leading 9 (Anatel, resolution 553/2010,
# finished 2016-11); those that begin with 2–5 are landlines and stay at 8.
_BRAZIL_MOBILE_FIRST = "6789"

# Formatting costs ~60 µs a number (measured 2026-11); a screen of contacts repeats the same ones.
_FORMAT_CACHE_SIZE = 4096


def is_bsuid(value: object) -> bool:
    """Whether `value` is a business-scoped user id such as `BR.10987654321098765432`."""
    return isinstance(value, str) and value[2:3] == "." and _BSUID.fullmatch(value) is not None


def canonical_phone(wa_id: str) -> str:
    """The one spelling, digits only, under which this line is known. Idempotent.

    Raises ValueError for a BSUID or for text without digits: an identity must not be invented from them.
    """
    if is_bsuid(wa_id):
        raise ValueError("a BSUID is not a phone number")
    digits = wa_id if wa_id.isascii() and wa_id.isdigit() else _NOT_DIGITS.sub("", wa_id)
    if not digits:
        raise ValueError("no digits")
    if len(digits) == 12 and digits.startswith("55") and digits[4] in _BRAZIL_MOBILE_FIRST:
        return f"{digits[:4]}9{digits[4:]}"
    if len(digits) == 13 and digits.startswith("521"):
        return "52" + digits[3:]
    if len(digits) == 13 and digits.startswith("549"):
        return "54" + digits[3:]
    return digits


def phone_variants(wa_id: str) -> tuple[str, ...]:
    """Every spelling under which the same line may appear, the canonical one first."""
    canonical = canonical_phone(wa_id)
    if len(canonical) == 13 and canonical.startswith("55") and canonical[4] == "9":
        # Without the ninth digit 2–5 would name somebody's landline.
        if canonical[5] in _BRAZIL_MOBILE_FIRST:
            return canonical, canonical[:4] + canonical[5:]
    elif len(canonical) == 12 and canonical.startswith("52"):
        return canonical, f"521{canonical[2:]}"
    elif len(canonical) == 12 and canonical.startswith("54"):
        return canonical, f"549{canonical[2:]}"
    return (canonical,)


@lru_cache(maxsize=_FORMAT_CACHE_SIZE)
def format_phone(wa_id: str) -> str:
    """For people: `+55 11 99999-0001`. What is no phone number comes back unchanged."""
    try:
        canonical = canonical_phone(wa_id)
    except ValueError:
        return wa_id
    # Argentina's 9 belongs to a mobile's international spelling, unlike Mexico's 1, which is gone since 2020.
    given = _NOT_DIGITS.sub("", wa_id)
    shown = given if given.startswith("549") and len(given) == 13 else canonical
    try:
        number = phonenumbers.parse(f"+{shown}")
    except phonenumbers.NumberParseException:
        return f"+{shown}"
    if not phonenumbers.is_possible_number(number):
        return f"+{shown}"
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.INTERNATIONAL)
