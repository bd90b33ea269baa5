"""The table of Graph error codes: what each means, whether trying again helps, and how to say it to an operator.

Source of codes and retry rules: Cloud API "Error codes" and "Throughput" pages, read 2026-11; codes that only public
libraries or issues show are marked. Decide on the code, never on the HTTP status or on Meta's text: rate limits come
with status 400, and texts change.
"""

from enum import StrEnum
from typing import NamedTuple


class Handling(StrEnum):
    """What a synchronous error calls for. The first four are retried, with growing pauses."""

    SOON = "soon"
    """Seconds: the number's throughput. Surely not sent."""
    PAIR = "pair"
    """4^n seconds: Meta's own advice for the rate towards one user. Surely not sent."""
    AFTER_A_MINUTE = "after_a_minute"
    """A throughput upgrade takes the number away for up to a minute."""
    MINUTES = "minutes"
    """Hourly call quotas and busy servers."""
    AMBIGUOUS = "ambiguous"
    """Meta failed inside; the message may have gone out."""
    NEVER = "never"
    """The same request fails again."""


class Meaning(NamedTuple):
    pt_br: str
    en: str
    handling: Handling = Handling.NEVER
    needs_template: bool = False
    """Only an approved template reaches this customer now."""
    alarm: bool = False
    """Every message of the number or account fails until somebody acts."""
    manual_retry: bool = True
    """Whether a retry button makes sense once the message has failed."""


