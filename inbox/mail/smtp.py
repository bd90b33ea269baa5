"""Speaks to the mail server: one connection a mail, for there are few."""

import re
from datetime import datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP as SMTP_POLICY
from email.utils import format_datetime, parseaddr
from typing import Final

import aiosmtplib

from inbox.kernel.errors import ProsaError
from inbox.mail.mail_server import MailServer
from inbox.mail.render import RenderedMail

_TIMEOUT_SECONDS: Final = 20.0
# A dot-atom in any script (RFC 5322, section 3.2.3; RFC 6532): nothing that would mean more than itself in a header.
_MAIL_ADDRESS: Final = re.compile(r"""[^\x00-\x20\x7f"(),:;<>@\[\\\]]+@[^\x00-\x20\x7f"(),:;<>@\[\\\]]+""")
_SIGN_IN_CODES: Final = frozenset({530, 534, 535, 538})


class MailNotAccepted(ProsaError):
    """Extra member `smtp_code`."""

    code = "mail_not_accepted"
    status = 502
    title = "The mail server did not take the mail"

    @property
    def is_final(self) -> bool:
        """RFC 5321, section 4.2.1: 5xx stands; whatever concerns signing in (RFC 4954) is mended by whoever runs this."""
        code: int = self.extra["smtp_code"]
        return code >= 500 and code not in _SIGN_IN_CODES


class MailServerUnreachable(ProsaError):
    code = "mail_server_unreachable"
    status = 503
    title = "The mail server cannot be reached"
    retryable = True


def build_message(
    mail: RenderedMail, *, sender: str, recipient: str, message_id: str, at: datetime
) -> EmailMessage:
    """`message_id` is the same at every try: a server that took the first one knows the second. Raises ValueError for an
    address that is none."""
    message = EmailMessage(policy=SMTP_POLICY)
    name, address = parseaddr(sender)
    message["From"] = Address(name or "Prosa", addr_spec=address)
    message["To"] = _address(recipient)
    message["Subject"] = mail.subject
    message["Date"] = format_datetime(at)
    message["Message-ID"] = f"<{message_id}@{address.rpartition('@')[2] or 'prosa'}>"
    # RFC 3834: nobody's holiday notice should answer.
    message["Auto-Submitted"] = "auto-generated"
    message.set_content(mail.text)
    message.add_alternative(mail.html, subtype="html")
    return message


def _address(value: str) -> Address:
    """Raises ValueError. Not `addr_spec`: that refuses names with accents (RFC 6532), which mail servers do take."""
    if not _MAIL_ADDRESS.fullmatch(value):
        raise ValueError("not a mail address")
    name, _, domain = value.rpartition("@")
    return Address(username=name, domain=domain)


async def send_message(server: MailServer, message: EmailMessage) -> None:
    """Raises MailNotAccepted, MailServerUnreachable."""
    client = aiosmtplib.SMTP(
        hostname=server.host,
        port=server.port,
        timeout=_TIMEOUT_SECONDS,
        use_tls=server.tls == "from_start",
        start_tls={"required": True, "when_offered": None}.get(server.tls, False),
        username=server.user or None,
        password=server.password or None,
    )
    try:
        async with client:
            await client.send_message(message)
    except aiosmtplib.SMTPRecipientsRefused as error:
        first = error.recipients[0]
        raise _refused(first.code, first.message) from error
    except aiosmtplib.SMTPResponseException as error:
        raise _refused(error.code, error.message) from error
    except (aiosmtplib.SMTPException, OSError, TimeoutError) as error:
        raise MailServerUnreachable(f"{type(error).__name__}: {error}"[:200]) from error


def _refused(code: int, message: str) -> MailNotAccepted:
    # The server's own words help whoever looks; they may repeat the address, which the row has anyway.
    return MailNotAccepted(f"{code} {message}"[:300], smtp_code=code)
