"""What a password must be: long enough, not one that everybody tries first, and not the person's own name or address.

NIST SP 800-63B-4, section 3.1.1.2 (read 2026-11): length and a list of the common ones; no rules about kinds of characters,
which only make people write "Senha@123". The list holds words; what people do to them to satisfy such rules is undone here,
so 2,100 words stand for some millions of passwords.
"""

import unicodedata
from functools import cache
from importlib.resources import files
from itertools import pairwise
from typing import Final

from inbox.identity.errors import WeakPassword

MIN_PASSWORD_CHARACTERS: Final = 10
"""NIST SP 800-63B-4 asks for 8 with a second factor and 15 without, which is optional here: in between."""

MAX_PASSWORD_CHARACTERS: Final = 1000
"""Argon2 takes any length; a megabyte of password is an attack."""

_SIGNS: Final = "0123456789!@#$%&*._-+=?/\\|,;:()[]{}<>~^'\" "
# A year with signs, a date, 12345678: what is put around a word. More than that is worth something by itself.
_AROUND_CHARACTERS: Final = 8
# eu_te_amo, senha123senha.
_BETWEEN_CHARACTERS: Final = 4
# Telephone numbers, CPFs, cards and dates are digits alone, and shorter than this.
_DIGITS_ALONE: Final = 20
# A name that is shorter stands in too many words to be forbidden: Ana, Eva.
_NAME_CHARACTERS: Final = 4
# What is left of a password beside the person's name or address must be worth something by itself.
_REST_CHARACTERS: Final = 6

# "minhasenha", "euamo…", "ilove…", "…forever": a common word with one of these is as common.
_BEFORE: Final = (
    "a", "o", "meu", "minha", "nosso", "nossa", "amo", "euamo", "eu", "eusou", "sou", "senha", "senhado", "senhada", "vai",
    "vamos", "viva", "super", "admin", "my", "the", "i", "ilove", "iam", "mr", "pass", "password", "love", "big", "mc", "dj",
)  # fmt: skip
_AFTER: Final = (
    "senha", "pass", "password", "admin", "amor", "meuamor", "love", "forever", "linda", "lindo", "gostosa", "fc", "brasil",
    "jr", "junior", "silva", "santos", "campeao", "da", "de", "s", "a", "o", "zinha", "zinho", "inha", "inho",
)  # fmt: skip
_LEET: Final = str.maketrans("4@301$57", "aaeoisst")

_KEYBOARD: Final = ("1234567890-=", "qwertyuiop[]", "asdfghjklç;'", "zxcvbnm,./")
# Of the steps from key to key, so many are to a neighbour in 1q2w3e4r5t or qwertyasdfgh; in words about a third are.
_WALK_SHARE: Final = 0.75


def check_password_rules(
    password: str, *, email: str, name: str, least: int = MIN_PASSWORD_CHARACTERS
) -> None:
    """Raises WeakPassword. `least` characters: an installation may want more."""
    if len(password) < least:
        raise WeakPassword(
            f"the password needs at least {least} characters",
            rule="too_short",
            least_characters=least,
        )
    if len(password) > MAX_PASSWORD_CHARACTERS:
        raise WeakPassword(
            "the password is too long", rule="too_long", most_characters=MAX_PASSWORD_CHARACTERS
        )
    if is_common(password):
        raise WeakPassword("the password is one that everybody tries", rule="common")
    if _is_personal(password, email, name):
        raise WeakPassword("the password is made of the name or the address", rule="personal")


def is_common(password: str) -> bool:
    plain = folded(password)
    core = plain.strip(_SIGNS)
    if not core:
        return len(plain) < _DIGITS_ALONE or _is_repeated(plain) or _is_run(plain)
    if _is_run(plain) or _is_walk(plain) or _is_repeated(plain):
        return True
    if len(plain) - len(core) > _AROUND_CHARACTERS:
        return False
    start = plain.index(core)
    stop = start + len(core)
    letters = "".join(c for c in core if c.isalpha())
    # A sign at the edge may stand for a letter: $enha, senh@, s3nh4.
    spelt = {plain[max(0, start - before) : stop + after] for before in (0, 1) for after in (0, 1)}
    forms = {core, core[::-1], *(part.translate(_LEET) for part in spelt)}
    if len(core) - len(letters) <= _BETWEEN_CHARACTERS:
        forms.add(letters)
    return any(_is_common_word(form) for form in forms)


def _is_common_word(word: str) -> bool:
    known = _common()
    return (
        word in known
        or _is_repeated(word)
        or any(word.startswith(start) and word[len(start) :] in known for start in _BEFORE)
        or any(word.endswith(end) and word[: -len(end)] in known for end in _AFTER)
    )


def _is_run(plain: str) -> bool:
    """abcdefghij, 9876543210, aaaaaaaaaa."""
    return {ord(later) - ord(earlier) for earlier, later in pairwise(plain)} in ({1}, {-1}, {0})


def _is_walk(plain: str) -> bool:
    places = _places()
    steps = [(places.get(a), places.get(b)) for a, b in pairwise(plain)]
    near = sum(
        1
        for a, b in steps
        if a is not None and b is not None and a != b and abs(a[0] - b[0]) <= 1 and abs(a[1] - b[1]) <= 1
    )
    return near >= _WALK_SHARE * len(steps)


def _is_repeated(plain: str) -> bool:
    """A common word, or one of up to four letters, again and again."""
    for length in range(1, len(plain) // 2 + 1):
        times, rest = divmod(len(plain), length)
        word = plain[:length]
        if rest == 0 and word * times == plain:
            return length <= _NAME_CHARACTERS or word.strip(_SIGNS) in _common()
    return False


def _is_personal(password: str, email: str, name: str) -> bool:
    plain = folded(password)
    local, _, domain = email.partition("@")
    parts = [email, local, domain, domain.partition(".")[0], name.replace(" ", "")]
    parts += [*name.split(), *local.replace("_", ".").replace("-", ".").split(".")]
    words = {folded(part) for part in parts if len(part) >= _NAME_CHARACTERS}
    rest = plain
    for word in sorted(words, key=len, reverse=True):
        rest = rest.replace(word, "")
    return rest != plain and len(rest.strip(_SIGNS)) < _REST_CHARACTERS


def folded(text: str) -> str:
    """Without capitals and accents."""
    decomposed = unicodedata.normalize("NFKD", text.casefold())
    return "".join(c for c in decomposed if not unicodedata.combining(c))


@cache
def _common() -> frozenset[str]:
    text = files(__package__).joinpath("common_passwords.txt").read_text(encoding="utf-8")
    return frozenset(line for line in text.splitlines() if line and not line.startswith("#"))


@cache
def _places() -> dict[str, tuple[int, int]]:
    """Row and column of each key."""
    return {key: (row, column) for row, keys in enumerate(_KEYBOARD) for column, key in enumerate(keys)}
