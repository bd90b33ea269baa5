"""/v1/installation/mail and /v1/installation/audit/verify: is the mail going out, is the installation's record whole."""

from datetime import datetime

from fastapi import APIRouter
from pydantic import BaseModel, ConfigDict

from inbox.audit.service import verify_installation
from inbox.audit.views import Verification
from inbox.mail.service import fetch_mail_health
from server.api.dependencies import CurrentContext, CurrentDatabase
from server.api.installation import CurrentSuperAdmin

router = APIRouter(prefix="/v1/installation", tags=["installation"])


class MailHealthView(BaseModel):
    model_config = ConfigDict(extra="forbid")

    has_server: bool
    """PROSA_SMTP_URL is set; without it mails wait."""
    waiting: int
    failed: int
    """Given up in the last thirty days."""
    oldest_waiting_at: datetime | None
    last_error: str | None


@router.get("/mail")
async def get_mail_health(context: CurrentContext, _: CurrentSuperAdmin) -> MailHealthView:
    found = await fetch_mail_health(context.database)
    return MailHealthView(
        has_server=context.settings.mail_server is not None,
        waiting=found.waiting,
        failed=found.failed,
        oldest_waiting_at=found.oldest_waiting_at,
        last_error=found.last_error,
    )


@router.post("/audit/verify")
async def verify_installation_audit(database: CurrentDatabase, _: CurrentSuperAdmin) -> Verification:
    """Checks the chain of what concerns no account."""
    return await verify_installation(database)
