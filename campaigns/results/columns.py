"""The columns of every sheet, in order, with their headings in the campaign's language."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from campaigns.results.model import Column, ColumnKind, Language
from campaigns.results.texts import texts_in, words

_TEXT, _INTEGER, _MOMENT = ColumnKind.TEXT, ColumnKind.INTEGER, ColumnKind.MOMENT


def original_columns(titles: Sequence[str]) -> list[Column]:
    """Return the columns of the manager's file, in its order and with its headings as they stood, even empty ones."""
    return [
        Column(f"original_{number}", title, width_characters=16, is_original=True)
        for number, title in enumerate(titles, start=1)
    ]


def results_columns(titles: Sequence[str], language: Language) -> list[Column]:
    """Return the columns of Results: the file's own, then what became of the row."""
    ours = [
        _column("row_status", language, width=14, words_of="row_status"),
        _column("phone_number", language, width=17),
        _column("outcome", language, width=17, words_of="outcome"),
        _column("disposition", language, width=12, words_of="disposition"),
        _column("attempts", language, _INTEGER, width=10),
        _column("first_called_at", language, _MOMENT, width=20),
        _column("last_called_at", language, _MOMENT, width=20),
        _column("answered_at", language, _MOMENT, width=20),
        _column("ended_at", language, _MOMENT, width=20),
        _column("ring_seconds", language, _INTEGER, width=13),
        _column("talk_seconds", language, _INTEGER, width=13),
        _column("dtmf_digits", language, width=13),
        _column("key_label", language, width=16),
        _column("hangup_cause", language, width=14),
        _column("recording", language, width=36),
        _column("platform_call_id", language, width=20),
        _column("why", language, width=34, words_of="rule", and_of="refusal"),
        _column("why_detail", language, width=44),
    ]
    return [*original_columns(titles), *_apart(ours, titles, language)]


def not_called_columns(titles: Sequence[str], language: Language) -> list[Column]:
    """Return the columns of Not called: where the row stands, its number, why, then the file's own."""
    ours = [
        _column("file", language, width=24),
        _column("sheet", language, width=14),
        _column("row_number", language, _INTEGER, width=8),
        _column("phone_number", language, width=17),
        _column("row_status", language, width=16, words_of="row_status"),
        _column("rule", language, width=30, words_of="rule"),
        _column("detail", language, width=50),
    ]
    return [*_apart(ours, titles, language), *original_columns(titles)]


def refused_columns(titles: Sequence[str], language: Language) -> list[Column]:
    """Return the columns of Refused rows: where, which value, what is wrong, then the file's own."""
    ours = [
        _column("file", language, width=24),
        _column("sheet", language, width=14),
        _column("row_number", language, _INTEGER, width=8),
        _column("column", language, width=14),
        _column("value", language, width=27),
        _column("refusal", language, width=48, words_of="refusal"),
        _column("suggestion", language, width=32),
    ]
    return [*_apart(ours, titles, language), *original_columns(titles)]


def differences_columns(language: Language) -> list[Column]:
    """Return the columns of Differences."""
    return [
        _column("noticed_at", language, _MOMENT, width=20),
        _column("difference", language, width=22, words_of="difference"),
        _column("chunk", language, width=20),
        _column("row_number", language, _INTEGER, width=8),
        _column("phone_number", language, width=17),
        _column("detail", language, width=70),
        _column("evidence", language, width=50),
    ]


def program_names(columns: Iterable[Column]) -> list[str]:
    """Return one unique name a column for files that programs read: headings for the file's own, else stable names.

    Empty headings become the place of their column (`original_3`), a repeated one gets a number.
    """
    columns = list(columns)
    taken = {column.name for column in columns if not column.is_original}
    names = []
    for column in columns:
        name = (column.title or column.name) if column.is_original else column.name
        if column.is_original:
            stem, number = name, 2
            while name in taken:
                name, number = f"{stem} ({number})", number + 1
            taken.add(name)
        names.append(name)
    return names


def _column(
    name: str,
    language: Language,
    kind: ColumnKind = _TEXT,
    *,
    width: float,
    words_of: str | None = None,
    and_of: str | None = None,
) -> Column:
    title = texts_in(language)[f"column.{name}"]
    groups = [group for group in (words_of, and_of) if group]
    code_words = {code: word for group in groups for code, word in words(language, group).items()}
    return Column(name, title, kind, width, code_words)


def _apart(ours: Iterable[Column], titles: Sequence[str], language: Language) -> list[Column]:
    """Rename our own headings where the file uses the same: its headings are not ours to change."""
    taken = {title.strip().casefold() for title in titles}
    pattern = texts_in(language)["column.ours"]
    return [
        Column(column.name, pattern.format(title=column.title), column.kind, column.width_characters, column.words)
        if column.title.casefold() in taken
        else column
        for column in ours
    ]
