"""Who is in the demo, and the passwords that they get."""

import secrets
from typing import Final

from pydantic import BaseModel

SUPER_ADMIN_ROLE: Final = "super_admin"
"""Beside the roles of memberships: what scripts look for in `users`."""

# Words that are easy to read aloud and to type; three of them and two digits are 2^30 guesses against a local demo.
_WORDS: Final = (
    "aurora", "brisa", "cacau", "dália", "ensaio", "farol", "garoa", "horta", "ipê", "janela", "lagoa", "manga",
    "nuvem", "orvalho", "pitanga", "quintal", "rede", "serra", "trilha", "uva", "varanda", "xote",
)  # fmt: skip


class DemoUser(BaseModel):
    name: str
    email: str
    password: str
    role: str
    """Of their membership; of the super admin `super_admin`."""
    account: str = ""
    """The company in which they have this role."""


def readable_password() -> str:
    return "-".join([*(secrets.choice(_WORDS) for _ in range(3)), f"{secrets.randbelow(90) + 10}"])
