"""The certificate of an erasure: data with a mac, and the same as a page to print.

It proves three things later: that it is ours and unchanged (`mac`), whom it is about to whoever names the number or BSUID
(`subject.hashes`), and what was removed. It names nobody.
"""

import hmac
from collections.abc import Mapping
from datetime import datetime
from hashlib import sha256
from html import escape
from typing import Any, Final
from uuid import UUID
from zoneinfo import ZoneInfo

import orjson

from inbox.privacy.page import page, pick, spell_number, spell_time
from inbox.privacy.subjects import derive_key
from inbox.privacy.views import CertificateSubject, ErasureCertificate, ErasureView

LEGAL_BASIS: Final = "Lei 13.709/2018 (LGPD), art. 18, VI"

KEPT: Final[dict[str, dict[str, str]]] = {
    "ticket_times": {
        "pt-BR": "Horários, departamento, atendente e protocolo dos atendimentos, sem texto e sem nome.",
        "en": "Times, department, agent and protocol number of tickets, without text or name.",
    },
    "message_counts": {
        "pt-BR": "Uma linha por mensagem com direção, horário e situação de entrega, sem conteúdo, sem nome e sem número.",
        "en": "One row per message with direction, time and delivery status; no content, name or number.",
    },
    "consent_decisions": {
        "pt-BR": "Finalidade, decisão, base legal e data dos consentimentos, sem a evidência.",
        "en": "Purpose, decision, legal basis and date of consents, without the evidence.",
    },
    "audit_log": {
        "pt-BR": "O registro de auditoria, que nomeia clientes apenas por um identificador interno.",
        "en": "The audit log, which names customers by an internal id only.",
    },
}
NOT_COVERED: Final[dict[str, dict[str, str]]] = {
    "meta": {
        "pt-BR": "Cópias no WhatsApp e nos aparelhos, sob responsabilidade da Meta e do titular.",
        "en": "Copies at WhatsApp and on the devices, which are Meta's and the person's own.",
    },
    "backups": {
        "pt-BR": "Cópias de segurança feitas antes desta data, até o fim do prazo delas.",
        "en": "Backups made before this date, until they expire.",
    },
    "downloads": {
        "pt-BR": "Arquivos já baixados por pessoas autorizadas e exportações da conta inteira ainda não expiradas.",
        "en": "Files that authorised people have downloaded, and unexpired exports of the whole account.",
    },
    "mentions": {
        "pt-BR": "O que outras pessoas escreveram sobre o titular em conversas delas.",
        "en": "What others wrote about the person in conversations of their own.",
    },
}


def build_certificate(
    erasure: ErasureView, *, account_id: UUID, account_name: str, hashes: list[str], done_at: datetime, key: bytes
) -> ErasureCertificate:  # fmt: skip
    """`key`: Database.audit_key."""
    certificate = ErasureCertificate(
        id=erasure.id,
        account_id=account_id,
        account_name=account_name,
        subject=CertificateSubject(
            contact_id=erasure.contact_id, algorithm="HMAC-SHA256", hashes=sorted(hashes)
        ),
        reason=erasure.reason,
        requested_by=erasure.requested_by,
        requested_by_name=erasure.requested_by_name,
        requested_at=erasure.requested_at,
        done_at=done_at,
        removed=erasure.removed,
        kept=list(KEPT),
        not_covered=list(NOT_COVERED),
        legal_basis=LEGAL_BASIS,
        mac="",
    )
    return certificate.model_copy(update={"mac": certificate_mac(certificate, key)})


def certificate_mac(certificate: ErasureCertificate, key: bytes) -> str:
    """What `mac` must be."""
    covered = certificate.model_dump(mode="json", exclude={"mac"})
    encoded = orjson.dumps(covered, option=orjson.OPT_SORT_KEYS)
    return hmac.new(derive_key(key, b"certificates"), encoded, sha256).hexdigest()


# ── on paper ────────────────────────────────────────────────────────────────────────────────────────────────────────

REMOVED: Final[dict[str, dict[str, str]]] = {
    "identities": {"pt-BR": "Números e identificadores do WhatsApp", "en": "WhatsApp numbers and ids"},
    "contact_fields": {"pt-BR": "Nomes, campos e etiquetas do cadastro", "en": "Names, fields and tags"},
    "messages": {"pt-BR": "Conteúdos de mensagens", "en": "Message contents"},
    "message_versions": {"pt-BR": "Versões anteriores de mensagens", "en": "Earlier versions of messages"},
    "files": {"pt-BR": "Arquivos", "en": "Files"},
    "reactions": {"pt-BR": "Reações", "en": "Reactions"},
    "statuses": {"pt-BR": "Situações de entrega anonimizadas", "en": "Delivery statuses made anonymous"},
    "outbox": {"pt-BR": "Mensagens na fila de envio canceladas", "en": "Queued messages cancelled"},
    "tickets_closed": {"pt-BR": "Atendimentos encerrados", "en": "Open tickets closed"},
    "tickets": {"pt-BR": "Prévias e anotações de atendimentos", "en": "Ticket previews and notes"},
    "conversations": {"pt-BR": "Conversas desvinculadas", "en": "Conversations detached"},
    "consents": {"pt-BR": "Evidências de consentimento", "en": "Evidence of consents"},
    "webhooks": {"pt-BR": "Webhooks retidos", "en": "Parked webhooks"},
    "number_updates": {"pt-BR": "Avisos da Meta sobre o titular", "en": "Meta's notices about the person"},
    "events": {
        "pt-BR": "Registros do diário de eventos reescritos",
        "en": "Entries of the event log rewritten",
    },
    "exports": {"pt-BR": "Exportações do titular", "en": "Exports of the person's data"},
    "jobs": {"pt-BR": "Tarefas em segundo plano", "en": "Background jobs"},
}


