"""The independent count: what the platform dialled, against the list that was written and what the ledger says."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field

from sqlalchemy import select
from sqlmodel import col

from campaigns.db.engine import Database
from campaigns.models import Attempt, AttemptOutcome, Campaign, Chunk, Contact
from campaigns.queries.identity import compute_identity
from campaigns.statuses import CampaignStatus
from connectors.contract import Outcome
from connectors.simulation.journal import DialledCall

_NEVER_RANG = {Outcome.CANCELLED, Outcome.EXPIRED, Outcome.LOST, Outcome.UNKNOWN}


@dataclass
class Verdict:
    """What became of a campaign; the promise is kept when every list is empty."""

    contacts: int = 0
    put_twice: list[str] = field(default_factory=list)
    """References or numbers that were dialled from two rows of the platform."""
    lost: list[str] = field(default_factory=list)
    """Numbers that should have been called and never were, though the campaign says it has finished."""
    unexplained: list[str] = field(default_factory=list)
    """Rows without an outcome, outcomes that the platform contradicts, an identity that does not hold."""

    @property
    def is_kept(self) -> bool:
        return not (self.put_twice or self.lost or self.unexplained)

    def __str__(self) -> str:
        return f"put twice {self.put_twice[:3]}, lost {self.lost[:3]}, unexplained {self.unexplained[:3]}"


def judge(database: Database, wanted: Iterable[str], calls: Iterable[DialledCall]) -> Verdict:
    """Compare the list (`wanted`: national numbers to be called), the dialled calls and the ledger, at the end."""
    rows_of_ref: dict[str, set[str]] = defaultdict(set)
    rows_of_number: dict[str, set[str]] = defaultdict(set)
    for call in calls:
        rows_of_ref[call.call_ref].add(call.row_id)
        rows_of_number[call.number].add(call.row_id)
    numbers = set(wanted)
    verdict = Verdict(contacts=len(numbers))
    verdict.put_twice += [f"call {ref}" for ref, rows in rows_of_ref.items() if len(rows) > 1]
    verdict.put_twice += [f"number {number[-4:]}" for number, rows in rows_of_number.items() if len(rows) > 1]
    verdict.lost += sorted(number[-4:] for number in numbers - rows_of_number.keys())
    verdict.unexplained += [f"stranger {number[-4:]}" for number in rows_of_number.keys() - numbers]
    with database.reading() as db:
        campaigns = db.execute(select(Campaign)).scalars().all()
        if len(campaigns) != 1 or campaigns[0].status != CampaignStatus.FINISHED:
            verdict.unexplained.append(f"campaigns {[(one.name, one.status) for one in campaigns]}")
        for campaign in campaigns:
            assert campaign.id is not None
            identity = compute_identity(db, campaign.id)
            if not identity.is_settled:
                verdict.unexplained.append(f"identity {identity}")
            if identity.outcomes != len(numbers):
                verdict.unexplained.append(f"{identity.outcomes} outcomes of {len(numbers)} contacts")
        outcomes = db.execute(
            select(col(Contact.phone_number), col(AttemptOutcome.outcome))
            .select_from(Attempt)
            .join(Contact, col(Contact.id) == col(Attempt.contact_id))
            .join(Chunk, col(Chunk.id) == col(Attempt.chunk_id))
            .outerjoin(AttemptOutcome, col(AttemptOutcome.attempt_id) == col(Attempt.id))
        ).all()
    for number, outcome in outcomes:
        if outcome is None:
            verdict.unexplained.append(f"no outcome for {number[-4:]}")
        elif outcome in _NEVER_RANG and number.removeprefix("+86") in rows_of_number:
            verdict.unexplained.append(f"{number[-4:]} was dialled and is {outcome}")
    return verdict
