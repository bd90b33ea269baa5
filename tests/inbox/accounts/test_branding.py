"""Colours that carry text, and logos that are nothing but a small picture."""

from io import BytesIO

import pytest
from PIL import Image

from inbox.accounts.branding import (
    MOST_LOGO_BYTES,
    UnreadableColor,
    UnusableLogo,
    build_logo,
    check_brand_color,
    contrast_with_white,
)
from inbox.kernel.errors import Invalid


def picture(format_: str, size: tuple[int, int] = (900, 300), **values: object) -> bytes:
    target = BytesIO()
    Image.new("RGB", size, "#2f7d6b").save(target, format_, **values)
    return target.getvalue()


def test_contrast_is_as_wcag_counts_it() -> None:
    assert contrast_with_white("#ffffff") == pytest.approx(1)
    assert contrast_with_white("#000000") == pytest.approx(21)
    assert contrast_with_white("#767676") == pytest.approx(4.54, abs=0.01)  # WCAG's own example of the limit


def test_a_readable_colour_is_taken_in_lower_case() -> None:
    assert check_brand_color(" #2F7D6B ") == "#2f7d6b"


def test_a_light_colour_is_refused_with_a_darker_one_that_works() -> None:
    with pytest.raises(UnreadableColor) as refused:
        check_brand_color("#ffc400")
    suggestion = refused.value.extra["suggestion"]
    assert check_brand_color(suggestion) == suggestion
    assert contrast_with_white(suggestion) < 5


@pytest.mark.parametrize("value", ["teal", "#fff", "#12345g", "2f7d6b", ""])
def test_what_is_no_colour_is_refused(value: str) -> None:
    with pytest.raises(Invalid):
        check_brand_color(value)


@pytest.mark.parametrize("format_", ["PNG", "JPEG", "WEBP"])
def test_a_logo_becomes_a_small_png(format_: str) -> None:
    with Image.open(BytesIO(build_logo(picture(format_)))) as logo:
        assert (logo.format, logo.size) == ("PNG", (512, 171))


def test_a_logo_keeps_no_metadata() -> None:
    exif = Image.Exif()
    exif[0x010E] = "secret description"
    content = picture("JPEG", exif=exif)
    assert b"secret description" in content
    assert b"secret description" not in build_logo(content)


def test_transparency_stays() -> None:
    target = BytesIO()
    Image.new("RGBA", (40, 40), (0, 0, 0, 0)).save(target, "PNG")
    with Image.open(BytesIO(build_logo(target.getvalue()))) as logo:
        assert logo.mode == "RGBA"
        assert logo.getpixel((5, 5)) == (0, 0, 0, 0)


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"not a picture",
        b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>",
        picture("GIF"),
        picture("PNG")[:200],
        b"x" * (MOST_LOGO_BYTES + 1),
    ],
    ids=["empty", "text", "svg", "gif", "cut", "too large"],
)
def test_anything_else_is_refused(content: bytes) -> None:
    with pytest.raises(UnusableLogo):
        build_logo(content)


def test_a_picture_that_would_fill_the_memory_is_refused_before_it_is_decoded() -> None:
    content = picture("PNG", (8000, 6000))
    assert len(content) < MOST_LOGO_BYTES
    with pytest.raises(UnusableLogo):
        build_logo(content)
