"""The platform's codes in our words: refusals, and what became of a call.

Sources: the vendor's page of error and status codes (`ret`; `errors.code` up to 1018); a third party's client of the
same API family for the rest of `errors.code` and for all hang-up codes, which no page of the vendor explains.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping
from enum import Enum
from typing import Final

from connectors.contract import Outcome

logger = logging.getLogger(__name__)

SUCCESS: Final = 200
TOKEN_REFUSED: Final = 600
AUTHORISATION_FAILED: Final = 1003


class RefusalKind(Enum):
    """What a code other than success means for the one who asked."""

    REFUSED = "refused"
    """The request will never be granted as it is."""
    FAILED = "failed"
    """The platform tried and broke off: nothing is certain about a submission."""
    ACCOUNT = "account"


MEANINGS: Mapping[int, str] = {
    400: "illegal request, usually a bad parameter",
    500: "server error",
    600: "the token is not valid",
    601: "the appid is not authorised",
    602: "the authorisation of the appid has expired",
    603: "the module is not licensed",
    604: "our IP address is not authorised",
    1001: "the platform could not connect to a server of its own",
    1002: "abnormal operation, usually a failed check",
    1003: "the operation failed: authorisation, sending of a command, or a server connection",
    1010: "the extension is abnormal",
    1011: "the extension is not the company's",
    1012: "the extension does not exist",
    1013: "the extension is disabled",
    1014: "the extension is not registered",
    1015: "the extension is not in a call",
    1019: "the number is disabled",
    1020: "the number does not exist",
    1021: "the number is not the company's",
    1029: "the file does not exist",
    1031: "a policy setting is abnormal",
    1032: "a policy rule forbids it",
    1033: "there is no resource for the policy",
}

_ACCOUNT = frozenset({600, 601, 602, 603, 604})
_FAILED = frozenset({1001, 1003})


def read_refusal_kind(code: int) -> RefusalKind:
    """Say what a `ret`, `code` or `errors.code` that is no success means; one in no table counts as refused."""
    if code in _ACCOUNT:
        return RefusalKind.ACCOUNT
    if code in _FAILED or 500 <= code < 600:
        return RefusalKind.FAILED
    if code not in MEANINGS:
        logger.warning("unknown refusal code platform=infin8linx code=%s", code)
    return RefusalKind.REFUSED


_BY_CODE: Mapping[str, Outcome] = {
    "10002": Outcome.NO_ANSWER,
    "10003": Outcome.REJECTED,
    "10004": Outcome.NETWORK_CONGESTION,
    "10005": Outcome.NO_ANSWER,
    "10006": Outcome.BUSY,
    "10008": Outcome.UNREACHABLE,
    "10009": Outcome.UNREACHABLE,
    "10011": Outcome.NO_ANSWER,
    "10013": Outcome.UNREACHABLE,
    "10014": Outcome.INVALID_NUMBER,
    "10015": Outcome.NO_ANSWER,
    "10016": Outcome.NO_ANSWER,
    "10019": Outcome.INVALID_NUMBER,
    "10024": Outcome.UNREACHABLE,
    "10025": Outcome.UNREACHABLE,
    "10027": Outcome.INVALID_NUMBER,
    "10028": Outcome.UNREACHABLE,
}
"""Codes that say why nobody answered. One list serves cause and side. 10002 is the platform giving up ringing."""

_SILENT_CODES = frozenset(
    {"", "0", "10001", "10007", "10012", "10017", "10020", "10031", "10040", "10041", "caller", "callee"}
)
"""Known, and saying nothing about why: "normal", "other reason", or only which side ended the call.

"Normal" is seen on calls that nobody answered, so it is no sign of an answer either.
"""


def read_outcome(*, is_answered: bool, cause: str, side: str) -> Outcome:
    """Say what became of a call that has ended.

    1. Whether it was answered is for the caller to say, from answer time and talk time; codes never decide it.
    2. The cause says why not; where it says nothing, the side's code is heard, which sometimes carries the cause.
    3. When neither says why, nobody answered: that much is known.
    4. A code in no table, with nothing else to go by, is `UNKNOWN`, with a warning; the caller keeps the raw codes.
    """
    if is_answered:
        return Outcome.ANSWERED
    codes = (cause.strip().lower(), side.strip().lower())
    for code in codes:
        if code in _BY_CODE:
            return _BY_CODE[code]
    if all(code in _SILENT_CODES for code in codes):
        return Outcome.NO_ANSWER
    logger.warning("unknown call result platform=infin8linx cause=%s side=%s", cause[:20], side[:20])
    return Outcome.UNKNOWN
