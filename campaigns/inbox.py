"""Work the inbox off: messages kept raw become reports, reports become outcomes, each message is applied once."""

from __future__ import annotations

import logging
from dataclasses import dataclass, field

from campaigns.clock import Clock
from campaigns.db.engine import Database
from campaigns.evidence import EvidenceCounts, settle_evidence
from campaigns.models import Callback, EvidenceSource
from campaigns.queries.callbacks import find_unapplied, has_unapplied, record_applied
from connectors.contract import CallReport, Connector, ReadsCallbacks
from connectors.errors import MalformedReplyError

logger = logging.getLogger(__name__)

_GROUP = 1000


@dataclass
class InboxCounts:
    """What one look into the inbox brought."""

    messages: int = 0
    not_understood: int = 0
    evidence: EvidenceCounts = field(default_factory=EvidenceCounts)


def apply_callbacks(database: Database, connector: Connector, *, clock: Clock) -> InboxCounts:
    """Apply every message of the account that was not applied yet, oldest first. Effect: writes outcomes.

    Messages are marked in the transaction that settles what they say, so a kill in between applies them again from the
    start, and nothing is settled twice. One that is not understood is marked too, with the reason: `reopen_callbacks`
    has it read again once the connector has learnt it. Any number of processes may do this at once.
    """
    counts = InboxCounts()
    if connector.callbacks is None or not _is_waiting(database, connector.account):
        return counts
    while _apply_group(database, connector.account, connector.callbacks, counts, clock=clock) == _GROUP:
        pass
    if counts.messages:
        logger.info(
            "callbacks applied account=%s messages=%s not_understood=%s settled=%s",
            connector.account, counts.messages, counts.not_understood, counts.evidence.settled,
        )  # fmt: skip
    return counts


def _is_waiting(database: Database, account: str) -> bool:
    """Look without taking the write lock: most looks find nothing."""
    with database.reading() as db:
        return has_unapplied(db, account)


def _apply_group(database: Database, account: str, reader: ReadsCallbacks, counts: InboxCounts, *, clock: Clock) -> int:
    with database.writing() as db:
        messages = find_unapplied(db, account, limit=_GROUP)
        notes: dict[int, str] = {}
        said: list[tuple[int, CallReport]] = []
        for message in messages:
            assert message.id is not None
            reports, notes[message.id] = _read(reader, message)
            said += [(message.id, report) for report in reports]
        found, strange = settle_evidence(
            db, account, [report for _, report in said], source=EvidenceSource.CALLBACK, at=clock()
        )
        for message_id, report in said:
            words = (report.submission_name or "").split()
            if not words:
                notes[message_id] = "it names no submission"
            elif words[-1] in strange:
                notes[message_id] = "it names a submission that is not ours"
        record_applied(db, list(notes.items()), at=clock())
    counts.messages += len(messages)
    counts.not_understood += sum(bool(note) for note in notes.values())
    counts.evidence.add(found)
    return len(messages)


def _read(reader: ReadsCallbacks, message: Callback) -> tuple[list[CallReport], str]:
    """Return the reports of a message and, when it could not be read, why."""
    try:
        return list(reader.read_callback(message.body, message.content_type)), ""
    except MalformedReplyError as error:
        logger.warning("callback not understood account=%s callback=%s", message.account, message.id)
        return [], str(error)
    except Exception as error:
        # An error of ours in reading one message must not hold up all that came after it.
        # Only its kind is told: the text may quote the message.
        kind = type(error).__name__
        logger.error("callback could not be read account=%s callback=%s error=%s", message.account, message.id, kind)
        return [], f"reading it failed: {kind}"
