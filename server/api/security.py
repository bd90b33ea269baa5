"""/v1/account/security-policy: second factor per role, allow lists, origins."""

from fastapi import APIRouter, Request

from inbox.accounts.security import (
    SecurityPolicyChange,
    SecurityPolicyView,
    access_security_policy,
    change_security_policy,
)
from server.api.dependencies import CurrentActor, CurrentDatabase
from server.edge.ip_allow import is_allowed

router = APIRouter(prefix="/v1/account/security-policy", tags=["security"])


@router.get("")
async def get_security_policy(database: CurrentDatabase, actor: CurrentActor) -> SecurityPolicyView:
    return await access_security_policy(database, actor)


@router.put("")
async def put_security_policy(
    body: SecurityPolicyChange, request: Request, database: CurrentDatabase, actor: CurrentActor
) -> SecurityPolicyView:
    """In force at once, for open sessions and sockets too. Refused when it would lock out whoever sets it."""
    view, members = await change_security_policy(database, actor, body, is_allowed)
    if members:
        request.app.state.admission.forget()
    for user_id in members:
        request.app.state.announce_access_change(actor.account_id, user_id)
    return view
