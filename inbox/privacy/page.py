"""Pages that stand alone: one file, no scripts, nothing fetched, good on screen and on paper. What people wrote is escaped."""

from collections.abc import Mapping
from datetime import date, datetime
from html import escape
from typing import Final
from zoneinfo import ZoneInfo

_MONTHS: Final = {
    "pt-BR": ["janeiro", "fevereiro", "março", "abril", "maio", "junho", "julho", "agosto", "setembro", "outubro",
              "novembro", "dezembro"],
    "en": ["January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November",
           "December"],
}  # fmt: skip


def page(title: str, body: str, locale: str) -> str:
    return page_start(title, locale) + body + PAGE_END


def page_start(title: str, locale: str) -> str:
    """Everything before the body's content; with PAGE_END a page can be written piece by piece."""
    return (
        f'<!doctype html>\n<html lang="{escape(locale)}"><head><meta charset="utf-8">'
        f'<meta name="viewport" content="width=device-width"><meta http-equiv="Content-Security-Policy" content="default-src '
        f"'none'; style-src 'unsafe-inline'; img-src 'self' data: file:; media-src 'self' file:\">"
        f"<title>{escape(title)}</title><style>{_STYLE}</style></head><body><main>"
    )


PAGE_END: Final = "</main></body></html>\n"


def pick(texts: Mapping[str, str], locale: str, default: str) -> str:
    return texts.get(locale) or texts.get("en") or default


def spell_day(day: date, locale: str) -> str:
    months = _MONTHS.get(locale, _MONTHS["en"])
    month = months[day.month - 1]
    return f"{day.day} de {month} de {day.year}" if locale == "pt-BR" else f"{month} {day.day}, {day.year}"


def spell_time(at: datetime, zone: ZoneInfo, locale: str) -> str:
    local = at.astimezone(zone)
    offset = f"{local:%z}"
    return f"{spell_day(local.date(), locale)}, {local:%H:%M:%S} (UTC{offset[:3]}:{offset[3:]})"


def spell_number(number: int, locale: str) -> str:
    grouped = f"{number:,}"
    return grouped.replace(",", ".") if locale == "pt-BR" else grouped


_STYLE: Final = """
:root{--ink:#1d2939;--soft:#667085;--line:#e4e7ec;--in:#fff;--out:#e3f4ec;--ground:#f4f5f7;--mark:#0b7a5c}
*{box-sizing:border-box}
body{margin:0;background:var(--ground);color:var(--ink);font:15px/1.5 system-ui,"Segoe UI",Roboto,sans-serif}
main{max-width:52rem;margin:0 auto;padding:2.5rem 1.5rem 4rem}
h1{font-size:1.65rem;line-height:1.25;margin:.2rem 0 1.5rem}
h2{font-size:1.05rem;margin:2rem 0 .6rem}
h3{font-size:.95rem;margin:1.5rem 0 .5rem}
.eyebrow{margin:0;color:var(--mark);font-weight:600;letter-spacing:.04em}
table{border-collapse:collapse;width:100%;background:#fff;border:1px solid var(--line);border-radius:8px}
th,td{padding:.5rem .75rem;text-align:left;vertical-align:top;border-top:1px solid var(--line)}
tr:first-child>th,tr:first-child>td{border-top:0}
.facts th{width:14rem;font-weight:600}
.figure{text-align:right;font-variant-numeric:tabular-nums}
td code{white-space:nowrap}
code{font:.85em ui-monospace,Menlo,Consolas,monospace;overflow-wrap:anywhere}
ul{padding-left:1.2rem}
.codes{list-style:none;padding:0}
.soft{color:var(--soft)}
.day{margin:1.5rem 0 .75rem;text-align:center;color:var(--soft);font-size:.85rem}
.day span{background:#fff;border:1px solid var(--line);border-radius:99px;padding:.15rem .8rem}
.ticket{margin:1rem 0;padding:.4rem .75rem;border-left:3px solid var(--mark);background:#fff;font-size:.85rem}
.message{max-width:78%;margin:.35rem 0;padding:.45rem .7rem;background:var(--in);border:1px solid var(--line);border-radius:10px;
content-visibility:auto;contain-intrinsic-block-size:auto 4rem;overflow-wrap:anywhere}
.message.out{margin-left:auto;background:var(--out)}
.message p{margin:.15rem 0;white-space:pre-wrap}
.meta{color:var(--soft);font-size:.78rem}
.quote{margin:.2rem 0;padding:.15rem .5rem;border-left:3px solid var(--line);color:var(--soft);font-size:.88rem}
.message img,.message video{max-width:100%;max-height:22rem;border-radius:6px;display:block}
.message audio{width:100%}
@media print{body{background:#fff;font-size:11pt}main{max-width:none;padding:0}
.message,.ticket,tr{break-inside:avoid;content-visibility:visible}h2,h3,.day{break-after:avoid}
.message video,.message audio{display:none}@page{margin:18mm 15mm}}
"""
