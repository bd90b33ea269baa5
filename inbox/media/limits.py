"""What WhatsApp takes in which role, and how big (cloud-api section 4, read 2026-11). Judged by content, not by name."""

from typing import Literal, get_args

from inbox.media.errors import FileTooLarge, UnusableFile
from inbox.media.inspection import Inspection

MediaKind = Literal["image", "video", "audio", "document", "sticker"]
MEDIA_KINDS: tuple[MediaKind, ...] = get_args(MediaKind)

_MB = 1024 * 1024
MOST_BYTES: dict[MediaKind, int] = {
    "image": 5 * _MB,
    "video": 16 * _MB,
    "audio": 16 * _MB,
    "document": 100 * _MB,
    "sticker": 500 * 1024,
}
_STATIC_STICKER_BYTES = 100 * 1024
_STICKER_SIDE = 512

_PICTURES = frozenset({"image/jpeg", "image/png"})
_PICTURE_MODES = frozenset({"RGB", "RGBA"})  # 8 bits a channel
_VIDEOS = frozenset({"video/mp4", "video/3gpp"})
_SOUNDS = frozenset({"audio/aac", "audio/amr", "audio/mpeg", "audio/mp4", "audio/ogg"})


def natural_kind(inspection: Inspection) -> MediaKind:
    """The role a file would play when nobody says: what cannot be shown or played goes as a document."""
    if inspection.family == "image" and inspection.picture_mode is not None and not inspection.animated:
        return "image"
    if inspection.family == "audio" and inspection.audio_codec is not None:
        return "audio"
    if _is_video(inspection):
        return "video"
    return "document"


def needs_conversion(kind: MediaKind, inspection: Inspection, *, size: int, voice: bool) -> bool:
    """Whether a picture or sound must be rewritten before WhatsApp takes it as `kind`."""
    if kind == "image":
        return not _is_picture(inspection) or size > MOST_BYTES["image"]
    if kind == "audio":
        return not _is_sound(inspection) or (voice and not _is_opus(inspection))
    return False


def check_sendable(kind: MediaKind, inspection: Inspection, *, size: int) -> None:
    """Raises UnusableFile or FileTooLarge with the reason for a person."""
    if size == 0:
        raise UnusableFile("empty")
    if size > MOST_BYTES[kind]:
        if kind == "sticker":
            raise UnusableFile("sticker_format")
        raise FileTooLarge("too_large", limit_mb=MOST_BYTES[kind] // _MB)
    if kind == "image" and not _is_picture(inspection):
        raise UnusableFile("not_a_picture")
    if kind == "audio" and not _is_sound(inspection):
        raise UnusableFile("not_audio")
    if kind == "video" and not _is_video(inspection):
        raise UnusableFile("video_format" if inspection.family == "video" else "not_a_video")
    if kind == "sticker" and not _is_sticker(inspection, size):
        raise UnusableFile("sticker_format")


def _is_picture(inspection: Inspection) -> bool:
    return inspection.mime_type in _PICTURES and inspection.picture_mode in _PICTURE_MODES


def _is_opus(inspection: Inspection) -> bool:
    return (
        inspection.mime_type == "audio/ogg"
        and inspection.audio_codec == "opus"
        and inspection.audio_channels == 1
    )


def _is_sound(inspection: Inspection) -> bool:
    if inspection.mime_type == "audio/ogg":
        return _is_opus(inspection)
    return inspection.mime_type in _SOUNDS


def _is_video(inspection: Inspection) -> bool:
    return (
        inspection.mime_type in _VIDEOS
        and inspection.video_codec == "h264"
        and inspection.audio_codec in {None, "aac"}
        and inspection.audio_tracks <= 1
    )


def _is_sticker(inspection: Inspection, size: int) -> bool:
    return (
        inspection.mime_type == "image/webp"
        and (inspection.width, inspection.height) == (_STICKER_SIDE, _STICKER_SIDE)
        and size <= (MOST_BYTES["sticker"] if inspection.animated else _STATIC_STICKER_BYTES)
    )
