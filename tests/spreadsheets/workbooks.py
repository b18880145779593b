"""Build awkward workbooks from raw XML, as small as they can be, and read them back."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Mapping
from pathlib import Path

from campaigns.dial_lists import ReadingLimits, open_dial_list

MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
RELATIONS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
PACKAGE = "http://schemas.openxmlformats.org/package/2006/relationships"

Read = list[tuple[str, int, list[str | None]]]


def worksheet(rows: str) -> str:
    return f'<?xml version="1.0" encoding="UTF-8"?><worksheet xmlns="{MAIN}"><sheetData>{rows}</sheetData></worksheet>'


def xlsx(
    *sheets: str | bytes,
    shared: str | None = None,
    formats: tuple[str, ...] = (),
    states: Mapping[int, str] | None = None,
    book: str = "",
    extra: Mapping[str, bytes] | None = None,
) -> bytes:
    """A workbook whose sheets S1, S2, … are the given parts; style n shows numbers in the n-th format, 0 in none."""
    states = states or {}
    entries = "".join(
        f'<sheet name="S{n}" sheetId="{n}" r:id="r{n}" state="{states.get(n, "visible")}"/>'
        for n in range(1, len(sheets) + 1)
    )
    links = "".join(
        f'<Relationship Id="r{n}" Type="{RELATIONS}/worksheet" Target="worksheets/sheet{n}.xml"/>'
        for n in range(1, len(sheets) + 1)
    )
    links += f'<Relationship Id="st" Type="{RELATIONS}/styles" Target="styles.xml"/>'
    if shared is not None:
        links += f'<Relationship Id="ss" Type="{RELATIONS}/sharedStrings" Target="sharedStrings.xml"/>'
    if extra and "xl/vbaProject.bin" in extra:
        links += '<Relationship Id="vb" Type="http://schemas.microsoft.com/office/2006/relationships/vbaProject" '
        links += 'Target="vbaProject.bin"/>'
    codes = "".join(f'<numFmt numFmtId="{164 + n}" formatCode="{code}"/>' for n, code in enumerate(formats))
    styles = '<xf numFmtId="0"/>' + "".join(f'<xf numFmtId="{164 + n}"/>' for n in range(len(formats)))
    parts: dict[str, str | bytes] = {
        "[Content_Types].xml": "<Types/>",
        "_rels/.rels": f'<Relationships xmlns="{PACKAGE}"><Relationship Id="b" Type="{RELATIONS}/officeDocument" '
        'Target="xl/workbook.xml"/></Relationships>',
        "xl/workbook.xml": f'<workbook xmlns="{MAIN}" xmlns:r="{RELATIONS}">{book}'
        f"<sheets>{entries}</sheets></workbook>",
        "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{PACKAGE}">{links}</Relationships>',
        "xl/styles.xml": f'<styleSheet xmlns="{MAIN}"><numFmts>{codes}</numFmts>'
        f"<cellXfs>{styles}</cellXfs></styleSheet>",
        **{f"xl/worksheets/sheet{n}.xml": sheet for n, sheet in enumerate(sheets, 1)},
        **(extra or {}),
    }
    if shared is not None:
        parts["xl/sharedStrings.xml"] = f'<?xml version="1.0"?><sst xmlns="{MAIN}">{shared}</sst>'
    return packed(parts)


def packed(parts: Mapping[str, str | bytes]) -> bytes:
    """A zip archive of the parts."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return buffer.getvalue()


def read_back(
    path: Path, content: bytes, *, sheet: str | None = None, limits: ReadingLimits | None = None
) -> tuple[Read, list[str]]:
    """Write the file and read it: (sheet, row number, cells) of every row, and the notices."""
    path.write_bytes(content)
    rows: Read = []
    with open_dial_list(path, sheet=sheet, limits=limits) as dial_list:
        for batch in dial_list.batches():
            cells = [list(row.values()) for row in batch.cells.to_pylist()]
            rows += zip([batch.sheet] * len(batch), map(int, batch.row_numbers), cells, strict=True)
        return rows, dial_list.notices
