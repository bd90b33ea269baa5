"""Pictures, stickers and documents that virtual customers send, drawn at run time.

Every function is deterministic in its arguments and takes 10–60 ms: callers run them in a thread.
"""

import io
import math
import random
import unicodedata
from functools import lru_cache
from typing import Final

from PIL import Image, ImageDraw, ImageFilter, ImageFont

from server.sandbox.luck import build_luck

WIDTH: Final = 960
HEIGHT: Final = 1200
Colour = tuple[int, int, int]

WALLS: Final[tuple[tuple[Colour, Colour], ...]] = (
    ((236, 226, 212), (207, 190, 168)),
    ((214, 225, 226), (172, 190, 194)),
    ((228, 218, 226), (190, 174, 189)),
    ((222, 229, 214), (182, 194, 168)),
    ((238, 222, 206), (214, 180, 150)),
)
FABRICS: Final[tuple[Colour, ...]] = (
    (62, 92, 104),
    (150, 78, 60),
    (86, 104, 74),
    (196, 156, 92),
    (96, 84, 120),
)
WOOD: Final = (118, 82, 54)
INK: Final = (44, 44, 52)


def _gradient(size: tuple[int, int], top: Colour, bottom: Colour) -> Image.Image:
    column = Image.new("RGB", (1, size[1]))
    for y in range(size[1]):
        share = y / size[1]
        mixed = tuple(round(a + (b - a) * share) for a, b in zip(top, bottom, strict=True))
        column.putpixel((0, y), (mixed[0], mixed[1], mixed[2]))
    return column.resize(size)


def _shade(colour: Colour, factor: float) -> Colour:
    red, green, blue = (max(0, min(255, round(part * factor))) for part in colour)
    return (red, green, blue)


def _room(rng: random.Random) -> tuple[Image.Image, ImageDraw.ImageDraw]:
    """A wall and a floor in soft light."""
    top, bottom = rng.choice(WALLS)
    picture = _gradient((WIDTH, HEIGHT), top, bottom)
    floor = _gradient((WIDTH, HEIGHT - 800), _shade(bottom, 0.82), _shade(bottom, 0.62))
    picture.paste(floor, (0, 800))
    light = Image.new("L", (WIDTH, HEIGHT), 0)
    ImageDraw.Draw(light).ellipse((80, -320, 900, 640), fill=90)
    picture.paste(
        Image.new("RGB", picture.size, (255, 250, 240)), mask=light.filter(ImageFilter.GaussianBlur(120))
    )
    draw = ImageDraw.Draw(picture)
    draw.rectangle((0, 786, WIDTH, 802), fill=_shade(top, 0.96))
    return picture, draw


def _shadow(picture: Image.Image, box: tuple[int, int, int, int]) -> None:
    mask = Image.new("L", picture.size, 0)
    ImageDraw.Draw(mask).ellipse(box, fill=120)
    picture.paste(
        Image.new("RGB", picture.size, (30, 26, 24)), mask=mask.filter(ImageFilter.GaussianBlur(22))
    )


def _sofa(picture: Image.Image, draw: ImageDraw.ImageDraw, colour: Colour) -> None:
    _shadow(picture, (90, 890, 870, 985))
    for x in (150, 770):
        draw.rectangle((x, 900, x + 26, 950), fill=_shade(WOOD, 0.7))
    draw.rounded_rectangle((150, 520, 810, 800), 56, fill=_shade(colour, 0.86))
    draw.rounded_rectangle((110, 620, 250, 910), 54, fill=_shade(colour, 1.02))
    draw.rounded_rectangle((710, 620, 850, 910), 54, fill=_shade(colour, 0.94))
    draw.rounded_rectangle((226, 700, 480, 880), 34, fill=_shade(colour, 1.16))
    draw.rounded_rectangle((482, 700, 736, 880), 34, fill=_shade(colour, 1.08))
    draw.rounded_rectangle((270, 590, 420, 724), 28, fill=(224, 200, 160))


