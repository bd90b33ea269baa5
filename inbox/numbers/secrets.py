"""Under which context each secret of a number is sealed: bound to its column and its row (kernel/encryption)."""

from uuid import UUID


def app_secret_context(app_id: UUID) -> str:
    return f"whatsapp_apps.app_secret:{app_id}"


def verify_token_context(app_id: UUID) -> str:
    return f"whatsapp_apps.verify_token:{app_id}"


def access_token_context(number_id: UUID) -> str:
    return f"phone_numbers.access_token:{number_id}"
