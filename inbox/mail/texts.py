"""What mails say, in both languages. Values are put in for {names} and are escaped where that matters (render.py)."""

from dataclasses import dataclass
from typing import Final

from inbox.mail.service import MailTemplate


@dataclass(frozen=True, slots=True)
class MailText:
    subject: str
    heading: str
    paragraphs: tuple[str, ...]
    """One that names a value which is empty is left out."""
    button: str = ""
    """What the link is called; empty: the mail has none."""
    note: str = ""
    """Small, at the end."""


@dataclass(frozen=True, slots=True)
class CommonText:
    greeting: str
    greeting_nobody: str
    copy_link: str
    footer: str
    footer_account: str
    date_format: str
    """strftime: digits only, so that no language's month names are needed."""


COMMON: Final[dict[str, CommonText]] = {
    "pt-BR": CommonText(
        greeting="Olá, {recipient_name}.",
        greeting_nobody="Olá.",
        copy_link="Se o botão não abrir, copie este endereço no navegador:",
        footer="E-mail automático do Prosa. Não é preciso responder.",
        footer_account="E-mail automático do Prosa para {account_name}. Não é preciso responder.",
        date_format="%d/%m/%Y às %H:%M",
    ),
    "en": CommonText(
        greeting="Hello, {recipient_name}.",
        greeting_nobody="Hello.",
        copy_link="If the button does not open, copy this address into your browser:",
        footer="Sent by Prosa. There is no need to answer.",
        footer_account="Sent by Prosa for {account_name}. There is no need to answer.",
        date_format="%Y-%m-%d at %H:%M",
    ),
}

_PT: Final[dict[MailTemplate, MailText]] = {
    MailTemplate.INVITATION: MailText(
        subject="{actor_name} convidou você para {account_name}",
        heading="Você foi convidado para {account_name}",
        paragraphs=(
            "{actor_name} convidou você para atender os clientes de {account_name} no Prosa.",
            "O convite vale até {expires_at}.",
        ),
        button="Aceitar o convite",
        note="Se você não esperava este convite, ignore este e-mail: nada acontece.",
    ),
    MailTemplate.PASSWORD_RESET: MailText(
        subject="Nova senha do Prosa",
        heading="Escolha uma nova senha",
        paragraphs=(
            "Alguém pediu uma nova senha para a sua conta. Se foi você, escolha-a pelo botão.",
            "O link vale uma vez só, até {expires_at}.",
        ),
        button="Escolher nova senha",
        note="Se não foi você, ignore este e-mail: a sua senha continua a mesma.",
    ),
    MailTemplate.PASSWORD_CHANGED: MailText(
        subject="A sua senha do Prosa foi trocada",
        heading="A sua senha foi trocada",
        paragraphs=(
            "A senha da sua conta foi trocada em {at}. As outras sessões foram encerradas.",
            "Aparelho: {device}",
            "Endereço IP: {ip}",
        ),
        note="Se não foi você, peça uma nova senha agora e avise um administrador.",
    ),
    MailTemplate.NEW_SIGN_IN: MailText(
        subject="Novo acesso à sua conta do Prosa",
        heading="Novo acesso à sua conta",
        paragraphs=(
            "Alguém entrou na sua conta em {at}, de um aparelho que ainda não conhecíamos.",
            "Aparelho: {device}",
            "Endereço IP: {ip}",
        ),
        note="Se foi você, não é preciso fazer nada. Se não foi, troque a senha e encerre as outras sessões.",
    ),
    MailTemplate.SESSION_REUSED: MailText(
        subject="Encerramos uma sessão da sua conta do Prosa",
        heading="Encerramos uma sessão por segurança",
        paragraphs=(
            "Em {at}, a credencial de uma sessão sua foi usada duas vezes, o que acontece quando alguém a copia. Encerramos "
            "essa sessão para todos.",
            "Aparelho: {device}",
            "Endereço IP: {ip}",
        ),
        note="Entre de novo. Se você não sabe de onde isso veio, troque a senha e encerre as outras sessões.",
    ),
    MailTemplate.SECOND_FACTOR_RESET: MailText(
        subject="A sua verificação em duas etapas foi removida",
        heading="A verificação em duas etapas foi removida",
        paragraphs=(
            "A verificação em duas etapas da sua conta foi removida em {at}.",
            "Quem fez isso: {actor_name}",
            "No próximo acesso, configure-a de novo.",
        ),
        note="Se você não pediu isso, fale já com um administrador.",
    ),
    MailTemplate.ACCOUNT_SUSPENDED: MailText(
        subject="A conta {account_name} foi suspensa",
        heading="A conta {account_name} foi suspensa",
        paragraphs=(
            "Ninguém da equipe consegue entrar enquanto a conta estiver suspensa. As mensagens que chegarem são guardadas e "
            "nada se perde.",
            "Motivo: {reason}",
        ),
        note="Em caso de dúvida, fale com quem administra esta instalação do Prosa.",
    ),
    MailTemplate.ACCOUNT_CLOSING: MailText(
        subject="A conta {account_name} vai ser encerrada",
        heading="A conta {account_name} vai ser encerrada",
        paragraphs=(
            "Os dados da conta serão apagados em {at}. Até lá, um administrador ainda pode cancelar o encerramento.",
            "Quem pediu: {actor_name}",
            "Motivo: {reason}",
        ),
        button="Abrir o Prosa",
        note="Baixe antes a exportação dos dados: depois da data acima não há como recuperá-los.",
    ),
    MailTemplate.EXPORT_READY: MailText(
        subject="A exportação está pronta",
        heading="A exportação está pronta",
        paragraphs=(
            "O arquivo que você pediu está pronto: {file_name}",
            "Ele fica disponível até {expires_at}. É preciso entrar no Prosa para baixá-lo.",
        ),
        button="Ver o arquivo",
    ),
}

