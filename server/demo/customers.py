"""Customers of the demo: Brazilian names, places, and numbers that nobody has."""

import random
from dataclasses import dataclass

from inbox.whatsapp.phone import canonical_phone
from server.sandbox.customers.people import FIRST_NAMES, LAST_NAMES, PLACES


@dataclass(frozen=True, slots=True)
class Customer:
    name: str
    wa_id: str | None
    bsuid: str | None
    username: str | None
    district: str
    postcode: str
    latitude: float
    longitude: float

    @property
    def canonical_phone(self) -> str | None:
        return canonical_phone(self.wa_id) if self.wa_id else None


# Those who show a username instead of a number: WhatsApp offers it since 2026.
_USERNAME_SHARE = 0.04


class Customers:
    """An endless supply; the n-th is the same for the same luck."""

    def __init__(self, luck: random.Random) -> None:
        self._luck = luck
        self._count = 0

    def next(self) -> Customer:
        luck = self._luck
        self._count += 1
        place = luck.choice(PLACES)
        name = f"{luck.choice(FIRST_NAMES)} {luck.choice(LAST_NAMES)}"
        hidden = luck.random() < _USERNAME_SHARE
        login = name.split()[0].lower()
        return Customer(
            name=name,
            # No mobile in Brazil begins with 900: the demo can never write to a real person.
            wa_id=None if hidden else f"55{place.area_code}900{self._count:06}",
            bsuid=f"BR.{luck.getrandbits(63):020}",
            username=f"{login}.{luck.randrange(10, 99)}" if hidden else None,
            district=place.district,
            postcode=place.postcode,
            latitude=round(place.latitude + luck.uniform(-0.01, 0.01), 6),
            longitude=round(place.longitude + luck.uniform(-0.01, 0.01), 6),
        )
