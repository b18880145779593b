"""Numbers are sent in one form, and only those of countries that the platform dials."""

from __future__ import annotations

import pytest

from connectors.infin8linx.numbers import NumberForm, write_number


@pytest.mark.parametrize(
    ("form", "written"),
    [
        (NumberForm.SIGNIFICANT, "81200000001"),
        (NumberForm.NATIONAL, "081200000001"),
        (NumberForm.INTERNATIONAL, "6281200000001"),
        (NumberForm.E164, "+6281200000001"),
    ],
)
def test_forms(form: NumberForm, written: str) -> None:
    """Each form is written as named."""
    assert write_number("+6281200000001", "ID", form) == written


def test_no_trunk_prefix_where_there_is_none() -> None:
    """In a country without a trunk prefix the national form is the bare number."""
    assert write_number("+525500000001", "MX", NumberForm.NATIONAL) == "5500000001"


@pytest.mark.parametrize("number", ["+639170000001", "81200000001", "+62", "+62812-00", "+62８１２", ""])
def test_numbers_of_elsewhere(number: str) -> None:
    """A number of another country, or none at all, is not written."""
    with pytest.raises(ValueError, match="not a number of ID"):
        write_number(number, "ID", NumberForm.SIGNIFICANT)
