"""The readable half of a contact's copy: one page with everything, written piece by piece. Pure.

What people wrote is escaped; files are named by their path beside the page.
"""

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from html import escape
from typing import Any, Final
from urllib.parse import quote
from zoneinfo import ZoneInfo

import orjson

from inbox.conversations.preview import preview_text
from inbox.privacy.archive_views import (
    ArchivedConsent,
    ArchivedContact,
    ArchivedConversation,
    ArchivedFile,
    ArchivedIdentity,
    ArchivedMessage,
    ArchivedTicket,
)
from inbox.privacy.page import pick, spell_day, spell_time
from inbox.whatsapp.phone import format_phone


class ArchivePage:
    """Knows the language and the clock; keeps the day that was written last."""

    def __init__(self, locale: str, time_zone: str) -> None:
        self.locale = locale if locale in _TEXTS else "en"
        self._zone = ZoneInfo(time_zone)
        self._day: date | None = None
        self._said: dict[str, str] = {}

    def say(self, key: str) -> str:
        return _TEXTS[self.locale][key]

    def head(
        self, account: str, made_at: datetime, contact: ArchivedContact, identities: Iterable[ArchivedIdentity],
        consents: Sequence[ArchivedConsent], tickets: Sequence[ArchivedTicket],
    ) -> str:  # fmt: skip
        """Who they are, what they allowed, and their tickets."""
        name = contact.name or contact.profile_name or contact.phone or contact.bsuid or ""
        rows = [
            (self.say("name"), contact.name),
            (self.say("profile_name"), contact.profile_name),
            (self.say("username"), contact.username),
            (self.say("phone"), contact.phone),
            (self.say("identities"), ", ".join(map(_spell_identity, identities))),
            (self.say("tags"), ", ".join(contact.tags)),
            *((key, _plain(value)) for key, value in contact.fields.items()),
            (self.say("since"), self._time(contact.created_at)),
        ]
        facts = "".join(
            f"<tr><th>{escape(key)}</th><td>{escape(value)}</td></tr>" for key, value in rows if value
        )
        return f"""<header><p class="eyebrow">{escape(account)}</p><h1>{escape(self.say("title"))}: {escape(name)}</h1>
<p class="soft">{escape(self.say("made"))} {self._time(made_at)}. {escape(self.say("law"))}</p></header>
<h2>{escape(self.say("contact"))}</h2><table class="facts">{facts}</table>
<h2>{escape(self.say("consents"))}</h2>{self._consents(consents)}
<h2>{escape(self.say("tickets"))}</h2>{self._tickets(tickets)}
"""

    def _consents(self, consents: Sequence[ArchivedConsent]) -> str:
        if not consents:
            return f'<p class="soft">{escape(self.say("none"))}</p>'
        rows = "".join(
            f"<tr><td>{self._time(consent.at)}</td><td>{escape(consent.purpose)}</td>"
            f"<td>{escape(self.say('granted' if consent.granted else 'refused'))}</td>"
            f"<td>{escape(self._basis(consent.legal_basis))}</td><td>{escape(consent.evidence or consent.source)}</td></tr>"
            for consent in consents
        )
        names = (self.say(key) for key in ("when", "purpose", "decision", "basis", "evidence"))
        return f"<table><tr>{''.join(f'<th>{escape(name)}</th>' for name in names)}</tr>{rows}</table>"

    def _tickets(self, tickets: Sequence[ArchivedTicket]) -> str:
        if not tickets:
            return f'<p class="soft">{escape(self.say("none"))}</p>'
        rows = "".join(
            f"<tr><td><code>{escape(ticket.protocol)}</code></td><td>{escape(ticket.department)}</td>"
            f"<td>{escape(ticket.assignee)}</td><td>{self._time(ticket.created_at)}</td>"
            f"<td>{self._time(ticket.closed_at) if ticket.closed_at else escape(self.say('open'))}</td></tr>"
            for ticket in tickets
        )
        names = (self.say(key) for key in ("protocol", "department", "agent", "opened", "closed"))
        return f"<table><tr>{''.join(f'<th>{escape(name)}</th>' for name in names)}</tr>{rows}</table>"

    def conversation(self, conversation: ArchivedConversation) -> str:
        self._day = None
        self._said.clear()
        return (
            f"<h2>{escape(self.say('conversation'))}: {escape(conversation.number_name)} "
            f'<span class="soft">{escape(format_phone(conversation.display_phone_number))}</span></h2>'
        )

    def ticket(self, ticket: ArchivedTicket) -> str:
        """Where it begins between the messages."""
        who = f", {ticket.assignee}" if ticket.assignee else ""
        return (
            f'<div class="ticket">{escape(self.say("ticket"))} <code>{escape(ticket.protocol)}</code>: '
            f"{escape(ticket.department)}{escape(who)}</div>"
        )

    def message(self, message: ArchivedMessage) -> str:
        local = message.at.astimezone(self._zone)
        day = ""
        if local.date() != self._day:
            self._day = local.date()
            day = f'<div class="day"><span>{escape(spell_day(self._day, self.locale))}</span></div>'
        side = " out" if message.direction == "out" else ""
        marks = [f"{local:%H:%M}"]
        if message.author:
            marks.insert(0, message.author)
        if message.edited_at:
            marks.append(self.say("edited"))
        if message.deleted_at:
            marks.append(self.say("deleted"))
        if message.direction == "out":
            marks.append(pick(_STATUSES.get(message.status, {}), self.locale, message.status))
        reactions = " ".join(escape(reaction.emoji) for reaction in message.reactions)
        return (
            f'{day}<article class="message{side}">{"".join(self._file(file) for file in message.files)}'
            f"{self._quote(message)}{self._content(message.kind, message.content)}{self._versions(message)}"
            f'<div class="meta">{escape(" · ".join(marks))} {reactions}</div></article>'
        )

    def _quote(self, message: ArchivedMessage) -> str:
        """What it answers, if that was said not long before."""
        if message.wamid is not None:
            self._said[message.wamid] = preview_text(message.kind, message.content)
            if len(self._said) > _REMEMBERED:
                del self._said[next(iter(self._said))]
        quoted = self._said.get((message.context or {}).get("quoted_wamid", ""))
        return f'<div class="quote">{escape(quoted)}</div>' if quoted else ""

    def _versions(self, message: ArchivedMessage) -> str:
        return "".join(
            f'<div class="quote">{escape(self.say("before_edit"))}: {escape(words_of(version.kind, version.content))}</div>'
            for version in message.versions
        )

    def _file(self, file: ArchivedFile) -> str:
        name = escape(file.file_name or file.mime_type)
        if file.path is None:
            return f'<p class="soft">{name} ({escape(self.say("no_file"))})</p>'
        address = quote(file.path)
        family = file.mime_type.partition("/")[0]
        if family == "image":
            return f'<img src="{address}" alt="{name}" loading="lazy">'
        if family in ("audio", "video"):
            return f'<{family} src="{address}" controls preload="none"></{family}><p><a href="{address}">{name}</a></p>'
        return f'<p><a href="{address}">{name}</a></p>'

    def _content(self, kind: str, content: dict[str, Any]) -> str:
        words = words_of(kind, content)
        label = pick(_KINDS.get(kind, {}), self.locale, "" if kind in _SPEAK_FOR_THEMSELVES else kind)
        named = f'<p class="soft">{escape(label)}</p>' if label else ""
        return f"{named}<p>{escape(words)}</p>" if words else named

    def _basis(self, basis: str) -> str:
        return pick(_BASES.get(basis, {}), self.locale, basis)

    def _time(self, at: datetime) -> str:
        return escape(spell_time(at, self._zone, self.locale))


