"""Files to send and receive, a number whose Graph is a scripted server, and a media store in a folder."""

import array
import hashlib
import math
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import UUID

import av
import av.audio.frame
import av.audio.resampler
import psycopg
import pytest
from PIL import Image

from inbox.kernel.database import Database
from inbox.kernel.ids import new_id
from inbox.media.fetch import MediaFetcher
from inbox.media.storage import MediaStore
from inbox.whatsapp.client import GraphClient, GraphTarget
from inbox.whatsapp.http import build_http_client
from server.settings import Settings
from tests.conftest import SeededAccount
from tests.inbox.outbox.fake_graph import FakeGraph


def write_sound(file: Path, *, container: str, codec: str, rate: int = 48_000, seconds: int = 2) -> Path:
    """A tone, stereo."""
    with av.open(str(file), "w", format=container) as opened:
        stream = opened.add_stream(codec, rate=rate)
        assert isinstance(stream, av.AudioStream)
        stream.codec_context.layout = "stereo"
        resampler = av.audio.resampler.AudioResampler(
            format="fltp", layout="stereo", rate=rate, frame_size=960
        )
        if codec == "pcm_s16le":
            resampler = av.audio.resampler.AudioResampler(format="s16", layout="stereo", rate=rate)
        elif codec == "aac":
            resampler = av.audio.resampler.AudioResampler(
                format="fltp", layout="stereo", rate=rate, frame_size=1024
            )
        elif codec == "libopus":
            resampler = av.audio.resampler.AudioResampler(
                format="s16", layout="stereo", rate=rate, frame_size=960
            )
        for part in range(seconds * 50):
            frame = av.audio.frame.AudioFrame(format="s16", layout="stereo", samples=rate // 50)
            wave = [int(8000 * math.sin(n / 20)) for n in range(rate // 50) for _ in range(2)]
            frame.planes[0].update(array.array("h", wave).tobytes())
            frame.sample_rate, frame.pts = rate, part * rate // 50
            for ready in resampler.resample(frame):
                opened.mux(stream.encode(ready))
        opened.mux(stream.encode(None))
    return file


def write_picture(file: Path, format_: str, *, mode: str = "RGB", size: tuple[int, int] = (320, 200)) -> Path:
    Image.new(mode, size).save(file, format_)
    return file


async def chunks_of(content: bytes, size: int = 4096) -> AsyncIterator[bytes]:
    for start in range(0, len(content), size):
        yield content[start : start + size]


@pytest.fixture
async def graph() -> AsyncIterator[FakeGraph]:
    async with FakeGraph().running() as graph:
        yield graph


@pytest.fixture
async def client() -> AsyncIterator[GraphClient]:
    http = build_http_client()
    yield GraphClient(http)
    await http.aclose()


@pytest.fixture
def store(settings: Settings) -> MediaStore:
    return MediaStore(settings.resolved_media_url)


@pytest.fixture
def target(seed: SeededAccount, graph: FakeGraph) -> GraphTarget:
    return GraphTarget(
        phone_number_id=seed.number.phone_number_id,
        token=seed.number.access_token,
        base_url=graph.url,
        media_hosts=(graph.url,),
    )


@pytest.fixture
def fetcher(database: Database, store: MediaStore, client: GraphClient, target: GraphTarget) -> MediaFetcher:
    async def target_of(account_id: UUID, number_id: UUID) -> GraphTarget:
        return target

    return MediaFetcher(database, store, client, target_of)


def receive_file(
    settings: Settings,
    seed: SeededAccount,
    graph: FakeGraph,
    content: bytes,
    *,
    kind: str = "image",
    mime_type: str = "image/jpeg",
    announced: str | None = None,
    age: timedelta = timedelta(),
    at_meta: bool = True,
) -> tuple[UUID, UUID]:
    """An inbound message with a pending file, as ingest writes it: (message, media)."""
    contact_id, conversation_id, ticket_id, message_id, media_id = (new_id() for _ in range(5))
    now = datetime.now(UTC) - age
    meta_id = f"in-{media_id}"
    digest = hashlib.sha256(content).hexdigest()
    if at_meta:
        graph.files[meta_id] = (content, digest)
    with psycopg.connect(settings.database_url) as connection:
        run = connection.execute
        run(
            "INSERT INTO contacts (account_id, id, profile_name) VALUES (%s, %s, 'Cliente')",
            (seed.account_id, contact_id),
        )
        run("INSERT INTO conversations (account_id, id, number_id, contact_id) VALUES (%s, %s, %s, %s)",
            (seed.account_id, conversation_id, seed.number.id, contact_id))  # fmt: skip
        run("INSERT INTO tickets (account_id, id, conversation_id, number_id, contact_id, protocol, state, department_id,"
            " last_message_at) VALUES (%s, %s, %s, %s, %s, %s, 'queued', %s, %s)",
            (seed.account_id, ticket_id, conversation_id, seed.number.id, contact_id, str(ticket_id),
             seed.departments["vendas"], now))  # fmt: skip
        run("INSERT INTO messages (account_id, id, conversation_id, ticket_id, direction, author_kind, kind, content, status,"
            " at) VALUES (%s, %s, %s, %s, 'in', 'contact', %s, '{}', 'received', %s)",
            (seed.account_id, message_id, conversation_id, ticket_id, kind, now))  # fmt: skip
        run("INSERT INTO media (account_id, id, message_id, number_id, meta_media_id, meta_expires_at, mime_type, sha256,"
            " state, created_at) VALUES (%s, %s, %s, %s, %s, %s, %s, %s, 'pending', %s)",
            (seed.account_id, media_id, message_id, seed.number.id, meta_id, now + timedelta(days=7), mime_type,
             announced or digest, now))  # fmt: skip
    return message_id, media_id
