"""Media objects: upload limits, ids that belong to a number, addresses that live five minutes."""

import base64
import hashlib
import hmac
from collections import OrderedDict
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlencode

from server.sandbox.clock import Clock
from server.sandbox.ids import IdMint
from server.sandbox.problems import GraphProblem, unknown_object

MB: Final = 1024 * 1024
KB: Final = 1024
URL_LIFE_SECONDS: Final = 300.0
UPLOAD_LIFE_SECONDS: Final = 30 * 86_400.0
INBOUND_LIFE_SECONDS: Final = 7 * 86_400.0
# Without a data folder bytes live in memory: enough for days of virtual customers, little for a laptop.
MEMORY_MAX_BYTES: Final = 256 * MB

DOCUMENT_MAX: Final = 100 * MB
STICKER_STATIC_MAX: Final = 100 * KB
STICKER_ANIMATED_MAX: Final = 500 * KB

# Supported media types (Cloud API media page, read 2026-08).
SIZE_LIMITS: Final[dict[str, int]] = {
    "image/jpeg": 5 * MB,
    "image/png": 5 * MB,
    "video/mp4": 16 * MB,
    "video/3gpp": 16 * MB,
    "audio/aac": 16 * MB,
    "audio/amr": 16 * MB,
    "audio/mpeg": 16 * MB,
    "audio/mp4": 16 * MB,
    "audio/ogg": 16 * MB,
    "image/webp": STICKER_ANIMATED_MAX,
    "text/plain": DOCUMENT_MAX,
    "application/pdf": DOCUMENT_MAX,
    "application/msword": DOCUMENT_MAX,
    "application/vnd.ms-excel": DOCUMENT_MAX,
    "application/vnd.ms-powerpoint": DOCUMENT_MAX,
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document": DOCUMENT_MAX,
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet": DOCUMENT_MAX,
    "application/vnd.openxmlformats-officedocument.presentationml.presentation": DOCUMENT_MAX,
}

MAGIC_BYTES: Final[dict[str, tuple[int, bytes]]] = {
    "image/jpeg": (0, b"\xff\xd8\xff"),
    "image/png": (0, b"\x89PNG"),
    "image/webp": (8, b"WEBP"),
    "audio/ogg": (0, b"OggS"),
    "application/pdf": (0, b"%PDF"),
    "video/mp4": (4, b"ftyp"),
    "audio/mp4": (4, b"ftyp"),
}


@dataclass(slots=True)
class MediaItem:
    """One file. `lies_about_hash` and `gone` are faults."""

    id: str
    number_id: str
    mime: str
    sha256: str
    size: int
    filename: str
    created_at: float
    inbound: bool
    gone: bool = False
    lies_about_hash: bool = False
    slow_seconds: float = 0.0

    @property
    def shown_sha256(self) -> str:
        return hashlib.sha256(self.sha256.encode()).hexdigest() if self.lies_about_hash else self.sha256

    @property
    def sha256_base64(self) -> str:
        """Webhooks carry the digest in base64, the lookup in hex."""
        return base64.b64encode(bytes.fromhex(self.shown_sha256)).decode()


def base_mime(mime: str) -> str:
    """`audio/ogg; codecs=opus` → `audio/ogg`."""
    return mime.partition(";")[0].strip().lower()


def check_upload(data: bytes, mime: str) -> None:
    """Raise 131053 unless Meta would take this file under this type."""
    kind = base_mime(mime)
    limit = SIZE_LIMITS.get(kind)
    if limit is None:
        raise GraphProblem(
            100,
            f"Param file must be a file with one of the following types: {', '.join(SIZE_LIMITS)}. Received {kind}",
        )
    if kind == "image/webp" and b"ANIM" not in data[:64]:
        limit = STICKER_STATIC_MAX
    if not data:
        raise GraphProblem(131053, "The file is empty")
    if len(data) > limit:
        raise GraphProblem(
            131053, f"File of {len(data)} bytes is larger than the maximum of {limit} for {kind}"
        )
    place, magic = MAGIC_BYTES.get(kind, (0, b""))
    if data[place : place + len(magic)] != magic:
        raise GraphProblem(131053, f"The file is not {kind}")
    if kind == "audio/ogg" and b"OpusHead" not in data[:256]:
        raise GraphProblem(131053, "audio/ogg must hold the opus codec")


