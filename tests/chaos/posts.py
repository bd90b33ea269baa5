"""Webhooks written by hand, for what Meta's look-alike does not do: the same POST at both serve processes at the same moment,
and batches in which one part cannot be stored.

Like Meta, it repeats a POST until it is answered 200, and now and then once more after that.
"""

import asyncio
import contextlib
import itertools
import random
import time
from collections.abc import AsyncIterator, Callable, Sequence
from dataclasses import dataclass, field

import httpx

from inbox.whatsapp.signature import sign
from tests.conftest import SeededAccount
from tests.inbox.ingest.webhooks import change, document, escaped, profile, text

_POISON = "wamid.POISON"
"""Messages whose ids begin with it are refused by the database, until the trigger is gone."""

# A message that the database itself refuses, by its values alone: 23514, as a constraint of the table would.
POISON_TRIGGER = f"""
CREATE FUNCTION chaos_refuse() RETURNS trigger LANGUAGE plpgsql
AS $$ BEGIN RAISE check_violation USING MESSAGE = 'marked by the test'; END $$;
CREATE TRIGGER chaos_poison BEFORE INSERT ON messages FOR EACH ROW
WHEN (NEW.wamid LIKE '{_POISON}%') EXECUTE FUNCTION chaos_refuse();
"""
REMOVE_POISON_TRIGGER = "DROP TRIGGER chaos_poison ON messages"

_POSTS_PER_SECOND = 2.0
_ANSWER_SECONDS = 5.0
_RETRY_SECONDS = (0.1, 0.3, 1.0, 2.0)
# Longer than an index row of Postgres may be (2,704 bytes), and random: it cannot be made shorter.
_UNSTORABLE_BYTES = 4_500


@dataclass
class Post:
    """One POST; wamids by what must become of them."""

    body: bytes = b""
    good: list[str] = field(default_factory=list)
    refused: list[str] = field(default_factory=list)
    """Parked, and stored by a replay once the trigger is gone."""
    unstorable: list[str] = field(default_factory=list)
    """Parked for ever."""
    strangers: list[str] = field(default_factory=list)
    """For a number that is not ours: parked."""
    at_both: bool = False
    again_after_seconds: float | None = None
    is_acknowledged: bool = False


@dataclass
class Poster:
    account: SeededAccount
    names: Sequence[str]
    luck: random.Random
    front_url: str
    serve_urls: Sequence[str]
    """Of each serve process, past the front."""
    http: httpx.AsyncClient
    posts: list[Post] = field(default_factory=list)
    _wamids: "itertools.count[int]" = field(default_factory=itertools.count)
    _tasks: set[asyncio.Task[None]] = field(default_factory=set)

    @property
    def is_idle(self) -> bool:
        """Everything is acknowledged."""
        return not self._tasks

    async def write(self, until: Callable[[], bool]) -> None:
        while not until():
            post = self._compose()
            self.posts.append(post)
            task = asyncio.create_task(self._deliver(post))
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)
            await asyncio.sleep(self.luck.expovariate(_POSTS_PER_SECOND))

    async def stop(self) -> None:
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    # ── writing ─────────────────────────────────────────────────────────────────────────────────────────────────────

    def _compose(self) -> Post:
        luck = self.luck
        post = Post(at_both=luck.random() < 0.6)
        post.again_after_seconds = luck.uniform(0.0, 3.0) if luck.random() < 0.3 else None
        parts = [self._good(post) for _ in range(luck.randint(1, 4))]
        strangers = []
        match luck.random():
            case chance if chance < 0.25:
                parts.append(self._text(post.refused, "veneno", f"{_POISON}{next(self._wamids)}"))
            case chance if chance < 0.35:
                unstorable = "wamid." + luck.randbytes(_UNSTORABLE_BYTES).hex()
                parts.append(self._text(post.unstorable, "longo demais", unstorable))
            case chance if chance < 0.45:
                strangers.append(self._text(post.strangers, "para outro número"))
        luck.shuffle(parts)
        contacts = [profile(f"Cliente {name[-2:]}", name) for name in self.names]
        changes = [change(self.account.number.phone_number_id, messages=parts, contacts=contacts)]
        if strangers:
            changes.append(change("999000999000", messages=strangers))
        post.body = escaped(document(*changes, waba=self.account.number.waba_id))
        return post

    def _good(self, post: Post) -> dict[str, object]:
        return self._text(post.good, f"Em mãos {len(self.posts)}.{len(post.good)}")

    def _text(self, kept: list[str], body: str, wamid: str = "") -> dict[str, object]:
        kept.append(wamid or f"wamid.HAND{next(self._wamids)}")
        name = self.luck.choice(self.names)
        return text(body, phone=name, wamid=kept[-1], timestamp=str(int(time.time())))

    # ── delivering ──────────────────────────────────────────────────────────────────────────────────────────────────

    async def _deliver(self, post: Post) -> None:
        urls = list(self.serve_urls) if post.at_both else [self.front_url]
        for attempt in itertools.count():
            answers = await asyncio.gather(*(self._try(url, post) for url in urls))
            if any(answers):
                break
            await asyncio.sleep(_RETRY_SECONDS[min(attempt, len(_RETRY_SECONDS) - 1)])
        post.is_acknowledged = True
        if post.again_after_seconds is not None:
            await asyncio.sleep(post.again_after_seconds)
            await self._try(self.front_url, post)

    async def _try(self, url: str, post: Post) -> bool:
        """Whether it was answered 200."""
        headers = {"X-Hub-Signature-256": sign(post.body, self.account.app.app_secret)}
        path = f"{url}/hooks/whatsapp/{self.account.app.hook_key}"
        try:
            answer = await self.http.post(path, content=post.body, headers=headers)
        except httpx.HTTPError:
            return False
        return answer.status_code == 200


@contextlib.asynccontextmanager
async def writing_posts(
    account: SeededAccount,
    names: Sequence[str],
    luck: random.Random,
    front_url: str,
    serve_urls: Sequence[str],
) -> AsyncIterator[Poster]:
    async with httpx.AsyncClient(verify=False, timeout=_ANSWER_SECONDS) as http:
        poster = Poster(account, names, luck, front_url, serve_urls, http)
        try:
            yield poster
        finally:
            await poster.stop()
