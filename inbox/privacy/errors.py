"""What may stand in the way at the privacy desk."""

from inbox.kernel.errors import Conflict, Invalid, ProsaError


class NameNotConfirmed(Invalid):
    """What was typed is not the contact's name: nobody erases the wrong person by a slip."""

    code = "name_not_confirmed"
    title = "This is not the name of that contact"


class ReasonNamesSubject(Invalid):
    """A reason is kept after the person is gone, so it must not name them."""

    code = "reason_names_subject"
    title = "The reason must not contain the person's name, number or e-mail"


class AlreadyErased(Conflict):
    code = "contact_erased"
    title = "This contact has been erased"


class ErasureRunning(Conflict):
    """The certificate is made at the end."""

    code = "erasure_running"
    title = "This erasure is not finished yet"
    retryable = True


class NoPhone(Conflict):
    code = "no_phone"
    title = "This contact has not shared a telephone number"


class TooManyReveals(ProsaError):
    code = "too_many_reveals"
    status = 429
    title = "Too many numbers revealed within an hour"
    retryable = True


class StillBeingSent(Conflict):
    """A message of the contact is on its way to WhatsApp; the erasure waits for its answer."""

    code = "still_being_sent"
    title = "A message of this contact is being sent"
    retryable = True
