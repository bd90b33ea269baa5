"""Messages with files: the upload comes first, and until it is done the message provably was not sent."""

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import orjson

from inbox.kernel.ids import new_id
from inbox.media.errors import UnusableFile
from inbox.outbox.claim import Claimed
from inbox.outbox.lease import Lease
from inbox.outbox.targets import NumberTarget
from inbox.whatsapp.graph_errors import GraphUnreachable
from tests.inbox.outbox.conftest import FAST_LEASE, Conversation, Yard


async def queue_picture(yard: Yard, conversation: Conversation) -> tuple[UUID, UUID]:
    """(message, media), the file not yet at Meta."""
    media_id = new_id()
    message_id = await yard.queue(conversation, kind="image", content={"media_id": str(media_id)})
    await yard.pool.execute(
        """INSERT INTO media (account_id, id, message_id, mime_type, state, storage_key)
        VALUES ($1, $2, $3, 'image/jpeg', 'stored', 'unused')""",
        yard.seed.account_id, media_id, message_id,
    )  # fmt: skip
    return message_id, media_id


async def set_meta_id(yard: Yard, item: Claimed) -> None:
    for media_id in item.to_upload:
        await yard.pool.execute(
            "UPDATE media SET number_id = $2, meta_media_id = $3, meta_expires_at = $4 WHERE id = $1",
            media_id, yard.seed.number.id, f"meta-{media_id}", datetime.now(UTC) + timedelta(days=29),
        )  # fmt: skip


async def test_a_slow_upload_holds_back_its_conversation_and_nothing_else(yard: Yard) -> None:
    release = asyncio.Event()
    uploaded: list[UUID] = []

    async def uploader(_lease: Lease, _target: NumberTarget, item: Claimed) -> None:
        uploaded.extend(item.to_upload)
        await release.wait()
        await set_meta_id(yard, item)

    first, second = await yard.conversation(), await yard.conversation()
    picture, media_id = await queue_picture(yard, first)
    after = await yard.queue(first)
    other = await yard.queue(second)
    async with yard.sending(uploader=uploader):
        await yard.until_status(other, "sending")
        await yard.until(lambda: uploaded)
        assert yard.graph.sent_ids == [str(other)]
        (waiting,) = [row for row in await yard.waiting() if row["message_id"] == picture]
        assert waiting["state"] == "queued"
        release.set()
        await yard.until_status(after, "sending")
    assert yard.graph.sent_ids == [str(other), str(picture), str(after)]
    assert yard.graph.bodies[1]["image"]["id"] == f"meta-{media_id}"
    assert uploaded == [media_id]


async def test_after_a_death_during_the_upload_the_message_is_sent_by_the_next_worker(yard: Yard) -> None:
    hanging = asyncio.Event()

    async def hangs(_lease: Lease, _target: NumberTarget, _item: Claimed) -> None:
        hanging.set()
        await asyncio.Event().wait()

    async def works(_lease: Lease, _target: NumberTarget, item: Claimed) -> None:
        await set_meta_id(yard, item)

    picture, _ = await queue_picture(yard, await yard.conversation())
    dying = asyncio.create_task(yard.dispatcher("victim", uploader=hangs).run(asyncio.Event()))
    await asyncio.wait_for(hanging.wait(), 20)
    # The process is gone: nothing of it runs any more, and its lease runs out.
    tasks = [task for task in asyncio.all_tasks() if task.get_name().startswith("outbox")]
    for task in (dying, *tasks):
        task.cancel()
    await asyncio.gather(dying, *tasks, return_exceptions=True)
    await yard.pool.execute(
        "UPDATE number_leases SET holder = 'victim', expires_at = now() WHERE account_id = $1",
        yard.seed.account_id,
    )
    async with yard.sending(holder="heir", uploader=works, terms=FAST_LEASE):
        await yard.until_status(picture, "sending")
    assert yard.graph.sent_ids == [str(picture)]


async def test_an_upload_that_fails_is_tried_again_and_an_unusable_file_fails_the_message(yard: Yard) -> None:
    tries: dict[UUID, int] = {}
    unusable: set[UUID] = set()

    async def uploader(_lease: Lease, _target: NumberTarget, item: Claimed) -> None:
        tries[item.message_id] = tries.get(item.message_id, 0) + 1
        if item.message_id in unusable:
            raise UnusableFile("video_format")
        raise GraphUnreachable("no line")

    flaky, _ = await queue_picture(yard, await yard.conversation())
    hopeless, _ = await queue_picture(yard, await yard.conversation())
    unusable.add(hopeless)
    async with yard.sending(uploader=uploader):
        row = await yard.until_status(hopeless, "failed")

        async def put_back() -> list[Any]:
            return [r for r in await yard.waiting() if r["message_id"] == flaky and r["attempts"] == 1]

        (waiting,) = await yard.until(put_back)
    assert orjson.loads(row["error"])["reason_key"] == "video_format"
    assert waiting["not_before"] > waiting["claimed_at"]
    assert (await yard.message(flaky))["status"] == "queued"
    assert tries == {flaky: 1, hopeless: 1}
    assert yard.graph.bodies == []
