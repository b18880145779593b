"""The words of a results file, in English and Chinese. Both languages have the same keys; a test says so."""

from __future__ import annotations

from collections.abc import Mapping

from campaigns.results.model import Language
from campaigns.results.texts.chinese import CHINESE
from campaigns.results.texts.english import ENGLISH

_LANGUAGES: Mapping[Language, Mapping[str, str]] = {Language.ENGLISH: ENGLISH, Language.CHINESE: CHINESE}


def texts_in(language: Language) -> Mapping[str, str]:
    """Return every text by its key."""
    return _LANGUAGES[language]


def words(language: Language, group: str) -> dict[str, str]:
    """Return code → word for the texts of one group: `outcome` gives those under `outcome.answered` and so on."""
    prefix = f"{group}."
    return {key.removeprefix(prefix): text for key, text in texts_in(language).items() if key.startswith(prefix)}