_EN: Final[dict[MailTemplate, MailText]] = {
    MailTemplate.INVITATION: MailText(
        subject="{actor_name} invited you to {account_name}",
        heading="You are invited to {account_name}",
        paragraphs=(
            "{actor_name} invited you to answer the customers of {account_name} with Prosa.",
            "The invitation is good until {expires_at}.",
        ),
        button="Accept the invitation",
        note="If you did not expect this invitation, ignore this mail: nothing will happen.",
    ),
    MailTemplate.PASSWORD_RESET: MailText(
        subject="Your new Prosa password",
        heading="Choose a new password",
        paragraphs=(
            "Somebody asked for a new password for your account. If it was you, choose it with the button.",
            "The link works once, until {expires_at}.",
        ),
        button="Choose a new password",
        note="If it was not you, ignore this mail: your password stays as it is.",
    ),
    MailTemplate.PASSWORD_CHANGED: MailText(
        subject="Your Prosa password was changed",
        heading="Your password was changed",
        paragraphs=(
            "The password of your account was changed on {at}. Your other sessions were ended.",
            "Device: {device}",
            "IP address: {ip}",
        ),
        note="If it was not you, ask for a new password now and tell an administrator.",
    ),
    MailTemplate.NEW_SIGN_IN: MailText(
        subject="New sign-in to your Prosa account",
        heading="New sign-in to your account",
        paragraphs=(
            "Somebody signed in to your account on {at}, from a device that we had not seen before.",
            "Device: {device}",
            "IP address: {ip}",
        ),
        note="If it was you, there is nothing to do. If not, change your password and end the other sessions.",
    ),
    MailTemplate.SESSION_REUSED: MailText(
        subject="We ended a session of your Prosa account",
        heading="We ended a session for safety",
        paragraphs=(
            "On {at} the credential of one of your sessions was used twice, which happens when somebody copies it. We ended "
            "that session for everybody.",
            "Device: {device}",
            "IP address: {ip}",
        ),
        note="Sign in again. If you do not know where this came from, change your password and end the other sessions.",
    ),
    MailTemplate.SECOND_FACTOR_RESET: MailText(
        subject="Your second factor was removed",
        heading="Your second factor was removed",
        paragraphs=(
            "The second factor of your account was removed on {at}.",
            "Who did it: {actor_name}",
            "Set it up again when you sign in next.",
        ),
        note="If you did not ask for this, talk to an administrator now.",
    ),
    MailTemplate.ACCOUNT_SUSPENDED: MailText(
        subject="The account {account_name} was suspended",
        heading="The account {account_name} was suspended",
        paragraphs=(
            "Nobody of the team can sign in while the account is suspended. Messages that come in are kept, and nothing is "
            "lost.",
            "Reason: {reason}",
        ),
        note="If you have questions, talk to whoever administers this installation of Prosa.",
    ),
    MailTemplate.ACCOUNT_CLOSING: MailText(
        subject="The account {account_name} will be closed",
        heading="The account {account_name} will be closed",
        paragraphs=(
            "The account’s data will be erased on {at}. Until then an administrator can still call it off.",
            "Who asked for it: {actor_name}",
            "Reason: {reason}",
        ),
        button="Open Prosa",
        note="Download the export of your data before: after that date there is no way to get it back.",
    ),
    MailTemplate.EXPORT_READY: MailText(
        subject="Your export is ready",
        heading="Your export is ready",
        paragraphs=(
            "The file that you asked for is ready: {file_name}",
            "It is there until {expires_at}. Sign in to Prosa to download it.",
        ),
        button="See the file",
    ),
}

TEXTS: Final[dict[str, dict[MailTemplate, MailText]]] = {"pt-BR": _PT, "en": _EN}

FALLBACK_LOCALE: Final = "pt-BR"


def known_locale(locale: str) -> str:
    """`en-GB` is `en`; a language that we do not have is Portuguese."""
    if locale in TEXTS:
        return locale
    language = locale.partition("-")[0].lower()
    return {"pt": "pt-BR", "en": "en"}.get(language, FALLBACK_LOCALE)