def print_page(certificate: ErasureCertificate, locale: str, time_zone: str) -> str:
    texts = _TEXTS.get(locale, _TEXTS["en"])
    zone = ZoneInfo(time_zone)
    who = certificate.requested_by_name or texts["by_retention"]
    rows = [
        (texts["company"], escape(certificate.account_name)),
        (texts["number"], f"<code>{certificate.id}</code>"),
        (texts["requested"], f"{spell_time(certificate.requested_at, zone, locale)}, {escape(who)}"),
        (texts["reason"], escape(certificate.reason)),
        (texts["done"], f"<strong>{spell_time(certificate.done_at, zone, locale)}</strong>"),
        (texts["basis"], escape(certificate.legal_basis)),
    ]
    removed = "".join(
        f'<tr><td>{escape(pick(REMOVED.get(name, {}), locale, name))}</td><td class="figure">{spell_number(count, locale)}</td></tr>'
        for name, count in sorted(certificate.removed.items())
        if count
    )
    hashes = "".join(f"<li><code>{hash_}</code></li>" for hash_ in certificate.subject.hashes)
    body = f"""
<header><p class="eyebrow">Prosa</p><h1>{texts["title"]}</h1></header>
<table class="facts">{"".join(f"<tr><th>{name}</th><td>{value}</td></tr>" for name, value in rows)}</table>
<h2>{texts["removed"]}</h2><table class="counts">{removed or f"<tr><td>{texts['nothing']}</td></tr>"}</table>
<h2>{texts["kept"]}</h2>{_list(certificate.kept, KEPT, locale)}
<h2>{texts["not_covered"]}</h2>{_list(certificate.not_covered, NOT_COVERED, locale)}
<h2>{texts["subject"]}</h2><p>{texts["subject_text"]}</p><ul class="codes">{hashes or f"<li>{texts['no_hash']}</li>"}</ul>
<h2>{texts["proof"]}</h2><p>{texts["proof_text"]}</p><p><code>{certificate.mac}</code></p>
"""
    return page(texts["title"], body, locale)


def _list(keys: list[str], texts: Mapping[str, Mapping[str, str]], locale: str) -> str:
    items = "".join(f"<li>{escape(pick(texts.get(key, {}), locale, key))}</li>" for key in keys)
    return f"<ul>{items}</ul>"


_TEXTS: Final[dict[str, dict[str, Any]]] = {
    "pt-BR": {
        "title": "Certificado de eliminação de dados pessoais",
        "company": "Controlador",
        "number": "Número",
        "requested": "Solicitada em",
        "reason": "Motivo",
        "done": "Concluída em",
        "basis": "Base legal",
        "by_retention": "regras de retenção da conta",
        "removed": "O que foi eliminado",
        "nothing": "Não havia nada a eliminar.",
        "kept": "O que permanece, sem identificar ninguém",
        "not_covered": "O que está fora do alcance deste sistema",
        "subject": "Titular",
        "subject_text": "Este certificado não contém nome nem número. Quem informar o número de telefone ou o identificador do WhatsApp pode "
        "confirmar, em Privacidade, que ele corresponde a um destes códigos:",
        "no_hash": "O contato não tinha número nem identificador.",
        "proof": "Autenticidade",
        "proof_text": "Código de autenticação deste certificado (HMAC-SHA256); também consta do registro de auditoria.",
    },
    "en": {
        "title": "Certificate of erasure of personal data",
        "company": "Controller",
        "number": "Number",
        "requested": "Requested",
        "reason": "Reason",
        "done": "Completed",
        "basis": "Legal basis",
        "by_retention": "the account's retention rules",
        "removed": "What was erased",
        "nothing": "There was nothing to erase.",
        "kept": "What stays, naming nobody",
        "not_covered": "What is out of this system's reach",
        "subject": "Person",
        "subject_text": "This certificate holds no name and no number. Whoever states the telephone number or the WhatsApp id can confirm, "
        "under Privacy, that it belongs to one of these codes:",
        "no_hash": "The contact had neither a number nor an id.",
        "proof": "Authenticity",
        "proof_text": "Authentication code of this certificate (HMAC-SHA256); the audit log holds it too.",
    },
}