def words_of(kind: str, content: dict[str, Any]) -> str:
    """A message in words, in full. What has none of its own is spelled out as its data."""
    if kind in ("text", "image", "video", "document", "button", "system"):
        words = content.get("body") or content.get("caption") or content.get("text")
        return words if isinstance(words, str) else ""
    if kind in ("audio", "sticker", "erased", "unreadable"):
        return ""
    if kind == "location":
        place = (
            content.get("name"),
            content.get("address"),
            f"{content.get('latitude')}, {content.get('longitude')}",
        )
        return "\n".join(str(part) for part in place if part)
    if kind == "contacts" and isinstance(content.get("contacts"), list):
        return "\n".join(_card_words(card) for card in content["contacts"] if isinstance(card, dict))
    line = preview_text(kind, content)
    rest = orjson.dumps(content, option=orjson.OPT_INDENT_2).decode() if content else ""
    return f"{line}\n{rest}".strip()


def _card_words(card: dict[str, Any]) -> str:
    """A shared contact: the name, and every string under it (numbers, addresses) on one line."""
    found: list[str] = []

    def collect(value: Any) -> None:
        if isinstance(value, dict):
            for item in value.values():
                collect(item)
        elif isinstance(value, list):
            for item in value:
                collect(item)
        elif isinstance(value, str) and value and value not in found:
            found.append(value)

    collect(card)
    return ", ".join(found)


def _spell_identity(identity: ArchivedIdentity) -> str:
    return format_phone(identity.value) if identity.kind == "phone" else identity.value


def _plain(value: Any) -> str:
    return value if isinstance(value, str) else orjson.dumps(value).decode()


# Answers quote what was said lately; 2,000 short lines are less than half a megabyte.
_REMEMBERED: Final = 2000

_SPEAK_FOR_THEMSELVES: Final = frozenset({"text", "image", "video", "audio", "document", "sticker", "button"})

