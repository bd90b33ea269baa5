"""What may stand in the way of changing people, roles, departments and invitations."""

from inbox.kernel.errors import Conflict, Forbidden, Invalid, ProsaError


class LastAdmin(Conflict):
    """An account always keeps one admin who can sign in."""

    code = "last_admin"
    title = "This is the last admin of the account"


class BeyondOwnPermissions(Forbidden):
    """Nobody gives, takes or changes what they do not have themselves. Extra member `missing`: the permissions."""

    code = "beyond_own_permissions"
    title = "This needs permissions that you do not have yourself"


class BelongsElsewhere(Conflict):
    """Their second factor guards other companies as well: only the installation may reset it."""

    code = "belongs_elsewhere"
    title = "Only the administrators of this installation can do this for this person"


class NameTaken(Conflict):
    code = "name_taken"
    title = "Another one has this name"


class RoleInUse(Conflict):
    """Extra members `members` and `invitations`: how many."""

    code = "role_in_use"
    title = "People still have this role"


class DepartmentInUse(Conflict):
    """Extra members `open_tickets`, `numbers` and `invitations`: how many hold it."""

    code = "department_in_use"
    title = "This department is still in use"


class AlreadyMember(Conflict):
    code = "already_member"
    title = "This person is already in the account"


class InvitationOver(ProsaError):
    """Accepted, revoked, replaced by a newer one, expired, or never made: a stranger learns no more than that."""

    code = "invitation_over"
    status = 404
    title = "This invitation is not valid any more"


class SignInToAccept(Conflict):
    """The invited address belongs to somebody: who has the link alone is not them."""

    code = "sign_in_to_accept"
    title = "Sign in to accept this invitation"


class InvitedSomebodyElse(Forbidden):
    code = "invited_somebody_else"
    title = "This invitation is for another address"


class UnknownDepartments(Invalid):
    code = "unknown_departments"
    title = "There are no such departments"


class UnknownRole(Invalid):
    code = "unknown_role"
    title = "There is no such role"


class PolicyChanged(Conflict):
    """Somebody else saved the security or the privacy policy first; `version` is the current one."""

    code = "policy_changed"
    title = "Somebody else has changed this meanwhile"


class OrderChanged(Conflict):
    """An order names every department once, and these are others by now."""

    code = "order_changed"
    title = "The departments are others by now"


class PlanLimit(Conflict):
    """Extra members `limit` and `of` (members, departments, roles)."""

    code = "plan_limit"
    title = "The plan of this account has no room for more"
