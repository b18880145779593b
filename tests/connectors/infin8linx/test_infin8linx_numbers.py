"""Numbers are sent in one form and recognised in every one."""

from __future__ import annotations

import pytest

from connectors.infin8linx.numbers import NumberForm, find_number, possible_numbers, same_number, write_number


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
    """Each form is written as named, and each is recognised as the same number when it comes back."""
    assert write_number("+6281200000001", "ID", form) == written
    assert same_number("+6281200000001", written, "ID")


@pytest.mark.parametrize(
    "dialled",
    [
        "81200000001",
        "081200000001",
        "0062 812-0000-0001",
        "+62 (0)812 0000 0001",
        " 62081200000001",
        "001 62 81200000001",
    ],
)
def test_forms_that_come_back(dialled: str) -> None:
    """Blanks, signs, trunk and country prefixes do not hide a number, and do not make it another."""
    assert same_number("+6281200000001", dialled, "ID")
    assert not same_number("+6281200000002", dialled, "ID")
    assert find_number(dialled, "ID", {"+6281200000001", "+6281200000002"}) == "+6281200000001"


def test_country_code_inside_a_national_number() -> None:
    """A national number that begins with its country's code is read whole first, and still found behind the code."""
    assert possible_numbers("9123456789", "IN") == ("+919123456789", "+9123456789")
    assert find_number("9123456789", "IN", {"+919123456789", "+9123456789"}) == "+919123456789"
    assert find_number("919123456789", "IN", {"+919123456789"}) == "+919123456789"


def test_unknown_prefix() -> None:
    """Behind a line prefix the trailing digits decide, unless they fit several numbers."""
    assert find_number("999181200000001", "ID", {"+6281200000001"}) == "+6281200000001"
    assert find_number("99981281200001", "ID", {"+6281281200001", "+6281200001"}) is None
    assert find_number("123", "ID", {"+6281200000001"}) is None
    assert find_number("", "ID", {"+6281200000001"}) is None


def test_foreign_numbers() -> None:
    """A number of another country, or of one the platform does not dial, is not written and matches nothing."""
    with pytest.raises(ValueError, match="not a number of ID"):
        write_number("+639170000001", "ID", NumberForm.SIGNIFICANT)
    assert possible_numbers("13800138000", "CN") == ()
    assert find_number("13800138000", "CN", {"+8613800138000"}) is None
    assert not same_number("+6281200000001", "+6381200000001", "ID")
