"""A dial list with the everyday mess: people and numbers are invented, and nothing but a simulator rings.

China sets no range of numbers aside for fiction, so these are drawn at random from the mobile ranges.
"""

from __future__ import annotations

import csv
import random
from collections.abc import Iterator
from pathlib import Path

from openpyxl import Workbook, load_workbook
from openpyxl.styles import Font

_HEADERS = ("客户编号", "姓名", "手机号", "城市", "欠款金额", "备注")
_SURNAMES = "赵钱孙李周吴郑王冯陈褚卫蒋沈韩杨"
_NAMES = ("明", "芳", "磊", "静", "伟", "娜", "强", "丽", "军", "敏", "杰", "燕", "涛", "玲", "浩", "雪")
_CITIES = ("上海", "北京", "广州", "成都", "武汉", "西安", "南京", "杭州")
_MOBILE = ("130", "131", "132", "135", "136", "137", "138", "139", "150", "151", "158", "159", "186", "188")
_REMARKS = ("", "", "", "老客户", "请下午联系", "=1+1", "-", "VIP，优先")


def write_dial_list(path: Path, *, rows: int, seed: int) -> None:
    """Write an xlsx of so many rows below its header, about one in forty of them with something wrong or odd."""
    chance = random.Random(seed)
    book = Workbook()
    notes = book.active
    assert notes is not None
    notes.title = "说明"
    notes.append(["内部资料，虚构数据"])
    notes.sheet_state = "hidden"
    sheet = book.create_sheet("客户名单")
    sheet.append(["十月还款提醒名单（虚构）"])
    sheet.merge_cells(start_row=1, start_column=1, end_row=1, end_column=len(_HEADERS))
    sheet.append(list(_HEADERS))
    for cell in sheet[2]:
        cell.font = Font(bold=True)
    numbers: list[str] = []
    for index in range(1, rows):
        number = _number(chance)
        shown = _odd(chance, number, numbers) if chance.random() < 0.025 else number
        numbers.append(number)
        name = chance.choice(_SURNAMES) + chance.choice(_NAMES)
        amount = round(chance.uniform(10, 9000), 2)
        sheet.append([f"C{index:06d}", name, shown, chance.choice(_CITIES), amount, chance.choice(_REMARKS)])
        sheet.cell(sheet.max_row, 6).data_type = "s"  # a remark that begins with = is a text, not a formula
        if index % 997 == 0:
            sheet.append([])
        if index % 1500 == 0:
            sheet.row_dimensions[sheet.max_row].hidden = True
    sheet.append(["合计", None, rows - 1, None, None, None])
    for column, width in zip("ABCDEF", (12, 10, 18, 10, 12, 18), strict=True):
        sheet.column_dimensions[column].width = width
    book.save(path)


def write_do_not_call(path: Path, dial_list: Path, *, seed: int) -> None:
    """Write a csv with a few numbers of the list, and some that are not in it."""
    chance = random.Random(seed + 1)
    listed = [number for number in _plain_numbers(dial_list) if chance.random() < 0.004]
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["号码", "原因"])
        for number in [*listed, *(_number(chance) for _ in range(20))]:
            writer.writerow([number, chance.choice(("客户要求", "投诉", "已结清"))])


def _plain_numbers(dial_list: Path) -> Iterator[str]:
    book = load_workbook(dial_list, read_only=True)
    try:
        for row in book["客户名单"].iter_rows(min_row=3, min_col=3, max_col=3, values_only=True):
            if isinstance(row[0], str) and row[0].isascii() and row[0].isdigit():
                yield row[0]
    finally:
        book.close()


def _number(chance: random.Random) -> str:
    return chance.choice(_MOBILE) + f"{chance.randrange(10**8):08d}"


def _odd(chance: random.Random, number: str, earlier: list[str]) -> str | float | None:
    """Return the number as spreadsheets and people leave it."""
    full_width = number.translate({ord("0") + digit: "０１２３４５６７８９"[digit] for digit in range(10)})
    odd: list[str | float | None] = [
        float(number),
        f"'{number}",
        f"{number[:3]} {number[3:7]} {number[7:]}",
        f"{number[:3]}-{number[3:7]}-{number[7:]}",
        f"+86{number}",
        f"0086{number}",
        full_width,
        f"{number}\u00a0",
        f"{number}.0",
        f"{number[:1]}.{number[1:3]}E+10",
        f"{number}/{_number(chance)}",
        number[:-1],
        "无",
        "",
        "021-55512",
        f"{number}转808",
        earlier[-1] if earlier else number,
        earlier[chance.randrange(len(earlier))] if earlier else number,
    ]
    return chance.choice(odd)