# fmt: off
MEANINGS: dict[str, Meaning] = {
    "token": Meaning(
        "O acesso deste número ao WhatsApp expirou ou foi revogado. Avise o administrador.",
        "This number's access to WhatsApp has expired or was revoked. Tell your administrator.", alarm=True),
    "permission": Meaning(
        "Falta uma permissão da Meta para este número. Avise o administrador.",
        "A permission from Meta is missing for this number. Tell your administrator.", alarm=True),
    "meta_failed": Meaning(
        "O WhatsApp teve uma falha interna. A mensagem pode ter sido enviada.",
        "WhatsApp had an internal failure. The message may have been sent.", Handling.AMBIGUOUS),
    "call_quota": Meaning(
        "Muitas chamadas à Meta na última hora. Tentaremos de novo em alguns minutos.",
        "Too many calls to Meta in the last hour. We try again in a few minutes.", Handling.MINUTES),
    "throughput": Meaning(
        "O número está enviando mais rápido do que o WhatsApp permite.",
        "The number is sending faster than WhatsApp allows.", Handling.SOON),
    "pair_rate": Meaning(
        "Muitas mensagens seguidas para este contato. O WhatsApp pediu uma pausa.",
        "Too many messages in a row to this contact. WhatsApp asked for a pause.", Handling.PAIR),
    "spam_limit": Meaning(
        "O WhatsApp limitou este número porque muitas mensagens foram bloqueadas ou denunciadas.",
        "WhatsApp has limited this number because many messages were blocked or reported.", alarm=True),
    "meta_withheld": Meaning(
        "A Meta decidiu não entregar esta mensagem de marketing agora. Tente depois de 24 horas.",
        "Meta chose not to deliver this marketing message now. Try after 24 hours."),
    "opted_out": Meaning(
        "O contato pediu para não receber mensagens de marketing desta empresa.",
        "The contact asked not to receive marketing messages from this company.", manual_retry=False),
    "experiment": Meaning(
        "O contato está em um grupo de teste da Meta e não recebe esta mensagem.",
        "The contact is in a test group of Meta and does not get this message.", manual_retry=False),
    "classification_limit": Meaning(
        "A Meta limitou esta conta por modelos com a categoria errada.",
        "Meta has limited this account for templates with the wrong category.", alarm=True),
    "invalid_request": Meaning(
        "O WhatsApp recusou o conteúdo da mensagem.",
        "WhatsApp refused the content of the message.", manual_retry=False),
    "recipient_is_sender": Meaning(
        "O destinatário é o próprio número da empresa.",
        "The recipient is the company's own number.", manual_retry=False),
    "undeliverable": Meaning(
        "Não foi possível entregar: o contato pode não ter WhatsApp, usar uma versão antiga ou ter bloqueado a empresa.",
        "Could not be delivered: the contact may have no WhatsApp, an old version, or may have blocked the company."),
    "recipient_blocked": Meaning(
        "Este contato está bloqueado pela empresa. Desbloqueie para enviar.",
        "The company has blocked this contact. Unblock them to send."),
    "not_on_allow_list": Meaning(
        "Este número de teste só envia para destinatários cadastrados na Meta.",
        "This test number only sends to recipients listed at Meta."),
    "account_locked": Meaning(
        "A conta do WhatsApp está bloqueada pela Meta. Avise o administrador.",
        "Meta has locked the WhatsApp account. Tell your administrator.", alarm=True),
    "country_restricted": Meaning(
        "A Meta não permite enviar mensagens desta conta para o país do contato.",
        "Meta does not let this account send to the contact's country.", manual_retry=False),
    "name_not_approved": Meaning(
        "O nome de exibição do número ainda não foi aprovado pela Meta.",
        "The number's display name is not yet approved by Meta.", alarm=True),
    "payment": Meaning(
        "Há um problema de pagamento na conta da Meta. Avise o administrador.",
        "There is a payment problem on the Meta account. Tell your administrator.", alarm=True),
    "not_registered": Meaning(
        "O número não está registrado no WhatsApp. Avise o administrador.",
        "The number is not registered on WhatsApp. Tell your administrator.", alarm=True),
    "window_closed": Meaning(
        "Passaram mais de 24 horas desde a última mensagem do contato. Envie um modelo aprovado.",
        "More than 24 hours have passed since the contact's last message. Send an approved template.",
        needs_template=True, manual_retry=False),
    "unsupported_type": Meaning(
        "O WhatsApp não aceita este tipo de mensagem.",
        "WhatsApp does not accept this type of message.", manual_retry=False),
    "media_unusable": Meaning(
        "O WhatsApp não conseguiu usar o arquivo: o formato ou o tamanho não é aceito.",
        "WhatsApp could not use the file: its format or size is not accepted."),
    "maintenance": Meaning(
        "O número está em manutenção no WhatsApp. Tentaremos de novo em um minuto.",
        "The number is under maintenance at WhatsApp. We try again in a minute.", Handling.AFTER_A_MINUTE),
    "paging_expired": Meaning(
        "A consulta à Meta expirou no meio. Comece de novo.",
        "The query to Meta expired half-way. Start again."),
    "message_unavailable": Meaning(
        "O conteúdo desta mensagem não está disponível; peça ao contato para enviar de novo.",
        "The content of this message is not available; ask the contact to send it again.", manual_retry=False),
    "phone_needed": Meaning(
        "Este envio precisa do número de telefone do contato, que ainda não foi compartilhado.",
        "This needs the contact's phone number, which they have not shared yet.", manual_retry=False),
    "marketing_disabled": Meaning(
        "Mensagens de marketing estão desativadas para esta conta.",
        "Marketing messages are switched off for this account.", manual_retry=False),
    "template_parameters": Meaning(
        "Os campos preenchidos não combinam com o modelo.",
        "The values filled in do not match the template.", manual_retry=False),
    "template_missing": Meaning(
        "O modelo não existe neste idioma.",
        "The template does not exist in this language.", manual_retry=False),
    "template_policy": Meaning(
        "O conteúdo do modelo viola as regras do WhatsApp.",
        "The template's content breaks WhatsApp's rules.", manual_retry=False),
    "template_paused": Meaning(
        "O modelo está pausado pela Meta por baixa qualidade.",
        "Meta has paused the template for low quality."),
    "template_disabled": Meaning(
        "O modelo foi desativado pela Meta.",
        "Meta has disabled the template.", manual_retry=False),
    "flow_blocked": Meaning(
        "O formulário (Flow) está bloqueado pela Meta.",
        "Meta has blocked the form (Flow).", manual_retry=False),
    "flow_throttled": Meaning(
        "O formulário (Flow) foi usado muitas vezes na última hora.",
        "The form (Flow) was used too often in the last hour.", Handling.MINUTES),
    "server_busy": Meaning(
        "O WhatsApp está ocupado. Tentaremos de novo em alguns minutos.",
        "WhatsApp is busy. We try again in a few minutes.", Handling.MINUTES),
    "number_setup": Meaning(
        "O registro do número no WhatsApp precisa de atenção (PIN ou verificação).",
        "The number's registration on WhatsApp needs attention (PIN or verification)."),
    "payment_terms": Meaning(
        "Os termos de pagamentos do WhatsApp ainda não foram aceitos.",
        "WhatsApp's payments terms are not accepted yet."),
    "not_marketing": Meaning(
        "Este canal da Meta só aceita modelos de marketing.",
        "This channel of Meta only takes marketing templates.", manual_retry=False),
    "template_syncing": Meaning(
        "A Meta ainda está preparando este modelo. Tentaremos de novo em alguns minutos.",
        "Meta is still preparing this template. We try again in a few minutes.", Handling.MINUTES),
    "undeliverable_generic": Meaning(
        "O WhatsApp não conseguiu entregar esta mensagem.",
        "WhatsApp could not deliver this message."),
    "identity_changed": Meaning(
        "O código de segurança do contato mudou. Confirme quem é antes de reenviar.",
        "The contact's security code has changed. Check who it is before sending again."),
    "calling": Meaning(
        "A chamada não foi aceita pelo WhatsApp.",
        "WhatsApp did not accept the call.", manual_retry=False),
    "group": Meaning(
        "O WhatsApp recusou esta ação no grupo.",
        "WhatsApp refused this action on the group."),
    "group_rate": Meaning(
        "Muitas ações em grupos. Tentaremos de novo em alguns minutos.",
        "Too many actions on groups. We try again in a few minutes.", Handling.MINUTES),
    "flow_or_block": Meaning(
        "O WhatsApp não conseguiu concluir esta ação.",
        "WhatsApp could not finish this action."),
    "username": Meaning(
        "O nome de usuário não foi aceito pelo WhatsApp.",
        "WhatsApp did not accept the username.", manual_retry=False),
    "insights": Meaning(
        "As estatísticas de modelos não estão disponíveis para esta conta.",
        "Template statistics are not available for this account.", manual_retry=False),
    "policy_block": Meaning(
        "A Meta bloqueou esta conta por violar as políticas. Avise o administrador.",
        "Meta has blocked this account for breaking its policies. Tell your administrator.", alarm=True),
    "management": Meaning(
        "A Meta recusou esta configuração do número ou do modelo.",
        "Meta refused this setting of the number or template.", manual_retry=False),
    "history_declined": Meaning(
        "A empresa não compartilhou o histórico do aplicativo.",
        "The company did not share the app's history.", manual_retry=False),
    "unknown": Meaning(
        "O WhatsApp recusou a mensagem.",
        "WhatsApp refused the message."),
}
# fmt: on

