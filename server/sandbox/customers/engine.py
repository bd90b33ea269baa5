"""When virtual customers write: they begin conversations at a rate, and answer when the business answers.

Invariants: one run per customer at a time; a customer whom a person plays at the phone page is left alone;
with rate 0 nobody writes and nobody answers.
"""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Final

import structlog

from server.sandbox.clock import Agenda, Clock
from server.sandbox.customers.parts import (
    build_ad_referral,
    build_card,
    build_reaction,
    build_tap,
    build_text,
)
from server.sandbox.customers.people import People, Place
from server.sandbox.customers.scripts import (
    AFTERWARDS,
    DAYS,
    HOURS,
    NUDGES,
    PRODUCTS,
    SCRIPTS,
    Card,
    Part,
    Pdf,
    Photo,
    Pin,
    React,
    Receipt,
    Say,
    Script,
    Sticker,
    Turn,
    Voice,
)
from server.sandbox.delivery import Dispatch
from server.sandbox.inbound import Inbound
from server.sandbox.luck import build_luck
from server.sandbox.pictures import build_document, build_photo, build_receipt, build_sticker
from server.sandbox.state import BusinessNumber, Customer, SandboxState
from server.sandbox.voices import build_voice_note

log = structlog.get_logger(__name__)

# A thumb types about 4 characters a second; people also pause to think.
TYPING_CHARACTERS_PER_SECOND: Final = 9.0
PAUSE_SECONDS: Final = (0.8, 2.6)
REPLY_SECONDS: Final = (4.0, 16.0)
NUDGE_SECONDS: Final = (240.0, 600.0)
NUDGE_SHARE: Final = 0.4
TAP_SHARE: Final = 0.85
AFTERWARDS_SHARE: Final = 0.5
AFTERWARDS_MAX: Final = 2
RETURNING_SHARE: Final = 0.35
"""Share of conversations that somebody begins who has been served before."""


@dataclass(slots=True)
class Run:
    """One customer going through one script."""

    customer: Customer
    number: BusinessNumber
    script: Script
    facts: dict[str, str]
    place: Place
    turn: int = 0
    speaking: bool = False
    generation: int = 0
    """Newer answers of the business make older plans void."""


@dataclass(slots=True)
class Afterwards:
    """What is left of a run: a customer may still say thanks."""

    said: int = 0
    facts: dict[str, str] = field(default_factory=dict)