def _television(picture: Image.Image, draw: ImageDraw.ImageDraw, colour: Colour) -> None:
    _shadow(picture, (120, 930, 840, 1000))
    draw.rounded_rectangle((120, 820, 840, 960), 10, fill=WOOD)
    draw.rectangle((476, 836, 482, 944), fill=_shade(WOOD, 0.7))
    draw.rounded_rectangle((150, 380, 810, 780), 14, fill=(22, 22, 26))
    screen = _gradient((624, 364), _shade(colour, 1.6), _shade(colour, 0.6))
    picture.paste(screen, (168, 396))
    draw.polygon([(168, 396), (420, 396), (250, 760), (168, 760)], fill=_shade(colour, 1.7))
    draw.rectangle((440, 780, 520, 822), fill=(30, 30, 34))


def _fridge(picture: Image.Image, draw: ImageDraw.ImageDraw, colour: Colour) -> None:
    _shadow(picture, (270, 1000, 700, 1070))
    steel = (204, 208, 212)
    draw.rounded_rectangle((290, 260, 670, 1040), 22, fill=steel)
    draw.rounded_rectangle((290, 260, 420, 1040), 22, fill=_shade(steel, 1.1))
    draw.rectangle((290, 538, 670, 546), fill=_shade(steel, 0.7))
    for top, bottom in ((400, 520), (566, 760)):
        draw.rounded_rectangle((620, top, 640, bottom), 8, fill=_shade(steel, 0.62))
    draw.rounded_rectangle((360, 330, 440, 372), 8, fill=_shade(colour, 0.7))


def _lamp(picture: Image.Image, draw: ImageDraw.ImageDraw, colour: Colour) -> None:
    _shadow(picture, (360, 1000, 620, 1050))
    glow = Image.new("L", picture.size, 0)
    ImageDraw.Draw(glow).ellipse((190, 240, 790, 860), fill=150)
    picture.paste(
        Image.new("RGB", picture.size, (255, 232, 180)), mask=glow.filter(ImageFilter.GaussianBlur(90))
    )
    draw.rectangle((482, 560, 498, 1000), fill=INK)
    draw.ellipse((400, 986, 580, 1030), fill=INK)
    draw.polygon([(400, 330), (580, 330), (660, 580), (320, 580)], fill=_shade(colour, 1.25))


def _cracked_screen(picture: Image.Image, draw: ImageDraw.ImageDraw, colour: Colour) -> None:
    _shadow(picture, (280, 1010, 690, 1080))
    draw.rounded_rectangle((300, 260, 660, 1040), 54, fill=(20, 20, 24))
    picture.paste(_gradient((324, 708), _shade(colour, 1.5), _shade(colour, 0.7)), (318, 296))
    rng = build_luck(colour[0], "cracks")
    for _ in range(14):
        angle, x, y = rng.random() * math.tau, 560.0, 420.0
        for _ in range(5):
            nx, ny = x + math.cos(angle) * rng.uniform(18, 70), y + math.sin(angle) * rng.uniform(18, 70)
            nx, ny = min(640.0, max(320.0, nx)), min(1000.0, max(300.0, ny))
            draw.line((x, y, nx, ny), fill=(235, 240, 245), width=2)
            x, y, angle = nx, ny, angle + rng.uniform(-0.5, 0.5)


SUBJECTS: Final = {
    "sofa": _sofa,
    "tv": _television,
    "geladeira": _fridge,
    "luminaria": _lamp,
    "tela": _cracked_screen,
}


@lru_cache(maxsize=64)
def build_photo(subject: str, variant: int = 0) -> bytes:
    """A JPEG that looks like a snapshot of a thing in a room; unknown subjects become a sofa."""
    rng = build_luck(variant, subject)
    picture, draw = _room(rng)
    SUBJECTS.get(subject, _sofa)(picture, draw, rng.choice(FABRICS))
    picture = picture.rotate(rng.uniform(-1.4, 1.4), expand=False, fillcolor=(200, 190, 180)).crop(
        (20, 20, 940, 1180)
    )
    return _jpeg(picture.filter(ImageFilter.GaussianBlur(0.6)))


