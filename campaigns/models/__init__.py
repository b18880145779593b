"""The tables, a file each. Importing this package registers all of them with SQLModel's metadata."""

from campaigns.models.account_use import AccountUse
from campaigns.models.attempt import Attempt
from campaigns.models.audit_entry import AuditEntry
from campaigns.models.callback import Callback
from campaigns.models.campaign import Campaign
from campaigns.models.chunk import Chunk
from campaigns.models.contact import Contact
from campaigns.models.dial_list import DialList, DialListStatus
from campaigns.models.difference import Difference, DifferenceKind
from campaigns.models.do_not_call import DoNotCall, DoNotCallScope
from campaigns.models.exchange import ExchangeRecord
from campaigns.models.exclusion import Exclusion, ExclusionRule
from campaigns.models.lease import CampaignLease
from campaigns.models.outcome import AttemptOutcome, EvidenceSource
from campaigns.models.row_refusal import RowRefusal
from campaigns.models.status_change import StatusChange
from campaigns.models.transfer_route import TransferRoute
from campaigns.models.user import User

__all__ = [
    "AccountUse",
    "Attempt",
    "AttemptOutcome",
    "AuditEntry",
    "Callback",
    "Campaign",
    "CampaignLease",
    "Chunk",
    "Contact",
    "DialList",
    "DialListStatus",
    "Difference",
    "DifferenceKind",
    "DoNotCall",
    "DoNotCallScope",
    "EvidenceSource",
    "ExchangeRecord",
    "Exclusion",
    "ExclusionRule",
    "RowRefusal",
    "StatusChange",
    "TransferRoute",
    "User",
]
