"""Who is meant: the ids of a message joined with the `contacts` of its value, by id and never by position.

A user has a BSUID, a phone number, or both; since usernames exist a webhook may show only the first, and a BSUID may sit
where a phone number is documented (Cloud API, business-scoped user ids, read 2026-11).
"""

from inbox.whatsapp.payloads import Json, JsonObject, Sender
from inbox.whatsapp.scalars import person_ids, text

NOBODY = Sender()

People = dict[str, Sender]


def parse_people(contacts: Json) -> People:
    """The persons that a value introduces, by each of their ids; "" is the only one, when there is only one."""
    people: People = {}
    if type(contacts) is not list:
        return people
    for contact in contacts:
        if type(contact) is not dict:
            continue
        person = _person(contact)
        if person.wa_id is not None:
            people[person.wa_id] = person
        if person.bsuid is not None:
            people[person.bsuid] = person
        if len(contacts) == 1:
            people[""] = person
    return people


def _person(contact: JsonObject) -> Sender:
    wa_id = contact.get("wa_id")
    bsuid: str | None = None
    if not (type(wa_id) is str and wa_id.isascii() and wa_id.isdigit()):
        wa_id, bsuid = person_ids(wa_id)
    profile = contact.get("profile")
    if type(profile) is not dict:
        profile = {}
    return Sender(
        wa_id,
        text(contact["user_id"]) or bsuid if "user_id" in contact else bsuid,
        text(contact["parent_user_id"]) if "parent_user_id" in contact else None,
        text(profile.get("name")),
        text(profile["username"]) if "username" in profile else None,
        text(contact["identity_key_hash"]) if "identity_key_hash" in contact else None,
    )


def identify(person_id: Json, user_id: Json, parent_user_id: Json, people: People) -> Sender:
    """The person with these ids, completed by what the value says about them; `NOBODY` when neither names anyone."""
    if type(person_id) is str and person_id and parent_user_id is None:
        # The usual case: the value introduces exactly this person.
        known = people.get(person_id)
        if known is not None and (user_id is None or user_id == known.bsuid):
            return known
    wa_id, bsuid = person_ids(person_id)
    bsuid = text(user_id) or bsuid
    if wa_id is None and bsuid is None:
        # Nobody named; perhaps the value speaks of one person only.
        only = people.get("", NOBODY)
        return only if only.wa_id or only.bsuid else NOBODY
    known = people.get(wa_id) if wa_id is not None else None
    if known is None and bsuid is not None:
        known = people.get(bsuid)
    if known is None:
        return Sender(wa_id, bsuid, text(parent_user_id))
    return known._replace(
        wa_id=wa_id or known.wa_id,
        bsuid=bsuid or known.bsuid,
        parent_bsuid=text(parent_user_id) or known.parent_bsuid,
    )
