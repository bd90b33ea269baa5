"""A mail server in this process that keeps what it is given, or says what it is told to."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from email import policy
from email.message import EmailMessage
from email.parser import BytesParser

import pytest
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session

from inbox.mail.mail_server import MailServer


@dataclass
class FakeMailServer:
    mails: list[EmailMessage] = field(default_factory=list)
    recipients: list[str] = field(default_factory=list)
    answers: list[str] = field(default_factory=list)
    """What it says instead of taking the next mails."""
    port: int = 0
    password: str = ""
    """What signing in needs; empty: nobody signs in."""

    def check(self, _: SMTP, __: Session, ___: Envelope, ____: str, login: object) -> AuthResult:
        assert isinstance(login, LoginPassword)
        # Not handled: aiosmtpd then says 535 itself; a failure that is "handled" is answered by nobody.
        return AuthResult(success=login.password == self.password.encode(), handled=False)

    @property
    def address(self) -> MailServer:
        return MailServer("127.0.0.1", self.port, "when_offered")

    async def handle_DATA(self, _: SMTP, __: Session, envelope: Envelope) -> str:  # noqa: N802
        if self.answers:
            return self.answers.pop(0)
        assert isinstance(envelope.content, bytes)
        self.recipients += [str(recipient) for recipient in envelope.rcpt_tos]
        self.mails.append(BytesParser(EmailMessage, policy=policy.default).parsebytes(envelope.content))
        return "250 Taken"


@pytest.fixture
async def mail_server() -> AsyncIterator[FakeMailServer]:
    fake = FakeMailServer()
    loop = asyncio.get_running_loop()
    server = await loop.create_server(
        lambda: SMTP(
            fake,
            enable_SMTPUTF8=True,
            hostname="localhost",
            loop=loop,
            authenticator=fake.check,
            auth_require_tls=False,
        ),
        "127.0.0.1",
        0,
    )
    fake.port = server.sockets[0].getsockname()[1]
    yield fake
    server.close()
    await server.wait_closed()
