"""What can go wrong in a campaign itself. The type says what to do next.

    CampaignError
    ├── DialListError           the file as a whole cannot be read; mend the file or choose another
    │   └── ColumnError         it can be read, and nobody knows which column holds what; name the columns
    ├── InvalidTransitionError  somebody was quicker, or the move does not exist; look again and decide anew
    ├── NotAllowedNowError      a rule forbids it at this moment (calling window, do-not-call, pacing); wait or leave it
    ├── LeaseLostError          another run has taken the campaign over; stop at once and touch nothing more
    └── SettingsError           a settings or campaign file is wrong; mend the named key

A bad row of a dial list is data (a refused row with its reason), never an exception. No message of these errors holds
a secret or a whole telephone number: they are shown, logged and stored.
"""

from __future__ import annotations


class CampaignError(Exception):
    """Something is wrong with a campaign; `str()` is a sentence for people."""


class DialListError(CampaignError):
    """The file as a whole cannot be used as a dial list.

    `what` is the thing concerned (a file or sheet name), `where` the place inside it (may be empty), `why` the cause
    and `advice` the next step (may be empty); `str()` joins them to sentences.
    """

    def __init__(self, *, what: str, why: str, where: str = "", advice: str = "") -> None:
        place = f"{what} ({where})" if where else what
        sentence = f"{place}: {why}"
        super().__init__(f"{sentence} {advice}" if advice else sentence)
        self.what = what
        self.where = where
        self.why = why
        self.advice = advice


class ColumnError(DialListError):
    """The columns of a dial list cannot be told apart; `columns` are the names that there are."""

    def __init__(
        self, *, what: str, why: str, where: str = "", advice: str = "", columns: tuple[str, ...] = ()
    ) -> None:
        super().__init__(what=what, where=where, why=why, advice=advice)
        self.columns = columns


class InvalidTransitionError(CampaignError):
    """A status cannot move this way, or no longer stands where it was believed to stand."""

    def __init__(self, from_status: str, to_status: str, *, what: str = "", why: str = "") -> None:
        subject = f"{what} " if what else ""
        reason = f": {why}" if why else ""
        super().__init__(f"{subject}cannot move from {from_status} to {to_status}{reason}")
        self.from_status = from_status
        self.to_status = to_status


class NotAllowedNowError(CampaignError):
    """A rule forbids the call or the submission at this moment; `rule` says which."""

    def __init__(self, message: str, *, rule: str) -> None:
        super().__init__(message)
        self.rule = rule


class LeaseLostError(CampaignError):
    """Another run holds the lease of this campaign; whoever sees this must write nothing more."""


class SettingsError(CampaignError):
    """A settings file, campaign file or environment variable is wrong; the message names the key."""
