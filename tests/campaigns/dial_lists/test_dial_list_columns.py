"""Headers are found under titles, and the phone column is never guessed at random."""

from __future__ import annotations

import pytest

from campaigns.dial_lists.columns import column_letter, find_header, guess_columns
from campaigns.errors import ColumnError

DATA = [("王小明", "13800138001", "A1"), ("李小红", "13800138002", "A2")]


def test_several_equal_phone_columns_ask_to_choose() -> None:
    """Where two columns are equally likely, a person chooses."""
    with pytest.raises(ColumnError, match=r"several columns may hold.*'手机号', '手机号码'") as caught:
        guess_columns(["手机号", "手机号码"], [("13800138001", "13800138002")])
    assert caught.value.columns == ("手机号", "手机号码")


def test_an_unknown_named_column_is_refused_with_the_nearest() -> None:
    """A wrong column name is answered with the columns there are and the nearest one."""
    with pytest.raises(ColumnError, match=r"no column 'mobil'.*'Name', 'Mobile'.*Did you mean 'Mobile'"):
        guess_columns(["Name", "Mobile"], DATA, mapping={"phone": "mobil"})


def test_no_phone_column_is_refused() -> None:
    """A list without numbers is refused with its columns."""
    with pytest.raises(ColumnError, match="no column looks"):
        guess_columns(["姓名", "备注"], [("王小明", "好")])


@pytest.mark.parametrize("name", ["订单号", "客户编号", "身份证号", "Order No", "Customer ID", "账号"])
def test_an_identity_column_is_not_the_phone_column(name: str) -> None:
    """Columns of numbers that are not for calling are passed over, even if their content looks right."""
    mapping = guess_columns([name, "电话"], [("13800138001", "13800138002"), ("13800138003", "13800138004")])
    assert mapping.phone == 1
    with pytest.raises(ColumnError):
        guess_columns([name, "备注"], [("13800138001", "x")])


def test_a_mobile_column_is_clearly_better_than_others() -> None:
    """A mobile column wins over a general one, and that over a landline."""
    assert guess_columns(["座机", "电话", "手机"], [("02112345678", "02112345679", "13800138001")]).phone == 2
    assert guess_columns(["座机", "联系电话"], [("02112345678", "02112345679")]).phone == 1


@pytest.mark.parametrize(
    "name",
    [
        *("手机号", "手机", "电话", "联系电话", "客户电话", "号码", "mobile", "Phone", "TEL", "Telephone", "MSISDN"),
        *("Contact Number", "联系电话（必填）", " 手机 号码 ", "Ｐｈｏｎｅ", "客户手机号码", "Customer mobile no."),
    ],
)
def test_usual_words_for_numbers_are_known(name: str) -> None:
    """The usual Chinese and English words for the number are recognised, in any case, width and spacing."""
    mapping = guess_columns(["序号", name, "姓名"], [("1", "13800138001", "王小明")])
    assert (mapping.phone, mapping.name, mapping.others) == (1, 2, (0,))
    assert mapping.is_guess


def test_content_decides_where_no_word_is_known() -> None:
    """The only column of things that look like numbers is taken."""
    assert guess_columns(["foo", "bar", "baz"], DATA).phone == 1


def test_a_named_column_is_matched_exactly_before_loosely() -> None:
    """Case, width and blanks do not matter unless they tell two columns apart."""
    assert guess_columns(["Phone", "phone"], DATA, mapping={"phone": "phone"}).phone == 1
    assert guess_columns(["姓名", "手机号 "], DATA, mapping={"phone": "手机号"}).phone == 1
    mapping = guess_columns(["ＮＡＭＥ", "Tel"], DATA, mapping={"phone": "tel", "name": "name"})
    assert (mapping.phone, mapping.name, mapping.is_guess) == (1, 0, False)


def test_a_header_is_found_below_titles() -> None:
    """Titles, remarks and blank rows above the header are left behind."""
    header = find_header(
        [(1, ("十月催缴名单", None, None)), (3, ("制表：运营部", None, "2026-10-01")), (4, ("姓名", "手机号", "编号"))]
        + [(5 + place, row) for place, row in enumerate(DATA)]
    )
    assert (header.row_number, header.names, header.is_guess) == (4, ("姓名", "手机号", "编号"), False)


def test_a_header_of_two_lines_is_joined() -> None:
    """Where cells are merged over two lines, each column gets the lowest name it has."""
    header = find_header(
        [(1, ("姓名", "联系方式", None)), (2, (None, "手机", "座机")), (3, ("王", "13800138001", None))]
    )
    assert (header.row_number, header.names) == (2, ("姓名", "手机", "座机"))


def test_a_list_without_header_begins_at_its_first_row() -> None:
    """A sheet that begins with data has no header, and its columns are named by their letters."""
    header = find_header([(1, ("13800138001", "王小明")), (2, ("13800138002", "李小红"))])
    assert (header.row_number, header.names, header.is_guess) == (0, ("Column A", "Column B"), True)
    assert guess_columns(header.names, [("13800138001", "王小明")]).phone == 0


def test_an_unknown_header_is_the_row_above_the_numbers() -> None:
    """Words in a language we do not know still make a header if they stand right above the data."""
    header = find_header([(2, ("Имя", "Абонент")), (3, ("Иван", "13800138001"))])
    assert (header.row_number, header.names, header.is_guess) == (2, ("Имя", "Абонент"), True)


def test_names_are_complete_and_distinct() -> None:
    """A column without a name gets its letter, a doubled name a number."""
    header = find_header([(1, ("手机", None, "备注", "备注")), (2, ("13800138001", "x", "y", "z", "extra"))])
    assert header.names == ("手机", "Column B", "备注", "备注 (2)", "Column E")


def test_column_letters() -> None:
    """Letters count as spreadsheet programs count them."""
    assert [column_letter(place) for place in (0, 25, 26, 701, 702)] == ["A", "Z", "AA", "ZZ", "AAA"]
