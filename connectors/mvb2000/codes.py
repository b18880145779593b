"""The platform's codes in our words: error codes of replies, and what became of a call.

Source: MVB2000 V5 WEBCTI2 interface manual 1.6.0, chapter 3 (errcode), 6.1.3.2 (dial status), 6.5 (hang-up causes),
8.3 and 8.8 (status letters). The letters of tasks and of rows overlap and mean different things.
"""

from __future__ import annotations

import logging
from enum import Enum
from typing import Final

from connectors.contract import Outcome, StageState

logger = logging.getLogger(__name__)

SUCCESS: Final = 0
WEBKEY_REFUSED: Final = 9999


class ErrorKind(Enum):
    """What an error code means for the one who asked."""

    REFUSED = "refused"
    """The request was understood and will never be granted as it is."""
    NOT_NOW = "not now"
    """The platform itself is not up; nothing was done."""
    FAILED = "failed"
    """The platform tried and broke off: nothing is certain about a change."""
    KEY = "key"


_NOT_NOW = frozenset({9001, 9005})
_FAILED = frozenset({9000})
"""9000, database error, is also used for duplicates and unknown numbers (4.138 to 4.142)."""

MEANINGS: dict[int, str] = {
    9000: "database error",
    9001: "the platform is not started",
    9002: "a required parameter is missing",
    9003: "the file does not exist",
    9004: "the extension does not exist",
    9005: "the platform cannot reach its own call control",
    9999: "the key was refused",
    1021: "the blacklist could not be set",
    1031: "the attended transfer failed",
    1041: "there is no such user",
    1042: "there is no such device",
    1043: "the present binding could not be cleared",
    1044: "the binding could not be set",
    1045: "the device is bound for good",
    1051: "the console command failed",
    1061: "there is no such list",
    1062: "the list could not be set",
    1071: "the shortcut of that number failed",
    1081: "the shortcut of that name failed",
    1091: "the channel could not be hung up",
    1111: "there is no such active channel",
    1141: "there is no such device",
    1161: "there is no such user",
    1191: "hanging up failed",
    1201: "holding failed",
    1211: "the voicemail count could not be read",
    1221: "the voicemail status could not be read",
    1231: "context and application exclude each other",
    1232: "the call could not be placed",
    1241: "the text must be base64 of the stated character set",
    1242: "context and application exclude each other",
    1243: "the call could not be placed",
    1251: "the channel could not be parked",
    1261: "the exchange's settings could not be read",
    1271: "the exchange's status could not be read",
    1281: "the pickup failed",
    1291: "the operator could not join the queue",
    1301: "the operator's availability could not be set",
    1311: "the operator could not leave the queue",
    1321: "the blind transfer failed",
    1331: "the text could not be sent",
    1341: "call forwarding could not be turned off",
    1351: "call forwarding could not be turned on",
    1361: "the ban on outgoing calls could not be lifted",
    1371: "the ban on outgoing calls could not be set",
    1381: "do-not-disturb could not be turned off",
    1391: "do-not-disturb could not be turned on",
    1401: "the channel variable could not be set",
    1411: "the channel variables could not be set",
    1421: "there is no such user, or the call failed",
    1422: "the device is bound for good",
    1431: "the hold could not be ended",
    1441: "the call could not be taken out of parking",
    1451: "the call data could not be read",
    1471: "the message file could not be deleted",
    1472: "the message file does not exist",
    1473: "the file exists already",
    1474: "the file could not be converted",
    1475: "files of this format are not supported",
    1541: "the area is not known; the range of numbers may not be registered",
    2011: "there is no such folder",
    2012: "the message's description could not be moved",
    2013: "the message's recording could not be moved",
    2021: "the text message is not base64",
}


def read_error_kind(errcode: int) -> ErrorKind:
    """Say what an errcode other than 0 means; codes in no table count as refused, with a warning."""
    if errcode == WEBKEY_REFUSED:
        return ErrorKind.KEY
    if errcode in _NOT_NOW:
        return ErrorKind.NOT_NOW
    if errcode in _FAILED:
        return ErrorKind.FAILED
    if errcode not in MEANINGS:
        logger.warning("unknown error code platform=mvb2000 errcode=%s", errcode)
    return ErrorKind.REFUSED


_STAGE_STATES = {
    "N": StageState.OPEN,
    "B": StageState.STARTED,
    "R": StageState.STARTED,
    "C": StageState.STARTED,
    "P": StageState.PAUSED,
    "S": StageState.STOPPED,
    "F": StageState.FINISHED,
}


