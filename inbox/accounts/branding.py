"""How an account looks: its colour, which must carry text, and its logo, which is a small clean picture."""

import re
from io import BytesIO
from typing import Final

from PIL import Image, ImageOps, UnidentifiedImageError

from inbox.kernel.errors import Invalid

# WCAG 2.2, success criterion 1.4.3 (AA): text on its ground.
_NEEDED_CONTRAST: Final = 4.5
_HEX: Final = re.compile(r"#[0-9a-f]{6}")
_DARKEN_STEP: Final = 0.96

MOST_LOGO_BYTES: Final = 1_000_000
"""1 MB, so that file and form fit the API's body limit of 1 MiB."""
LOGO_MIME_TYPE: Final = "image/png"
# Shown at 32–160 px; 512 serves screens with three dots a pixel.
_LOGO_PIXELS: Final = 512
# A picture of 1 MB can say that it is gigapixels; 40 megapixels are the best cameras'.
_MOST_PIXELS: Final = 40_000_000
_FORMATS: Final = ("PNG", "JPEG", "WEBP")

Rgb = tuple[float, float, float]


class UnreadableColor(Invalid):
    """Text in or on this colour would be hard to read. `suggestion` is the nearest that works."""

    code = "brand_color_unreadable"
    title = "This colour is too light for text"


class UnusableLogo(Invalid):
    code = "logo_unusable"
    title = "This picture cannot be the logo"


def check_brand_color(value: str) -> str:
    """Lower case #rrggbb that reaches 4.5:1 against white. Raises UnreadableColor with a darker `suggestion`."""
    color = value.strip().lower()
    if _HEX.fullmatch(color) is None:
        raise Invalid("a colour is written #rrggbb")
    contrast = contrast_with_white(color)
    if contrast < _NEEDED_CONTRAST:
        raise UnreadableColor(
            contrast=round(contrast, 2), needed=_NEEDED_CONTRAST, suggestion=_darkened(color)
        )
    return color


def contrast_with_white(color: str) -> float:
    """WCAG 2.2's ratio of relative luminances, 1 to 21."""
    channels = [_linear(share) for share in _shares(color)]
    luminance = 0.2126 * channels[0] + 0.7152 * channels[1] + 0.0722 * channels[2]
    return 1.05 / (luminance + 0.05)


def build_logo(content: bytes) -> bytes:
    """A PNG of at most 512 × 512 without metadata. Raises UnusableLogo with `reason_key`. For a worker thread: it decodes."""
    if len(content) > MOST_LOGO_BYTES:
        raise UnusableLogo("too large", reason_key="too_large", limit_bytes=MOST_LOGO_BYTES)
    try:
        with Image.open(BytesIO(content), formats=_FORMATS) as picture:
            if picture.width * picture.height > _MOST_PIXELS:
                raise UnusableLogo("too many pixels", reason_key="too_many_pixels")
            upright = ImageOps.exif_transpose(picture).convert("RGBA")
    except (UnidentifiedImageError, Image.DecompressionBombError, OSError, ValueError, SyntaxError) as error:
        raise UnusableLogo("not a PNG, JPEG or WebP picture", reason_key="not_a_picture") from error
    upright.thumbnail((_LOGO_PIXELS, _LOGO_PIXELS))
    target = BytesIO()
    # A new image holds pixels only: no EXIF, no colour profile, no comments.
    upright.info.clear()
    upright.save(target, "PNG", optimize=True)
    return target.getvalue()


def _darkened(color: str) -> str:
    shares = _shares(color)
    while contrast_with_white(_hex(shares)) < _NEEDED_CONTRAST:
        shares = (shares[0] * _DARKEN_STEP, shares[1] * _DARKEN_STEP, shares[2] * _DARKEN_STEP)
    return _hex(shares)


def _shares(color: str) -> Rgb:
    return int(color[1:3], 16) / 255, int(color[3:5], 16) / 255, int(color[5:7], 16) / 255


def _hex(shares: Rgb) -> str:
    return "#" + "".join(f"{int(share * 255):02x}" for share in shares)


def _linear(share: float) -> float:
    return share / 12.92 if share <= 0.04045 else ((share + 0.055) / 1.055) ** 2.4
