"""What a file really is: its type by its bytes (never by its name), and its measures. Total: never raises for content.

Runs codecs on bytes of strangers: call it in a worker thread, on files whose size is already bounded.
"""

import mimetypes
from dataclasses import dataclass
from pathlib import Path

import av
import filetype
from PIL import Image, UnidentifiedImageError

_HEAD_BYTES = 8192  # filetype looks at no more
OCTET_STREAM = "application/octet-stream"

# A browser would run these from our own address; they are stored as bytes without a meaning.
_ACTIVE_TYPES = frozenset(
    {"text/html", "application/xhtml+xml", "image/svg+xml", "text/xml", "application/xml", "text/javascript"}
)
# Names for one thing: what WhatsApp calls it (cloud-api, section 4).
_WHATSAPP_NAMES = {
    "audio/x-wav": "audio/wav",
    "audio/x-m4a": "audio/mp4",
    "audio/m4a": "audio/mp4",
    "audio/x-flac": "audio/flac",
    "video/x-m4v": "video/mp4",
    "video/quicktime": "video/quicktime",
    "image/heif": "image/heic",
}
# Containers of many formats, and the hints that may refine them: .doc and .xls begin alike, .docx is a zip.
_OFFICE_HINTS: dict[str, tuple[str, ...]] = {
    "application/zip": ("application/vnd.openxmlformats-", "application/vnd.oasis.", "application/zip"),
    "application/x-ole-storage": ("application/msword", "application/vnd.ms-"),
}
_VIDEO_CONTAINERS = frozenset(
    {"video/mp4", "video/3gpp", "video/webm", "video/quicktime", "video/x-matroska"}
)


@dataclass(frozen=True, slots=True)
class Inspection:
    mime_type: str
    width: int | None = None
    height: int | None = None
    duration_ms: int | None = None
    animated: bool = False
    picture_mode: str | None = None
    """Pillow's name of the pixel format; None for what is no readable picture."""
    audio_codec: str | None = None
    audio_channels: int | None = None
    video_codec: str | None = None
    audio_tracks: int = 0

    @property
    def family(self) -> str:
        """image, audio, video, …"""
        return self.mime_type.partition("/")[0]


def inspect_file(file: Path, *, declared: str | None = None, file_name: str | None = None) -> Inspection:
    """Reads the type off the bytes; `declared` and the name only decide between types that look alike (text, unknown)."""
    with file.open("rb") as opened:
        head = opened.read(_HEAD_BYTES)
    mime_type = _type_of(head, declared, file_name)
    if mime_type.startswith("image/"):
        return _inspect_picture(file, mime_type)
    if mime_type.startswith(("audio/", "video/")):
        return _inspect_streams(file, mime_type)
    return Inspection(mime_type)


def _type_of(head: bytes, declared: str | None, file_name: str | None) -> str:
    guessed: str | None = filetype.guess_mime(head)  # type: ignore[no-untyped-call]  # no annotations there
    if guessed is not None:
        mime_type = _WHATSAPP_NAMES.get(guessed, guessed)
        if mime_type not in _OFFICE_HINTS:
            return mime_type
    for hint in (_bare(declared), mimetypes.guess_type(file_name or "")[0]):
        if hint and hint not in _ACTIVE_TYPES and _agrees(hint, head, guessed):
            return _WHATSAPP_NAMES.get(hint, hint)
    if guessed is not None:
        return guessed
    return "text/plain" if _is_text(head) else OCTET_STREAM


def _agrees(hint: str, head: bytes, guessed: str | None) -> bool:
    """Whether a hinted type may stand. Types with a signature may not: their bytes would have shown it."""
    if guessed is not None:
        return hint.startswith(_OFFICE_HINTS[guessed])
    return hint.startswith("text/") and _is_text(head)


def _bare(mime_type: str | None) -> str | None:
    return mime_type.partition(";")[0].strip().lower() if mime_type else None


def _is_text(head: bytes) -> bool:
    if b"\x00" in head:
        return False
    try:
        head.decode("utf-8")
    except UnicodeDecodeError as error:
        return error.start >= len(head) - 3  # a character cut by the end of the head
    return bool(head)


def _inspect_picture(file: Path, mime_type: str) -> Inspection:
    try:
        with Image.open(file) as picture:
            return Inspection(
                mime_type,
                width=picture.width,
                height=picture.height,
                animated=bool(getattr(picture, "is_animated", False)),
                picture_mode=picture.mode,
            )
    except (UnidentifiedImageError, Image.DecompressionBombError, OSError, ValueError, SyntaxError):
        return Inspection(mime_type)


def _inspect_streams(file: Path, mime_type: str) -> Inspection:
    try:
        with av.open(str(file), metadata_errors="ignore") as container:
            video = next((s for s in container.streams.video if s.codec_context.name != "mjpeg"), None)
            audio = container.streams.audio[0] if container.streams.audio else None
            if video is None and audio is not None and mime_type in _VIDEO_CONTAINERS:
                # One container, two names: what a browser records as a voice note has no picture in it.
                mime_type = mime_type.replace("video/", "audio/", 1)
            duration = container.duration
            return Inspection(
                mime_type,
                width=video.codec_context.width if video else None,
                height=video.codec_context.height if video else None,
                duration_ms=round(duration / 1000)
                if duration and duration > 0
                else _measured_ms(file, audio is not None),
                audio_codec=audio.codec_context.name if audio else None,
                audio_channels=audio.codec_context.channels if audio else None,
                video_codec=video.codec_context.name if video else None,
                audio_tracks=len(container.streams.audio),
            )
    except (av.FFmpegError, OSError, ValueError, IndexError):
        return Inspection(mime_type)


def _measured_ms(file: Path, has_audio: bool) -> int | None:
    """Recordings of a browser carry no duration (the file was written as it grew): the last packet's end tells."""
    if not has_audio:
        return None
    end = 0.0
    with av.open(str(file), metadata_errors="ignore") as container:
        for packet in container.demux(container.streams.audio[0]):
            if packet.pts is not None and packet.time_base is not None:
                end = max(end, float((packet.pts + (packet.duration or 0)) * packet.time_base))
    return round(end * 1000) or None