CODES: dict[int, str] = {
    0: "token",
    190: "token",
    3: "permission",
    10: "permission",
    131005: "permission",
    # "Unknown" and "service": HTTP 400 and 503; public reports show messages that went out all the same.
    1: "meta_failed",
    2: "meta_failed",
    131000: "meta_failed",
    131016: "meta_failed",
    # Per app, and per WABA: windows of an hour.
    4: "call_quota",
    80007: "call_quota",
    # Messages per second of this number; refused before anything is sent.
    130429: "throughput",
    # 1 message in 6 s per user, bursts of 45 borrowed from the future; advice: 4^n seconds.
    131056: "pair_rate",
    131048: "spam_limit",
    131049: "meta_withheld",
    131050: "opted_out",
    130472: "experiment",
    131064: "classification_limit",
    33: "invalid_request",
    100: "invalid_request",
    131008: "invalid_request",
    131009: "invalid_request",
    131055: "invalid_request",
    131021: "recipient_is_sender",
    131026: "undeliverable",
    # Seen in a public library only.
    130403: "recipient_blocked",
    131030: "not_on_allow_list",
    131031: "account_locked",
    130497: "country_restricted",
    131037: "name_not_approved",
    131042: "payment",
    131045: "not_registered",
    133010: "not_registered",
    131047: "window_closed",
    131051: "unsupported_type",
    131052: "media_unusable",
    131053: "media_unusable",
    # At most a minute, while Meta upgrades the number's throughput; subcode 2494100 says the same.
    131057: "maintenance",
    2494100: "maintenance",
    131059: "paging_expired",
    131060: "message_unavailable",
    131062: "phone_needed",
    131063: "marketing_disabled",
    132000: "template_parameters",
    132005: "template_parameters",
    132012: "template_parameters",
    132018: "template_parameters",
    # The only one with HTTP 404.
    132001: "template_missing",
    132007: "template_policy",
    132015: "template_paused",
    132016: "template_disabled",
    132068: "flow_blocked",
    132069: "flow_throttled",
    133000: "number_setup",
    133004: "server_busy",
    133005: "number_setup",
    133006: "number_setup",
    133008: "number_setup",
    133009: "number_setup",
    133015: "number_setup",
    133016: "number_setup",
    136024: "number_setup",
    134011: "payment_terms",
    134100: "not_marketing",
    134101: "template_syncing",
    134102: "not_marketing",
    135000: "undeliverable_generic",
    # Asynchronous, in a failed status.
    137000: "identity_changed",
    131020: "group",
    131041: "group",
    131208: "group_rate",
    368: "policy_block",
    2593107: "history_declined",
    2593108: "history_declined",
    2593109: "history_declined",
}

RANGES: tuple[tuple[range, str], ...] = (
    (range(200, 300), "permission"),
    (range(131201, 131216), "group"),
    (range(138000, 138022), "calling"),
    (range(139000, 139004), "flow_or_block"),
    (range(139100, 139104), "flow_or_block"),
    (range(147001, 147006), "username"),
    (range(200005, 200008), "insights"),
    (range(2388000, 2389000), "management"),
)