def read_stage_state(status: str) -> StageState | None:
    """Read the status letter of a task, in either case; None for a letter that is in no table."""
    return _STAGE_STATES.get(status.strip().upper())


SETTLED_ROWS: Final = ("S", "F")
UNSETTLED_ROWS: Final = ("N", "R", "D")
UNTOUCHED_ROW: Final = "N"

_BY_DISPOSITION: dict[str, Outcome] = {
    "ANSWER": Outcome.ANSWERED,
    "ANSWERED": Outcome.ANSWERED,
    "BUSY": Outcome.BUSY,
    "NOANSWER": Outcome.NO_ANSWER,
    "CANCEL": Outcome.NO_ANSWER,
    "CONGESTION": Outcome.NETWORK_CONGESTION,
    "CHANUNAVAIL": Outcome.UNREACHABLE,
    "DONTCALL": Outcome.REJECTED,
    "TORTURE": Outcome.REJECTED,
}
"""Dial results without blanks and in upper case: the manual writes both NOANSWER and NO ANSWER.

CANCEL means that the platform gave up ringing; nobody answered. FAILED says nothing and is left to the cause."""

_BY_CAUSE: dict[str, Outcome] = {
    "1": Outcome.INVALID_NUMBER,
    "2": Outcome.UNREACHABLE,
    "3": Outcome.UNREACHABLE,
    "6": Outcome.NETWORK_CONGESTION,
    "17": Outcome.BUSY,
    "18": Outcome.NO_ANSWER,
    "19": Outcome.NO_ANSWER,
    "20": Outcome.SWITCHED_OFF,
    "21": Outcome.REJECTED,
    "22": Outcome.INVALID_NUMBER,
    "27": Outcome.UNREACHABLE,
    "28": Outcome.INVALID_NUMBER,
    "29": Outcome.REJECTED,
    "34": Outcome.NETWORK_CONGESTION,
    "38": Outcome.NETWORK_CONGESTION,
    "41": Outcome.NETWORK_CONGESTION,
    "42": Outcome.NETWORK_CONGESTION,
    "43": Outcome.NETWORK_CONGESTION,
    "44": Outcome.NETWORK_CONGESTION,
    "45": Outcome.NETWORK_CONGESTION,
    "47": Outcome.NETWORK_CONGESTION,
    "50": Outcome.UNREACHABLE,
    "52": Outcome.UNREACHABLE,
    "54": Outcome.UNREACHABLE,
    "57": Outcome.UNREACHABLE,
    "58": Outcome.UNREACHABLE,
    "65": Outcome.UNREACHABLE,
    "66": Outcome.UNREACHABLE,
    "69": Outcome.UNREACHABLE,
    "88": Outcome.UNREACHABLE,
    "102": Outcome.NO_ANSWER,
    "127": Outcome.UNREACHABLE,
}
"""Q.850 causes that say why nobody was reached. 0, 16 and 31 are how any call may end and say nothing; protocol
errors (81, 95 to 101, 103, 111) say that the equipment misunderstood, not what became of the person."""

_SILENT_CAUSES = frozenset({"", "0", "16", "31"})

# The dial result says how a call ended, the cause why; where the result is as vague as these the cause is heard first.
_VAGUE_DISPOSITIONS = frozenset({"CHANUNAVAIL", "CONGESTION"})


def read_outcome(status: str, disposition: str, cause: str) -> Outcome:
    """Say what became of a settled row.

    1. S (success) is answered, unless the dial result or the cause says that nobody was reached.
    2. F (failed) goes by the dial result; a vague result, or none, gives way to the cause.
    3. What is in no table is `UNKNOWN`, with a warning; the caller keeps the raw codes.
    """
    result = disposition.strip().upper().replace(" ", "").replace("_", "").replace("-", "")
    reason = cause.strip()
    by_result = _BY_DISPOSITION.get(result)
    by_cause = _BY_CAUSE.get(reason)
    outcome: Outcome | None
    match status.strip().upper():
        case "S":
            outcome = by_result or by_cause
            if not result and reason in _SILENT_CAUSES:
                outcome = Outcome.ANSWERED
        case "F":
            outcome = by_cause or by_result if result in _VAGUE_DISPOSITIONS else by_result or by_cause
            if outcome is Outcome.ANSWERED:
                # answered, yet failed: the call got through and was not played to its end
                outcome = by_cause or Outcome.ANSWERED
        case _:
            outcome = None
    if outcome is None:
        logger.warning(
            "unknown call result platform=mvb2000 status=%s disposition=%s cause=%s",
            status[:20],
            disposition[:40],
            cause[:20],
        )
        return Outcome.UNKNOWN
    return outcome
