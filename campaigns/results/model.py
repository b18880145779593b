"""What a result file is made of: figures for the summary, and streams of rows for the big sheets.

Everything here is a plain value. `campaigns.results.collect` fills it from the ledger, the writers put it on disk, and
neither knows the other.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

import pyarrow as pa

from campaigns.queries.identity import Identity


class Language(StrEnum):
    ENGLISH = "en"
    CHINESE = "zh"


class RowStatus(StrEnum):
    """Where one row of the manager's file stands; each row has exactly one, and the identity counts them."""

    CALLED = "called"
    """Handed over, and its last attempt is settled."""
    PENDING = "pending"
    UNCONFIRMED = "unconfirmed"
    LOST = "lost"
    PLANNED = "planned"
    NOT_YET_PLANNED = "not_yet_planned"
    SUPPRESSED = "suppressed"
    DUPLICATE = "duplicate"
    REFUSED = "refused"
    UNEXPLAINED = "unexplained"
    """The ledger does not say; the identity does not hold while there is one such row."""


class ColumnKind(StrEnum):
    TEXT = "text"
    """Arrow string (or a dictionary of strings). Stays text in every file, whatever it looks like."""
    INTEGER = "integer"
    """Any Arrow integer."""
    MOMENT = "moment"
    """Arrow timestamp in UTC; shown in the campaign's zone, to the second."""


@dataclass(frozen=True, slots=True)
class Column:
    name: str
    """Stable name for programs; original columns have their place (`original_1`)."""
    title: str
    """Heading as people read it; for original columns exactly the file's."""
    kind: ColumnKind = ColumnKind.TEXT
    width_characters: float = 14
    words: Mapping[str, str] = field(default_factory=dict)
    """Code → how people read it; a code without a word is shown as it is."""
    is_original: bool = False


@dataclass(frozen=True, slots=True)
class RowStream:
    """Rows of one big sheet, read once.

    `batches` are Arrow record batches whose columns stand in the order of `columns`, with `row_count` rows in all; a
    writer that meets more or fewer refuses the file (`RowCountError`).
    """

    columns: Sequence[Column]
    row_count: int
    batches: Iterable[pa.RecordBatch]


@dataclass(frozen=True, slots=True)
class HourTally:
    """Attempts dialled within one hour of the day, in the campaign's zone."""

    hour: int
    attempts: int
    answered: int


@dataclass(frozen=True, slots=True)
class KeyTally:
    """How many people pressed these keys in their last settled call."""

    digits: str
    label: str
    """What the key stands for in the campaign; may be empty."""
    contacts: int


@dataclass(frozen=True, slots=True)
class CampaignSummary:
    """The figures of one campaign at one moment; times are UTC with zone."""

    campaign: str
    status: str
    status_reason: str
    accounts: Sequence[str]
    platforms: Sequence[str]
    timezone: str
    """IANA name; every time in the files is shown in it."""
    language: Language
    created_at: datetime
    started_at: datetime | None
    ended_at: datetime | None
    written_at: datetime
    """The moment of these figures."""
    identity: Identity
    outcomes: Mapping[str, int] = field(default_factory=dict)
    """Outcome → contacts whose last settled attempt ended so; adds up to `submitted` once nothing is pending."""
    dispositions: Mapping[str, int] = field(default_factory=dict)
    """Disposition → contacts, over the same contacts as `outcomes`."""
    hours: Sequence[HourTally] = ()
    keys: Sequence[KeyTally] = ()
    attempts: int = 0
    """Calls asked for, over all waves."""
    talk_seconds: int = 0
    """Of all answered attempts together."""


@dataclass(frozen=True, slots=True)
class EvidenceFile:
    """A dial list as it was imported."""

    name: str
    sha256: str
    size_bytes: int
    sheets: Sequence[str]
    mapping: str
    """Which column was taken for what, in words."""
    row_count: int
    imported_at: datetime


@dataclass(frozen=True, slots=True)
class EvidenceChunk:
    """One submission as it stands in the ledger."""

    number: int
    reference: str
    platform_id: str
    account: str
    status: str
    size: int
    wave: int
    planned_at: datetime
    submitted_at: datetime | None
    closed_at: datetime | None


@dataclass(frozen=True, slots=True)
class EvidenceMove:
    """One move of the campaign's status."""

    changed_at: datetime
    from_status: str
    to_status: str
    actor: str
    reason: str


@dataclass(frozen=True, slots=True)
class Evidence:
    """What an auditor asks for."""

    campaign_reference: str = ""
    definition_hash: str = ""
    plan_hash: str = ""
    files: Sequence[EvidenceFile] = ()
    versions: Mapping[str, str] = field(default_factory=dict)
    """Program or library → version."""
    run_ids: Sequence[str] = ()
    moves: Sequence[EvidenceMove] = ()
    chunks: Sequence[EvidenceChunk] = ()


@dataclass(frozen=True, slots=True)
class Report:
    """Everything a results workbook holds."""

    summary: CampaignSummary
    results: RowStream
    not_called: RowStream
    refused: RowStream
    differences: RowStream
    evidence: Evidence
