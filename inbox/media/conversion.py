"""Makes files into what WhatsApp takes: pictures to JPEG or PNG, any sound to OGG/OPUS mono.

Runs codecs on bytes of strangers: call it in a worker thread, on files whose size is already bounded.
"""

from pathlib import Path

import av
import av.audio.resampler
from PIL import Image, ImageOps, UnidentifiedImageError

from inbox.media.errors import UnusableFile

VOICE_MIME_TYPE = "audio/ogg"
# Opus always runs at 48 kHz inside (RFC 6716, section 2); 32 kbit/s mono is more than WhatsApp's own voice notes have,
# and keeps two minutes within the 512 KB that get the play icon (cloud-api, section 3.1).
_OPUS_RATE = 48_000
_OPUS_BITS_PER_SECOND = 32_000

# Far above any phone's camera (200 megapixels = 800 MB decoded would not be): 64 megapixels decode to 192 MB.
_MOST_PIXELS = 64_000_000
# The longest side after a picture had to be made smaller; WhatsApp itself shows at most 4096.
_LONGEST_SIDE = 4096
_JPEG_QUALITIES = (88, 75, 60)


def convert_to_voice(source: Path, target: Path) -> None:
    """Writes the first sound track as OGG/OPUS mono; raises UnusableFile for what cannot be decoded."""
    try:
        with (
            av.open(str(source), metadata_errors="ignore") as incoming,
            av.open(str(target), "w", format="ogg") as outgoing,
        ):
            if not incoming.streams.audio:
                raise UnusableFile("audio_unreadable")
            stream = outgoing.add_stream("libopus", rate=_OPUS_RATE)
            stream.bit_rate = _OPUS_BITS_PER_SECOND
            stream.codec_context.layout = "mono"
            resampler = av.audio.resampler.AudioResampler(format="s16", layout="mono", rate=_OPUS_RATE)
            for frame in incoming.decode(audio=0):
                # Recordings made while they grow have gaps in their clocks; the encoder counts samples itself.
                frame.pts = None
                for part in resampler.resample(frame):
                    outgoing.mux(stream.encode(part))
            for part in resampler.resample(None):
                outgoing.mux(stream.encode(part))
            outgoing.mux(stream.encode(None))
    except (av.FFmpegError, OSError, ValueError) as error:
        raise UnusableFile("audio_unreadable") from error


def convert_picture(source: Path, target: Path, *, most_bytes: int) -> str:
    """Writes the picture as 8-bit PNG (if it is transparent) or JPEG of at most `most_bytes`; answers the type.

    Turns it upright by its EXIF, and leaves EXIF (with the place where it was taken) behind.
    """
    try:
        with Image.open(source) as opened:
            if getattr(opened, "is_animated", False):
                raise UnusableFile("picture_animated")
            if opened.width * opened.height > _MOST_PIXELS:
                raise UnusableFile("picture_too_many_pixels")
            picture = ImageOps.exif_transpose(opened)
            if _is_transparent(picture):
                picture.convert("RGBA").save(target, "PNG", optimize=True)
                if target.stat().st_size <= most_bytes:
                    return "image/png"
                picture = _on_white(picture)
            picture = picture.convert("RGB")
            for quality in _JPEG_QUALITIES:
                picture.save(target, "JPEG", quality=quality, optimize=True)
                if target.stat().st_size <= most_bytes:
                    return "image/jpeg"
                picture.thumbnail((_LONGEST_SIDE, _LONGEST_SIDE))
    except UnusableFile:
        raise
    except Image.DecompressionBombError as error:
        raise UnusableFile("picture_too_many_pixels") from error
    except (UnidentifiedImageError, OSError, ValueError, SyntaxError) as error:
        raise UnusableFile("picture_unreadable") from error
    raise UnusableFile("picture_too_many_pixels")


def _is_transparent(picture: Image.Image) -> bool:
    return picture.has_transparency_data and picture.convert("RGBA").getchannel("A").getextrema() != (
        255,
        255,
    )


def _on_white(picture: Image.Image) -> Image.Image:
    layered = picture.convert("RGBA")
    ground = Image.new("RGBA", layered.size, "white")
    return Image.alpha_composite(ground, layered)
