"""What people do with files: upload them for a message, look at them, ask for a failed one again.

Invariants
- A type is what the bytes say; the name is only shown.
- An upload belongs to who made it until a message carries it; then whoever sees the conversation sees the file.
- Bytes are stored before the row that names them; a crash between leaves bytes that nothing points at.
"""

from collections.abc import AsyncIterable
from dataclasses import dataclass
from pathlib import Path, PurePath
from uuid import UUID

from inbox.conversations.events import MediaView
from inbox.conversations.service import access_conversation
from inbox.kernel.actor import Actor
from inbox.kernel.database import Database, UnitOfWork
from inbox.kernel.errors import Conflict, NotFound
from inbox.kernel.ids import new_id
from inbox.kernel.jobs import defer_in
from inbox.kernel.permissions import Permission
from inbox.media import repository
from inbox.media.conversion import VOICE_MIME_TYPE, convert_picture, convert_to_voice
from inbox.media.errors import FileTooLarge, MediaNotStored, UnusableFile
from inbox.media.events import media_view, record_message_updated
from inbox.media.files import TooManyBytes, hash_file, receive, run_codec, temporary_folder
from inbox.media.inspection import Inspection, inspect_file
from inbox.media.limits import MOST_BYTES, MediaKind, check_sendable, natural_kind, needs_conversion
from inbox.media.models import Media
from inbox.media.storage import MediaStore, StoredFile, storage_key

FETCH_TASK = "media.fetch"
MEDIA_QUEUE = "media"

# What a bubble can show of a name; longer ones keep their ending.
_LONGEST_NAME = 240
_MB = 1024 * 1024
_NEW_ENDINGS = {"image/jpeg": ".jpg", "image/png": ".png", VOICE_MIME_TYPE: ".ogg"}


class NotFetchable(Conflict):
    code = "media_not_fetchable"
    title = "This file is here or on its way"


@dataclass(frozen=True, slots=True)
class OpenedMedia:
    media: MediaView
    stored: StoredFile