class CustomerEngine:
    """Owns the runs and their tasks."""

    def __init__(
        self, state: SandboxState, inbound: Inbound, agenda: Agenda, clock: Clock, *, seed: int, pace: float
    ) -> None:
        self.per_minute = 0.0
        self.pace = pace
        self.started = 0
        self._state = state
        self._inbound = inbound
        self._agenda = agenda
        self._clock = clock
        self._rng = build_luck(seed, "customers")
        self._people = People(seed)
        self._places: dict[str, Place] = {}
        self._runs: dict[str, Run] = {}
        self._afterwards: dict[str, Afterwards] = {}
        self._bag: list[Script] = []
        self._tasks: set[asyncio.Task[None]] = set()
        self._generation = 0

    @property
    def active(self) -> int:
        return len(self._runs)

    def set_rate(self, per_minute: float) -> None:
        """Begin this many conversations a minute from now on; 0 silences everybody."""
        self.per_minute = per_minute
        self._generation += 1
        if per_minute > 0:
            self._plan_next(self._generation)

    async def stop(self) -> None:
        self.set_rate(0)
        for task in list(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    def forget(self) -> None:
        for task in list(self._tasks):
            task.cancel()
        self._runs.clear()
        self._afterwards.clear()
        self._bag.clear()

    def _plan_next(self, generation: int) -> None:
        wait = self._rng.expovariate(self.per_minute / 60)
        self._agenda.after(wait, lambda: self._begin_next(generation))

    def _begin_next(self, generation: int) -> None:
        if generation != self._generation or self.per_minute <= 0:
            return
        self.begin()
        self._plan_next(generation)

    # Runs

    def begin(
        self, script_name: str = "", number_id: str = "", customer: Customer | None = None
    ) -> Run | None:
        """Somebody starts a conversation now; None if that customer is in one already."""
        number = self._state.numbers.get(number_id) or self._rng.choice(list(self._state.numbers.values()))
        script = self._choose_script(script_name)
        customer = customer or self._choose_customer()
        if customer.key in self._runs:
            return None
        place = self._places.get(customer.key) or self._people.next().place
        run = Run(customer, number, script, self._build_facts(customer, place), place)
        self._runs[customer.key] = run
        self.started += 1
        self._speak(run, 0.0)
        return run

    def _choose_script(self, name: str) -> Script:
        if name:
            return next((each for each in SCRIPTS if each.name == name), SCRIPTS[0])
        if not self._bag:
            # Every shop script once before any comes again; clinics are asked for by name.
            self._bag = [each for each in SCRIPTS if each.trade == "loja"]
            self._rng.shuffle(self._bag)
        return self._bag.pop()

    def _choose_customer(self) -> Customer:
        idle = [key for key in self._places if key not in self._runs and key in self._state.customers]
        if len(idle) > 8 and self._rng.random() < RETURNING_SHARE:
            known = self._state.customers[self._rng.choice(idle)]
            if not known.played:
                return known
        while True:
            person = self._people.next()
            # A restored sandbox meets its people again: the supply starts from the seed once more.
            if not person.wa_id or person.wa_id not in self._state.customers:
                break
        customer = self._state.build_customer(person.name, person.wa_id, username=person.username)
        customer.receipts = person.receipts
        self._places[customer.key] = person.place
        return self._state.add_customer(customer)

    def _build_facts(self, customer: Customer, place: Place) -> dict[str, str]:
        rng = self._rng
        hour = int((self._clock.now() / 3600 - 3) % 24)  # Brasília time, UTC-3 all year since 2019
        greeting = "Bom dia" if hour < 12 else "Boa tarde" if hour < 18 else "Boa noite"
        return {
            "nome": customer.name,
            "primeiro": customer.name.split()[0],
            "pedido": f"#{rng.randrange(40_000, 99_999)}",
            "produto": rng.choice(PRODUCTS),
            "valor": f"R$ {rng.randrange(1, 6)}.{rng.randrange(100, 999)},90",
            "bairro": place.district,
            "cidade": place.city,
            "cep": place.postcode,
            "dia": rng.choice(DAYS),
            "hora": rng.choice(HOURS),
            "saudacao": greeting,
        }

    def _speak(self, run: Run, wait: float) -> None:
        """Say the next turn after `wait` seconds (unscaled)."""
        run.generation += 1
        self._own(self._play(run, run.script.turns[run.turn], wait, run.generation))

    def _own(self, work: Any) -> None:
        task = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _play(self, run: Run, turn: Turn, wait: float, generation: int) -> None:
        await self._pause(wait)
        if run.generation != generation or run.customer.played:
            return
        run.speaking = True
        try:
            for number, part in enumerate(turn):
                if number:
                    await self._pause(self._thinking(part))
                await self._send(run, part, first=number == 0 and run.turn == 0)
        except (OSError, ValueError):
            log.exception("sandbox_customer_failed", script=run.script.name)
        finally:
            run.speaking = False
        run.turn += 1
        if run.turn >= len(run.script.turns):
            self._finish(run)
        else:
            self._plan_nudge(run)

    async def _pause(self, seconds: float) -> None:
        await asyncio.sleep(seconds * self.pace)

    def _thinking(self, part: Part) -> float:
        typing = len(part.variants[0]) / TYPING_CHARACTERS_PER_SECOND if isinstance(part, Say) else 2.0
        return self._rng.uniform(*PAUSE_SECONDS) + typing

    def _finish(self, run: Run) -> None:
        self._runs.pop(run.customer.key, None)
        self._afterwards[run.customer.key] = Afterwards(facts=run.facts)

    def _plan_nudge(self, run: Run) -> None:
        if self._rng.random() >= NUDGE_SHARE:
            return
        turn = run.turn
        wait = self._rng.uniform(*NUDGE_SECONDS) * max(self.pace, 0.01)
        self._agenda.after(wait, lambda: self._nudge(run, turn))

    def _nudge(self, run: Run, turn: int) -> None:
        waiting = self._runs.get(run.customer.key) is run and run.turn == turn and not run.speaking
        if waiting and self.per_minute > 0 and not run.customer.played:
            self._inbound.receive(run.number, run.customer, build_text(self._rng.choice(NUDGES)))

    # Answers

    def on_delivered(self, dispatch: Dispatch) -> None:
        """A message of the business arrived at a customer's phone."""
        customer = dispatch.customer
        if customer.played or dispatch.chat.watchers or not self._may_answer(customer):
            return
        run = self._runs.get(customer.key)
        if run is not None and run.speaking:
            return
        wait = self._rng.uniform(*REPLY_SECONDS)
        tap = build_tap(dispatch, self._rng) if self._rng.random() < TAP_SHARE else None
        if tap is not None:
            self._after(wait, lambda: self._inbound.receive(dispatch.number, customer, tap))
        elif run is not None:
            self._speak(run, wait)
        else:
            self._thank(dispatch, wait)

    def _may_answer(self, customer: Customer) -> bool:
        return self.per_minute > 0 or customer.key in self._runs

    def _after(self, seconds: float, action: Callable[[], object]) -> None:
        self._agenda.after(seconds * self.pace, action)

    def _thank(self, dispatch: Dispatch, wait: float) -> None:
        """Outside a script: a short word or a reaction, and not for ever."""
        left = self._afterwards.setdefault(dispatch.customer.key, Afterwards())
        if left.said >= AFTERWARDS_MAX or self._rng.random() >= AFTERWARDS_SHARE:
            return
        left.said += 1
        word = self._rng.choice(AFTERWARDS)
        part = build_reaction(dispatch.message.id, word) if word == "👍" else build_text(word)
        self._after(wait, lambda: self._inbound.receive(dispatch.number, dispatch.customer, part))

    # Parts

    async def _send(self, run: Run, part: Part, *, first: bool) -> None:
        built = await self._build(run, part)
        if built is None:
            return
        if first and run.script.from_ad:
            built["referral"] = build_ad_referral(self._rng)
        self._inbound.receive(run.number, run.customer, built)

    async def _build(self, run: Run, part: Part) -> dict[str, Any] | None:
        """The message part of one script part; None if there is nothing to react to."""
        if isinstance(part, Say):
            return build_text(self._rng.choice(part.variants).format_map(run.facts))
        if isinstance(part, Pin):
            return self._build_pin(run)
        if isinstance(part, Card):
            return build_card(part.name, f"+55 {run.place.area_code} 980{self._rng.randrange(10**6):06d}")
        if isinstance(part, React):
            return self._build_reaction(run, part)
        return await self._build_file(run, part)

    async def _build_file(self, run: Run, part: Photo | Receipt | Pdf | Voice | Sticker) -> dict[str, Any]:
        number, variant = run.number, self._rng.randrange(6)
        if isinstance(part, Photo):
            data = await asyncio.to_thread(build_photo, part.subject, variant)
            caption = self._rng.choice(part.captions).format_map(run.facts)
            return self._inbound.media_part(number, "image", data, "image/jpeg", caption=caption)
        if isinstance(part, Receipt):
            data = await asyncio.to_thread(
                build_receipt, run.facts["valor"], run.customer.name, run.facts["pedido"]
            )
            caption = self._rng.choice(part.captions).format_map(run.facts)
            return self._inbound.media_part(number, "image", data, "image/jpeg", caption=caption)
        if isinstance(part, Pdf):
            lines = (
                run.customer.name,
                f"Pedido {run.facts['pedido']}",
                run.facts["produto"],
                run.facts["valor"],
            )
            data = await asyncio.to_thread(build_document, part.title, lines)
            return self._inbound.media_part(
                number, "document", data, "application/pdf", filename=part.filename
            )
        if isinstance(part, Voice):
            data = await asyncio.to_thread(build_voice_note, part.seconds, variant)
            return self._inbound.media_part(number, "audio", data, "audio/ogg; codecs=opus", voice=True)
        data = await asyncio.to_thread(build_sticker, part.mood)
        return self._inbound.media_part(number, "sticker", data, "image/webp")

    def _build_pin(self, run: Run) -> dict[str, Any]:
        place = run.place
        location: dict[str, Any] = {
            "latitude": round(place.latitude + self._rng.uniform(-0.01, 0.01), 6),
            "longitude": round(place.longitude + self._rng.uniform(-0.01, 0.01), 6),
        }
        if self._rng.random() < 0.5:
            location |= {"name": place.district, "address": f"{place.district}, {place.city}"}
        return {"type": "location", "location": location}

    def _build_reaction(self, run: Run, part: React) -> dict[str, Any] | None:
        chat = self._state.chat(run.number.id, run.customer.key)
        last = next((each for each in reversed(chat.messages) if each.direction == "outbound"), None)
        return None if last is None else build_reaction(last.id, self._rng.choice(part.emojis))
