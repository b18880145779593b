"""Call records by asking: GetBill, and links to recordings.

Sources: the GetBill page; the page on the older `/api/bill/records` for the name of the list. Always `callmethod` 6 and
`syncflag` 3: the defaults leave batch calls out, and turn reading into a change on the server.
"""

from __future__ import annotations

import logging
import re
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from connectors.contract import CallReport
from connectors.errors import MalformedReplyError, PlatformUnavailableError
from connectors.infin8linx.client import PLATFORM, Infin8linxClient
from connectors.infin8linx.records import read_record
from connectors.infin8linx.settings import Infin8linxSettings
from connectors.infin8linx.submitting import write_customuuid
from connectors.infin8linx.wire import (
    GET_BILL,
    GET_RECORDING,
    WireError,
    read_seconds,
    read_text,
    read_time,
    write_time,
)
from connectors.transport import Answer

logger = logging.getLogger(__name__)

_FILTERS = {
    "syncflag": "3",
    "direction": "2",
    "callmethod": "6",
    "extnumber": "",
    "destnumber": "",
    "userid": "",
    "memberid": "",
}
_LIST_NAMES = ("bills", "list", "data", "items", "records", "rows", "cdrs")
_STAMP = re.compile(r"\d{4}-\d{2}-\d{2} \d{2}:\d{2}:\d{2}")

RECORDING_LINK_LIFETIME = timedelta(minutes=5)


@dataclass(frozen=True, slots=True)
class RecordingLink:
    url: str
    expires_at: datetime | None
    """None: the platform did not say; five minutes by its sample."""


class Bills:
    """Records of one account's batch calls."""

    def __init__(self, client: Infin8linxClient, settings: Infin8linxSettings) -> None:
        self._client = client
        self._zone = settings.zone
        self._page_size = settings.bills_page_size
        self._span = settings.bills_span
        self._overlap = settings.bills_overlap

    async def fetch_bills(self, since: datetime, until: datetime) -> AsyncIterator[Sequence[CallReport]]:
        """Yield the records of calls dialled between two times, page by page, each once.

        Reads from `bills_overlap` before `since`, in stretches of at most `bills_span` that share their ends. A record
        appears only once its call has ended, so whoever asks again and again should begin well before the last time.
        Raises `MalformedReplyError` when the reply has records and no list of them, and, after all that can be read was
        yielded, when a record could not be.
        """
        async for page in self._fetch(since - self._overlap, until, customuuid=""):
            yield page

    async def find_records(
        self, submission_name: str, since: datetime, until: datetime
    ) -> AsyncIterator[Sequence[CallReport]]:
        """Yield the records of one submission, dialled between two times: evidence that it was taken.

        No record proves nothing: records appear after calls have ended, and calls can wait in the platform's queue.
        """
        reference = write_customuuid(submission_name)
        async for page in self._fetch(since - self._overlap, until, customuuid=reference):
            if kept := [report for report in page if report.submission_name == reference]:
                yield kept

    async def fetch_recording_link(self, recording: str) -> RecordingLink:
        """Ask for the link to a recording; it works for five minutes, and recordings are kept for three months."""
        result, answer = await self._client.ask(GET_RECORDING, filename=recording)
        url = read_text(result.get("downurl")) if isinstance(result, dict) else ""
        if not url:
            raise self._client.malformed(answer, "a recording without downurl")
        self._client.keep(answer)
        assert isinstance(result, dict)
        stamp = _STAMP.search(read_text(result.get("expiredtime")))
        return RecordingLink(url, read_time(stamp[0], self._zone) if stamp else None)

    async def _fetch(self, since: datetime, until: datetime, *, customuuid: str) -> AsyncIterator[Sequence[CallReport]]:
        seen: set[str] = set()
        unreadable: MalformedReplyError | None = None
        begin = since
        while begin < until:
            end = min(begin + self._span, until)
            async for records, answer in self._fetch_pages(begin, end, customuuid):
                page: list[CallReport] = []
                for record in records:
                    try:
                        report = read_record(record, self._zone)
                    except WireError as error:
                        unreadable = unreadable or self._unreadable(answer, str(error))
                        continue
                    if report.report_key not in seen:
                        seen.add(report.report_key)
                        page.append(report)
                if page:
                    yield page
            begin = end
        if unreadable is not None:
            raise unreadable

    async def _fetch_pages(
        self, begin: datetime, end: datetime, customuuid: str
    ) -> AsyncIterator[tuple[list[object], Answer]]:
        """Read a list to its end: until `totalitems` records came or, where there is no total, nothing new comes."""
        page_number, records_read = 0, 0
        previous: list[object] = []
        # seconds are cut off on both sides, so the end is moved up to the next one
        times = {
            "starttime": write_time(begin, self._zone),
            "endtime": write_time(end + timedelta(seconds=1), self._zone),
        }
        while True:
            page_number += 1
            result, answer = await self._client.ask(
                GET_BILL,
                **times,
                **_FILTERS,
                currentpage=str(page_number),
                itemsperpage=str(self._page_size),
                customuuid=customuuid,
            )
            total, records = self._read_list(result, answer)
            if not records:
                self._client.keep(answer)
                if total is not None and records_read < total:
                    raise PlatformUnavailableError(
                        f"infin8linx counts {total} call records and lists {records_read}; the list changed while it "
                        "was read",
                        platform=PLATFORM,
                        operation=GET_BILL,
                        exchange_id=answer.exchange_id,
                    )
                return
            if records == previous:
                if total is None:
                    return
                raise self._client.malformed(answer, f"page {page_number} repeats the page before it")
            yield records, answer
            self._client.keep(answer)
            previous = records
            records_read += len(records)
            if total is not None and records_read >= total:
                return

    def _read_list(self, result: object, answer: Answer) -> tuple[int | None, list[object]]:
        """Find the total and the list of records; only `totalitems` is documented."""
        if isinstance(result, list):
            return None, result
        if not isinstance(result, dict):
            raise self._client.malformed(answer, "no result")
        fields = {str(name).lower(): value for name, value in result.items()}
        total = read_seconds(read_text(fields.get("totalitems")))
        for name in _LIST_NAMES:
            if isinstance(fields.get(name), list):
                return total, fields[name]
        lists = [value for value in fields.values() if isinstance(value, list)]
        if len(lists) == 1:
            return total, lists[0]
        if total == 0:
            return 0, []
        raise self._client.malformed(answer, f"totalitems {total} and no list of records")

    def _unreadable(self, answer: Answer, why: str) -> MalformedReplyError:
        error = self._client.malformed(answer, why)
        assert isinstance(error, MalformedReplyError)
        logger.warning("call record cannot be read platform=infin8linx exchange=%s why=%s", error.exchange_id, why)
        return error
