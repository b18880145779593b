"""Both languages say everything, and every code that can occur has its word."""

from __future__ import annotations

from enum import StrEnum

import pytest

from campaigns.dispositions import Disposition
from campaigns.models import DifferenceKind, ExclusionRule
from campaigns.phone_numbers.words import RefusalReason
from campaigns.results.model import Language, RowStatus
from campaigns.results.texts import texts_in, words
from campaigns.statuses import CampaignStatus, ChunkStatus
from connectors.contract import Outcome


def test_languages_have_the_same_texts() -> None:
    """No text is missing in one of the languages, and none is empty."""
    assert texts_in(Language.ENGLISH).keys() == texts_in(Language.CHINESE).keys()
    assert all(text for language in Language for text in texts_in(language).values())


@pytest.mark.parametrize(
    ("group", "codes"),
    [
        ("outcome", Outcome),
        ("disposition", Disposition),
        ("row_status", RowStatus),
        ("rule", ExclusionRule),
        ("refusal", RefusalReason),
        ("difference", DifferenceKind),
        ("campaign_status", CampaignStatus),
        ("chunk_status", ChunkStatus),
    ],
)
def test_every_code_has_a_word(group: str, codes: type[StrEnum]) -> None:
    """Whatever stands in the ledger, people read a word for it."""
    for language in Language:
        assert words(language, group).keys() >= set(codes)
