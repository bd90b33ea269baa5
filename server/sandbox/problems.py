"""Graph API errors: the codes that the sandbox can give, and their JSON shape."""

from dataclasses import dataclass
from typing import Any, Final

OK: Final = 200


@dataclass(frozen=True, slots=True)
class ErrorCode:
    """One row of Meta's error table (Cloud API error codes, read 2026-11)."""

    http_status: int
    title: str
    details: str = ""


CODES: Final[dict[int, ErrorCode]] = {
    0: ErrorCode(401, "AuthException"),
    1: ErrorCode(400, "An unknown error occurred"),
    2: ErrorCode(503, "Service temporarily unavailable"),
    3: ErrorCode(500, "Application does not have the capability to make this API call."),
    4: ErrorCode(400, "Application request limit reached"),
    10: ErrorCode(403, "Application does not have permission for this action"),
    33: ErrorCode(400, "Parameter value is not valid"),
    100: ErrorCode(400, "Invalid parameter"),
    190: ErrorCode(401, "Invalid OAuth access token"),
    368: ErrorCode(403, "Temporarily blocked for policies violations"),
    2500: ErrorCode(400, "Unknown path components"),
    2635: ErrorCode(400, "You are calling a deprecated version of the API. Please update to the latest version."),
    80007: ErrorCode(400, "Rate limit issues", "The WhatsApp Business Account has reached its rate limit."),
    130403: ErrorCode(400, "Recipient is blocked by the business"),
    130429: ErrorCode(400, "Rate limit hit", "Message failed to send because there were too many messages sent "
                      "from this phone number in a short period of time"),
    130472: ErrorCode(400, "User's number is part of an experiment",
                      "Failed to send message because this user's phone number is part of an experiment"),
    130497: ErrorCode(403, "Business account is restricted from messaging users in this country."),
    131000: ErrorCode(500, "Something went wrong", "Message failed to send due to an unknown error."),
    131005: ErrorCode(403, "Access denied"),
    131008: ErrorCode(400, "Required parameter is missing"),
    131009: ErrorCode(400, "Parameter value is not valid"),
    131016: ErrorCode(500, "Service unavailable", "A service is temporarily unavailable."),
    131021: ErrorCode(400, "Recipient cannot be sender", "Sender and recipient phone number is the same."),
    131026: ErrorCode(400, "Message undeliverable", "Message Undeliverable."),
    131030: ErrorCode(400, "Recipient phone number not in allowed list"),
    131031: ErrorCode(403, "Account has been locked"),
    131037: ErrorCode(400, "Display name approval needed"),
    131042: ErrorCode(400, "Business eligibility payment issue"),
    131045: ErrorCode(500, "Incorrect certificate"),
    131047: ErrorCode(400, "Re-engagement message", "Message failed to send because more than 24 hours have passed "
                      "since the customer last replied to this number."),
    131048: ErrorCode(400, "Spam rate limit hit"),
    131049: ErrorCode(400, "Message not delivered", "This message was not delivered to maintain healthy ecosystem "
                      "engagement."),
    131050: ErrorCode(400, "User has stopped marketing messages",
                      "Unable to deliver the message. This recipient has chosen to stop receiving marketing messages."),
    131051: ErrorCode(400, "Message type unknown", "Message type is currently not supported."),
    131052: ErrorCode(400, "Media download error", "Unable to download the media sent by the user."),
    131053: ErrorCode(400, "Media upload error"),
    131055: ErrorCode(400, "Method not allowed"),
    131056: ErrorCode(400, "(Business Account, Consumer Account) pair rate limit hit",
                      "Message failed to send because there were too many messages sent from this phone number "
                      "to the same phone number in a short period of time."),
    131057: ErrorCode(500, "Account in maintenance mode"),
    131062: ErrorCode(400, "Business-scoped user ids are not supported for this message"),
    132000: ErrorCode(400, "Number of parameters does not match the expected number of params"),
    132001: ErrorCode(404, "Template name does not exist in the translation"),
    132005: ErrorCode(400, "Translated text too long"),
    132012: ErrorCode(400, "Parameter format does not match format in the created template"),
    132015: ErrorCode(400, "Template is paused"),
    132016: ErrorCode(400, "Template is disabled"),
    132018: ErrorCode(400, "There is an issue with the parameters in your template"),
    133004: ErrorCode(503, "Server temporarily unavailable"),
    133005: ErrorCode(400, "Two step verification PIN mismatch"),
    133010: ErrorCode(400, "Phone number not registered"),
    135000: ErrorCode(400, "Generic user error"),
    137000: ErrorCode(400, "Recipient identity key hash mismatch"),
}  # fmt: skip

ERROR_PAGE: Final = "/documentation/business-messaging/whatsapp/support/error-codes"
_UNKNOWN_CODE: Final = ErrorCode(400, "An unknown error occurred")


class GraphProblem(Exception):
    """An error answer of the Graph API; `code` decides, the HTTP status follows from Meta's table."""

    def __init__(
        self,
        code: int,
        details: str = "",
        *,
        subcode: int | None = None,
        http_status: int | None = None,
        title: str = "",
    ) -> None:
        row = CODES.get(code, _UNKNOWN_CODE)
        self.code = code
        self.subcode = subcode
        self.title = title or row.title
        self.details = details or row.details
        self.http_status = http_status or row.http_status
        super().__init__(f"(#{code}) {self.title}")

    def as_json(self, trace: str) -> dict[str, Any]:
        error: dict[str, Any] = {
            "message": f"(#{self.code}) {self.title}",
            "type": "GraphMethodException" if self.subcode == UNKNOWN_OBJECT_SUBCODE else "OAuthException",
            "code": self.code,
        }
        if self.subcode is not None:
            error["error_subcode"] = self.subcode
        if self.details:
            error["error_data"] = {"messaging_product": "whatsapp", "details": self.details}
        error["fbtrace_id"] = trace
        return {"error": error}


UNKNOWN_OBJECT_SUBCODE: Final = 33


def unknown_object(object_id: str) -> GraphProblem:
    return GraphProblem(
        100,
        subcode=UNKNOWN_OBJECT_SUBCODE,
        title=f"Unsupported request. Object with ID '{object_id}' does not exist, cannot be loaded due to missing "
        "permissions, or does not support this operation",
    )


def build_status_error(code: int, details: str = "") -> dict[str, Any]:
    """The same error as it appears in a `failed` status or beside a message."""
    row = CODES.get(code, _UNKNOWN_CODE)
    error: dict[str, Any] = {"code": code, "title": row.title, "message": row.title}
    if details or row.details:
        error["error_data"] = {"details": details or row.details}
    error["href"] = ERROR_PAGE
    return error