_TEXTS: Final = {
    "pt-BR": {
        "title": "Dados pessoais", "made": "Gerado em", "law": "Cópia dos dados pessoais do titular (LGPD, art. 18, II e V).",
        "contact": "Cadastro", "name": "Nome dado pela empresa", "profile_name": "Nome no WhatsApp", "username": "Usuário",
        "phone": "Telefone", "identities": "Identificadores", "tags": "Etiquetas", "since": "Primeiro contato",
        "consents": "Consentimentos", "none": "Nenhum registro.", "granted": "Concedido", "refused": "Negado ou revogado",
        "when": "Data", "purpose": "Finalidade", "decision": "Decisão", "basis": "Base legal", "evidence": "Evidência ou origem",
        "tickets": "Atendimentos", "ticket": "Atendimento", "protocol": "Protocolo", "department": "Departamento",
        "agent": "Atendente", "opened": "Abertura", "closed": "Encerramento", "open": "em andamento",
        "conversation": "Conversa com", "edited": "editada", "deleted": "apagada", "before_edit": "Antes da edição",
        "no_file": "arquivo não disponível",
    },
    "en": {
        "title": "Personal data", "made": "Made", "law": "Copy of the person's data (LGPD, article 18, II and V).",
        "contact": "Contact", "name": "Name given by the company", "profile_name": "Name on WhatsApp", "username": "Username",
        "phone": "Telephone", "identities": "Identifiers", "tags": "Tags", "since": "First contact",
        "consents": "Consents", "none": "None on record.", "granted": "Granted", "refused": "Refused or withdrawn",
        "when": "When", "purpose": "Purpose", "decision": "Decision", "basis": "Legal basis", "evidence": "Evidence or source",
        "tickets": "Tickets", "ticket": "Ticket", "protocol": "Protocol", "department": "Department",
        "agent": "Agent", "opened": "Opened", "closed": "Closed", "open": "open",
        "conversation": "Conversation with", "edited": "edited", "deleted": "deleted", "before_edit": "Before the edit",
        "no_file": "file not available",
    },
}  # fmt: skip

_STATUSES: Final = {
    "queued": {"pt-BR": "na fila", "en": "queued"},
    "sending": {"pt-BR": "enviando", "en": "sending"},
    "unconfirmed": {"pt-BR": "não confirmada", "en": "unconfirmed"},
    "sent": {"pt-BR": "enviada", "en": "sent"},
    "delivered": {"pt-BR": "entregue", "en": "delivered"},
    "read": {"pt-BR": "lida", "en": "read"},
    "played": {"pt-BR": "ouvida", "en": "played"},
    "failed": {"pt-BR": "não enviada", "en": "failed"},
}

_KINDS: Final = {
    "location": {"pt-BR": "Localização", "en": "Location"},
    "contacts": {"pt-BR": "Contatos", "en": "Contacts"},
    "interactive": {"pt-BR": "Mensagem interativa", "en": "Interactive message"},
    "template": {"pt-BR": "Modelo de mensagem", "en": "Message template"},
    "order": {"pt-BR": "Pedido", "en": "Order"},
    "reaction": {"pt-BR": "Reação", "en": "Reaction"},
    "system": {"pt-BR": "Aviso do WhatsApp", "en": "WhatsApp notice"},
    "unsupported": {"pt-BR": "Mensagem de tipo não reconhecido", "en": "Message of an unknown type"},
    "erased": {"pt-BR": "Conteúdo eliminado", "en": "Content erased"},
    "unreadable": {"pt-BR": "Conteúdo que não pode ser aberto", "en": "Content that cannot be opened"},
}

_BASES: Final = {
    "consent": {"pt-BR": "Consentimento (art. 7º, I)", "en": "Consent (art. 7, I)"},
    "legal_obligation": {"pt-BR": "Obrigação legal (art. 7º, II)", "en": "Legal obligation (art. 7, II)"},
    "public_policy": {"pt-BR": "Políticas públicas (art. 7º, III)", "en": "Public policy (art. 7, III)"},
    "research": {"pt-BR": "Pesquisa (art. 7º, IV)", "en": "Research (art. 7, IV)"},
    "contract": {"pt-BR": "Execução de contrato (art. 7º, V)", "en": "Contract (art. 7, V)"},
    "legal_claims": {"pt-BR": "Exercício de direitos (art. 7º, VI)", "en": "Legal claims (art. 7, VI)"},
    "vital_interest": {"pt-BR": "Proteção da vida (art. 7º, VII)", "en": "Vital interest (art. 7, VII)"},
    "health": {"pt-BR": "Tutela da saúde (art. 7º, VIII)", "en": "Health (art. 7, VIII)"},
    "legitimate_interest": {
        "pt-BR": "Legítimo interesse (art. 7º, IX)",
        "en": "Legitimate interest (art. 7, IX)",
    },
    "credit": {"pt-BR": "Proteção do crédito (art. 7º, X)", "en": "Credit protection (art. 7, X)"},
}