@lru_cache(maxsize=32)
def build_receipt(amount: str, name: str, reference: str) -> bytes:
    """A JPEG of a payment receipt (PIX)."""
    picture = Image.new("RGB", (720, 1080), (246, 247, 249))
    draw = ImageDraw.Draw(picture)
    draw.rectangle((0, 0, 720, 170), fill=(36, 120, 110))
    draw.text((48, 56), "Comprovante PIX", font=_font(46), fill="white")
    draw.ellipse((300, 220, 420, 340), fill=(36, 120, 110))
    draw.line((330, 282, 352, 306, 394, 256), fill="white", width=12, joint="curve")
    draw.text((360, 400), amount, font=_font(64), fill=INK, anchor="mm")
    rows = (
        ("Para", "Casa Prosa Móveis LTDA"),
        ("De", name),
        ("Instituição", "Banco do Bairro S.A."),
        ("Identificação", reference),
    )
    for number, (label, value) in enumerate(rows):
        top = 500 + number * 118
        draw.text((48, top), _plain(label), font=_font(26), fill=(120, 124, 130))
        draw.text((48, top + 36), _plain(value), font=_font(32), fill=INK)
        draw.line((48, top + 96, 672, top + 96), fill=(222, 225, 230), width=2)
    return _jpeg(picture)


@lru_cache(maxsize=32)
def build_document(title: str, lines: tuple[str, ...]) -> bytes:
    """A one-page PDF."""
    page = Image.new("RGB", (1240, 1754), "white")
    draw = ImageDraw.Draw(page)
    draw.rectangle((0, 0, 1240, 24), fill=(36, 96, 120))
    draw.text((110, 130), _plain(title), font=_font(58), fill=INK)
    draw.line((110, 226, 1130, 226), fill=(200, 205, 210), width=3)
    for number, line in enumerate(lines):
        draw.text((110, 290 + number * 62), _plain(line), font=_font(34), fill=(70, 74, 80))
    buffer = io.BytesIO()
    page.save(buffer, "PDF", resolution=150, title=title)
    return buffer.getvalue()


@lru_cache(maxsize=8)
def build_sticker(mood: str = "feliz") -> bytes:
    """A 512×512 WebP with a drawn face."""
    sticker = Image.new("RGBA", (512, 512), (0, 0, 0, 0))
    draw = ImageDraw.Draw(sticker)
    draw.ellipse((26, 26, 486, 486), fill="white")
    draw.ellipse((44, 44, 468, 468), fill=(255, 203, 76, 255))
    for x in (170, 314):
        draw.ellipse((x, 170, x + 34, 232), fill=(70, 44, 20))
    if mood == "triste":
        draw.arc((170, 300, 342, 420), 200, 340, fill=(70, 44, 20), width=16)
    else:
        draw.chord((150, 240, 362, 400), 10, 170, fill=(126, 44, 40))
        draw.ellipse((92, 250, 150, 300), fill=(255, 150, 110))
        draw.ellipse((362, 250, 420, 300), fill=(255, 150, 110))
    buffer = io.BytesIO()
    sticker.save(buffer, "WEBP", quality=80)
    return buffer.getvalue()


def _jpeg(picture: Image.Image) -> bytes:
    buffer = io.BytesIO()
    picture.save(buffer, "JPEG", quality=84)
    return buffer.getvalue()


def _plain(text: str) -> str:
    """Without accents: Pillow's built-in font has none, and system fonts differ between machines."""
    return "".join(char for char in unicodedata.normalize("NFKD", text) if not unicodedata.combining(char))


def _font(size: int) -> ImageFont.FreeTypeFont | ImageFont.ImageFont:
    return ImageFont.load_default(size)