class MediaShelf:
    """Keeps files by id, in memory or in a folder."""

    def __init__(self, clock: Clock, mint: IdMint, base_url: str, secret: str, folder: Path | None) -> None:
        self._clock = clock
        self._mint = mint
        self._base_url = base_url
        self._secret = secret.encode()
        self._folder = folder
        self._bytes: OrderedDict[str, bytes] = OrderedDict()
        self._held_bytes = 0
        self.items: dict[str, MediaItem] = {}

    def add(
        self, data: bytes, mime: str, number_id: str, *, filename: str = "", inbound: bool = False
    ) -> MediaItem:
        item = MediaItem(
            id=self._mint.media_id(),
            number_id=number_id,
            mime=mime,
            sha256=hashlib.sha256(data).hexdigest(),
            size=len(data),
            filename=filename,
            created_at=self._clock.now(),
            inbound=inbound,
        )
        self.items[item.id] = item
        self._put(item.id, data)
        return item

    def _put(self, media_id: str, data: bytes) -> None:
        if self._folder is not None:
            self._folder.mkdir(parents=True, exist_ok=True)
            (self._folder / media_id).write_bytes(data)
            return
        self._bytes[media_id] = data
        self._held_bytes += len(data)
        while self._held_bytes > MEMORY_MAX_BYTES and len(self._bytes) > 1:
            dropped, old = self._bytes.popitem(last=False)
            self._held_bytes -= len(old)
            self.items.pop(dropped, None)

    def read(self, item: MediaItem) -> bytes | None:
        if self._folder is None:
            return self._bytes.get(item.id)
        try:
            return (self._folder / item.id).read_bytes()
        except OSError:
            return None

    def known(self, media_id: str, number_id: str) -> bool:
        item = self.items.get(media_id)
        return item is not None and item.number_id == number_id and not self._expired(item)

    def access(self, media_id: str, number_id: str | None = None) -> MediaItem:
        """The item, or the error that Graph gives for ids it does not show."""
        item = self.items.get(media_id)
        if item is None or self._expired(item) or (number_id is not None and item.number_id != number_id):
            raise unknown_object(media_id)
        return item

    def delete(self, media_id: str) -> None:
        self.items.pop(media_id, None)
        self._held_bytes -= len(self._bytes.pop(media_id, b""))
        if self._folder is not None:
            (self._folder / media_id).unlink(missing_ok=True)

    def _expired(self, item: MediaItem) -> bool:
        life = INBOUND_LIFE_SECONDS if item.inbound else UPLOAD_LIFE_SECONDS
        return self._clock.now() > item.created_at + life

    # Addresses

    def _proof(self, media_id: str, expires: int) -> str:
        return hmac.new(self._secret, f"{media_id}:{expires}".encode(), hashlib.sha256).hexdigest()[:32]

    def url(self, item: MediaItem) -> str:
        """An address for five minutes from now."""
        expires = int(self._clock.now() + URL_LIFE_SECONDS)
        query = urlencode({"mid": item.id, "ext": expires, "hash": self._proof(item.id, expires)})
        return f"{self._base_url}/lookaside/whatsapp_business/attachments/?{query}"

    def by_url(self, media_id: str, expires: str, proof: str) -> MediaItem | None:
        """The item of a valid, unexpired address; None is answered with 404."""
        if not expires.isdigit() or not hmac.compare_digest(proof, self._proof(media_id, int(expires))):
            return None
        item = self.items.get(media_id)
        if item is None or item.gone or self._clock.now() > int(expires):
            return None
        return item

    def as_json(self, item: MediaItem) -> dict[str, Any]:
        """The answer of `GET /{MEDIA_ID}`; `file_size` is a string in Meta's documents."""
        return {
            "messaging_product": "whatsapp",
            "url": self.url(item),
            "mime_type": item.mime,
            "sha256": item.shown_sha256,
            "file_size": str(item.size),
            "id": item.id,
        }

    def as_part(self, item: MediaItem, *, caption: str = "", voice: bool | None = None) -> dict[str, Any]:
        """The object that an inbound message carries for this file."""
        part: dict[str, Any] = {}
        if caption:
            part["caption"] = caption
        if item.filename:
            part["filename"] = item.filename
        part |= {"mime_type": item.mime, "sha256": item.sha256_base64, "id": item.id, "url": self.url(item)}
        if voice is not None:
            part["voice"] = voice
        return part

    # Snapshot

    def dump(self) -> list[dict[str, Any]]:
        return [asdict(item) for item in self.items.values()] if self._folder is not None else []

    def load(self, rows: list[dict[str, Any]]) -> None:
        self.items.update((row["id"], MediaItem(**row)) for row in rows)

    def forget(self) -> None:
        for media_id in list(self.items):
            self.delete(media_id)
