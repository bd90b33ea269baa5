"""A mail's subject, text and HTML, from its template and its values. Pure.

The HTML is one column of tables with styles on each element: what mail programs have understood for twenty years. No
picture is loaded from anywhere, so opening a mail tells nobody.
"""

import html
import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from string import Formatter
from typing import Final
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from inbox.mail.service import MailData, MailTemplate
from inbox.mail.texts import COMMON, TEXTS, MailText, known_locale

PROSA_COLOR: Final = "#4a45a8"

_COLOR: Final = re.compile("#[0-9a-fA-F]{6}")
# A line break in a subject would begin a header of its own.
_BREAKS: Final = re.compile(r"[\x00-\x1f\x7f\u2028\u2029]+")
_DARK_INK: Final = "#1f1d26"
_LIGHT_INK: Final = "#ffffff"
_FONT: Final = "-apple-system,BlinkMacSystemFont,'Segoe UI',Roboto,'Helvetica Neue',Arial,sans-serif"


@dataclass(frozen=True, slots=True)
class RenderedMail:
    subject: str
    text: str
    html: str


def render_mail(template: MailTemplate, locale: str, data: MailData) -> RenderedMail:
    locale = known_locale(locale)
    text, common = TEXTS[locale][template], COMMON[locale]
    values = _values(data, common.date_format)
    link = data.link if text.button and urlsplit(data.link).scheme in ("http", "https") else ""
    greeting = common.greeting if data.recipient_name else common.greeting_nobody
    footer = common.footer_account if data.account_name else common.footer
    lines = [greeting, *_told(text, values)]
    as_text = _fill(_plain, values)
    as_html = _fill(html.escape, values)
    return RenderedMail(
        subject=_plain(as_text(text.subject)),
        text=_text(as_text, text, lines, link, footer),
        html=_HTML.format(
            locale=locale,
            subject=as_html(text.subject),
            preheader=as_html(lines[1]),
            font=_FONT,
            color=brand_color(data.brand_color),
            ink=ink_on(brand_color(data.brand_color)),
            sender=html.escape(data.account_name or "Prosa"),
            heading=as_html(text.heading),
            body="".join(_PARAGRAPH.format(text=as_html(line)) for line in lines),
            button=_button(text.button, link, common.copy_link, brand_color(data.brand_color)),
            note=_NOTE.format(text=as_html(text.note)) if text.note else "",
            footer=as_html(footer),
        ),
    )


def brand_color(color: str | None) -> str:
    """#rrggbb; Prosa's own for what is none (it is put into a style)."""
    return color.lower() if color is not None and _COLOR.fullmatch(color) else PROSA_COLOR


def ink_on(color: str) -> str:
    """Dark or light, whichever has more contrast on it (WCAG 2.2, relative luminance)."""
    channels = [int(color[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    red, green, blue = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels)
    luminance = 0.2126 * red + 0.7152 * green + 0.0722 * blue
    # Equal contrast to white and to near-black is at about 0.18.
    return _DARK_INK if luminance > 0.1833 else _LIGHT_INK


def _values(data: MailData, date_format: str) -> dict[str, str]:
    values: dict[str, str] = {}
    for name in MailData.model_fields:
        value = getattr(data, name)
        values[name] = (
            _time(value, data.time_zone, date_format) if isinstance(value, datetime) else value or ""
        )
    return values


def _time(at: datetime, time_zone: str, date_format: str) -> str:
    try:
        zone = ZoneInfo(time_zone)
    except (ZoneInfoNotFoundError, ValueError):
        zone = ZoneInfo("UTC")
    return f"{at.astimezone(zone).strftime(date_format)} ({zone.key})"


def _told(text: MailText, values: dict[str, str]) -> list[str]:
    """Paragraphs all of whose values are there."""
    return [
        paragraph
        for paragraph in text.paragraphs
        if all(values[name] for _, name, _, _ in Formatter().parse(paragraph) if name)
    ]


def _fill(escape: Callable[[str], str], values: dict[str, str]) -> Callable[[str], str]:
    """The template's own words are escaped too; {names} have nothing to escape."""
    escaped = {name: escape(value) for name, value in values.items()}
    return lambda pattern: escape(pattern).format(**escaped)


def _plain(value: str) -> str:
    return _BREAKS.sub(" ", value).strip()


def _text(fill: Callable[[str], str], text: MailText, lines: list[str], link: str, footer: str) -> str:
    parts = [*(fill(line) for line in lines)]
    if link:
        parts.append(f"{text.button}:\n{link}")
    if text.note:
        parts.append(fill(text.note))
    parts.append(f"-- \n{fill(footer)}")
    return "\n\n".join(parts) + "\n"


def _button(label: str, link: str, copy_link: str, color: str) -> str:
    if not link:
        return ""
    return _BUTTON.format(
        link=html.escape(link, quote=True),
        label=html.escape(label),
        copy_link=html.escape(copy_link),
        color=color,
        ink=ink_on(color),
        font=_FONT,
    )


_PARAGRAPH: Final = '<p style="margin:0 0 16px;font-size:16px;line-height:1.55;color:#3a3642;">{text}</p>'
_NOTE: Final = (
    '<p style="margin:24px 0 0;padding-top:20px;border-top:1px solid #ece8e1;font-size:14px;line-height:1.5;'
    'color:#6b6572;">{text}</p>'
)
_BUTTON: Final = (
    '<table role="presentation" cellpadding="0" cellspacing="0" style="margin:8px 0 20px;"><tr>'
    '<td style="border-radius:10px;background:{color};">'
    '<a href="{link}" style="display:inline-block;padding:13px 26px;border-radius:10px;font-family:{font};font-size:16px;'
    'font-weight:600;line-height:1.2;color:{ink};text-decoration:none;">{label}</a></td></tr></table>'
    '<p style="margin:0 0 4px;font-size:13px;line-height:1.5;color:#6b6572;">{copy_link}</p>'
    '<p style="margin:0;font-size:13px;line-height:1.5;word-break:break-all;">'
    '<a href="{link}" style="color:#4b4653;">{link}</a></p>'
)
_HTML: Final = """<!doctype html>
<html lang="{locale}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light">
<title>{subject}</title>
</head>
<body style="margin:0;padding:0;background:#f4f1ec;">
<div style="display:none;max-height:0;overflow:hidden;">{preheader}</div>
<table role="presentation" width="100%" cellpadding="0" cellspacing="0" style="background:#f4f1ec;">
<tr><td align="center" style="padding:32px 16px;">
<table role="presentation" width="100%" cellpadding="0" cellspacing="0" style="max-width:560px;font-family:{font};">
<tr><td style="padding:18px 28px;border-radius:16px 16px 0 0;background:{color};color:{ink};font-size:17px;font-weight:650;letter-spacing:-0.01em;">{sender}</td></tr>
<tr><td style="padding:30px 28px 28px;border-radius:0 0 16px 16px;background:#ffffff;">
<h1 style="margin:0 0 18px;font-size:23px;line-height:1.25;letter-spacing:-0.02em;color:#25222b;">{heading}</h1>
{body}{button}{note}
</td></tr>
<tr><td style="padding:18px 28px;font-size:12px;line-height:1.5;color:#7c7683;">{footer}</td></tr>
</table>
</td></tr>
</table>
</body>
</html>
"""