async def store_upload(
    database: Database,
    actor: Actor,
    store: MediaStore,
    *,
    chunks: AsyncIterable[bytes],
    file_name: str | None,
    declared_type: str | None = None,
    kind: MediaKind | None = None,
    voice: bool = False,
    most_bytes: int = MOST_BYTES["document"],
) -> MediaView:
    """Keeps a file for a message that its uploader is about to send.

    `kind` is the role it will play (None: what suits its content). Pictures and sounds that WhatsApp does not take are
    rewritten (a browser's recording becomes OGG/OPUS mono). Raises Forbidden, FileTooLarge, UnusableFile with the reason.
    """
    actor.require(Permission.INBOX)
    async with temporary_folder() as folder:
        source = folder / "upload"
        try:
            received = await receive(chunks, source, most_bytes=most_bytes)
        except TooManyBytes as error:
            raise FileTooLarge("too_large", limit_mb=most_bytes // _MB) from error
        if received.size == 0:
            raise UnusableFile("empty")
        name = _shown_name(file_name)
        inspection = await run_codec(lambda: inspect_file(source, declared=declared_type, file_name=name))
        role = kind or natural_kind(inspection)
        file, inspection = await run_codec(
            lambda: _made_sendable(source, folder, inspection, role, voice=voice)
        )
        facts = await run_codec(lambda: hash_file(file))
        now = database.now()
        media_id = new_id()
        key = storage_key(actor.account_id, media_id, now)
        await store.put(key, file, inspection.mime_type)
    media = Media(
        account_id=actor.account_id,
        id=media_id,
        uploaded_by=actor.user_id,
        mime_type=inspection.mime_type,
        sha256=facts.sha256,
        file_name=_renamed(name, inspection.mime_type) if file != source else name,
        size=facts.size,
        width=inspection.width,
        height=inspection.height,
        duration_ms=inspection.duration_ms,
        state="stored",
        storage_key=key,
        created_at=now,
    )
    async with database.acting(actor) as work:
        await repository.insert_media(work.session, media)
        return media_view(media)


async def open_media(
    database: Database,
    actor: Actor,
    store: MediaStore,
    media_id: UUID,
    *,
    first: int = 0,
    last: int | None = None,
) -> OpenedMedia:
    """The file's facts and a stream of its bytes `first` to `last` (included; None: to the end).

    Raises NotFound for what the actor may not see, MediaNotStored while it is on its way or failed.
    """
    async with database.acting(actor) as work:
        media = await access_media(work, actor, media_id)
        view, key = media_view(media), media.storage_key
    if view.state != "stored" or key is None:
        raise MediaNotStored(media_id=media_id, state=view.state)
    return OpenedMedia(view, await store.open(key, first=first, last=last))


async def fetch_again(database: Database, actor: Actor, media_id: UUID) -> MediaView:
    """Asks WhatsApp once more for a file that could not be fetched. Raises NotFound, NotFetchable."""
    async with database.acting(actor) as work:
        media = await access_media(work, actor, media_id)
        if not await repository.reset_failed(work.session, actor.account_id, media_id):
            raise NotFetchable(media_id=media_id, state=media.state)
        if media.message_id is not None:
            await repository.set_message_error(work.session, actor.account_id, media.message_id, None)
            await record_message_updated(work, actor.account_id, media.message_id)
        await defer_in(
            work.session,
            FETCH_TASK,
            {"account_id": actor.account_id, "media_id": media_id},
            queue=MEDIA_QUEUE,
        )
        renewed = await repository.fetch_media(work.session, actor.account_id, media_id)
        assert renewed is not None
        return media_view(renewed)


async def access_media(work: UnitOfWork, actor: Actor, media_id: UUID) -> Media:
    """A file of a conversation that the actor may see, or an upload of their own that no message carries yet.

    Raises NotFound, Forbidden for who does not work in the inbox.
    """
    actor.require(Permission.INBOX)
    media = await repository.fetch_media(work.session, actor.account_id, media_id)
    if media is None:
        raise NotFound(media_id=media_id)
    if media.message_id is None:
        if media.uploaded_by != actor.user_id:
            raise NotFound(media_id=media_id)
        return media
    conversation_id = await repository.fetch_conversation_of(work.session, actor.account_id, media.message_id)
    if conversation_id is None:
        raise NotFound(media_id=media_id)
    try:
        await access_conversation(work, actor, conversation_id)
    except NotFound as error:
        raise NotFound(media_id=media_id) from error
    return media


def _made_sendable(
    source: Path, folder: Path, inspection: Inspection, kind: MediaKind, *, voice: bool
) -> tuple[Path, Inspection]:
    """The file as WhatsApp takes it in this role, and what it is then."""
    size = source.stat().st_size
    if not needs_conversion(kind, inspection, size=size, voice=voice):
        check_sendable(kind, inspection, size=size)
        return source, inspection
    if inspection.family != {"image": "image", "audio": "audio"}[kind]:
        # A film has a sound track, but nobody who picks one means its sound.
        raise UnusableFile("not_a_picture" if kind == "image" else "not_audio")
    target = folder / "converted"
    if kind == "image":
        convert_picture(source, target, most_bytes=MOST_BYTES["image"])
    else:
        convert_to_voice(source, target)
    converted = inspect_file(target)
    check_sendable(kind, converted, size=target.stat().st_size)
    return target, converted


def _shown_name(file_name: str | None) -> str | None:
    """Without folders, line breaks and other control characters."""
    if not file_name:
        return None
    name = "".join(c for c in PurePath(file_name.replace("\\", "/")).name if c.isprintable()).strip()
    if len(name) > _LONGEST_NAME:
        ending = PurePath(name).suffix[:20]
        name = name[: _LONGEST_NAME - len(ending)] + ending
    return name or None


def _renamed(name: str | None, mime_type: str) -> str | None:
    """The name of a rewritten file ends as its new type does."""
    ending = _NEW_ENDINGS.get(mime_type)
    return f"{PurePath(name).stem}{ending}" if name and ending else name
