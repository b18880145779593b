"""Push call records to the client's address, and let them be lost, late, doubled, overtaken or damaged on the way."""

from __future__ import annotations

import asyncio
from collections import Counter
from hashlib import blake2b

import aiohttp
import msgspec

from connectors.infin8linx.simulator.platform import CallRecord
from connectors.infin8linx.simulator.settings import CallbackDials

_SECONDS_TO_ANSWER = 5
_REORDERED_SECONDS = 0.15

_V1_ABSENT = frozenset({"direction", "userid", "ext", "recordurl", "taskid", "round"})
_CAMEL = {
    "starttime": "startTime",
    "answertime": "answerTime",
    "endtime": "endTime",
    "disnumber": "disNumber",
    "destnumber": "destNumber",
    "extnumber": "extNumber",
    "recordfilename": "recordFilename",
    "downloadip": "downloadIp",
    "hangupcause": "hangupCause",
    "hangupdirection": "hangupDirection",
}


class CallbackSender:
    """Push what it is given, in order but for faults; `counts` tells what became of it.

    Runs between `start` and `stop`, on one event loop. What comes before `start` waits.
    """

    def __init__(self, dials: CallbackDials) -> None:
        self.dials = dials
        self.counts: Counter[str] = Counter()
        self._waiting: asyncio.Queue[bytes] = asyncio.Queue()
        self._tasks: list[asyncio.Task[None]] = []
        self._late: set[asyncio.TimerHandle] = set()

    @property
    def is_idle(self) -> bool:
        """Everything that will be pushed was pushed."""
        return not self._late and self.counts["queued"] == self.counts["done"]

    def start(self) -> None:
        self._tasks = [asyncio.create_task(self._run(place)) for place in range(self.dials.senders)]

    def stop(self) -> None:
        for task in self._tasks:
            task.cancel()
        for handle in self._late:
            handle.cancel()
        self._tasks.clear()
        self._late.clear()

    def push(self, record: CallRecord) -> None:
        """Decide what becomes of one record, and send it on its way."""
        dials = self.dials
        if dials.url is None:
            return
        dice = blake2b(f"{dials.seed}:{record.fields['uuid']}".encode(), digest_size=12).digest()
        chances = [int.from_bytes(dice[place : place + 2]) / 2**16 for place in range(0, 12, 2)]
        body = msgspec.json.encode(_write(record, dials.form))
        if chances[0] < dials.lost:
            self.counts["lost"] += 1
            return
        if chances[1] < dials.garbled:
            self.counts["garbled"] += 1
            body = body[: len(body) // 2]
        if chances[2] < dials.late:
            self._push_later(dials.late_seconds, body, "late")
        elif chances[3] < dials.reordered:
            self._push_later(_REORDERED_SECONDS, body, "reordered")
        else:
            self._enqueue(body)
        if chances[4] < dials.doubled:
            self.counts["doubled"] += 1
            self._enqueue(body)
        if chances[5] < dials.strangers:
            self.counts["strangers"] += 1
            stranger = {**record.fields, "id": record.record_id + 900_000_000, "customuuid": "nobody", "uuid": ""}
            self._enqueue(msgspec.json.encode(stranger))

    def _push_later(self, seconds: float, body: bytes, why: str) -> None:
        def push() -> None:
            self._late.discard(handle)
            self._enqueue(body)

        self.counts[why] += 1
        handle = asyncio.get_running_loop().call_later(seconds, push)
        self._late.add(handle)

    def _enqueue(self, body: bytes) -> None:
        self.counts["queued"] += 1
        self._waiting.put_nowait(body)

    async def _run(self, place: int) -> None:
        timeout = aiohttp.ClientTimeout(total=_SECONDS_TO_ANSWER)
        async with aiohttp.ClientSession(timeout=timeout, cookie_jar=aiohttp.DummyCookieJar()) as session:
            while True:
                body = await self._waiting.get()
                for _ in range(self.dials.attempts):
                    if await self._post(session, body):
                        break
                self.counts["done"] += 1

    async def _post(self, session: aiohttp.ClientSession, body: bytes) -> bool:
        """Push once; True when it was answered with 200, whatever the words."""
        url = self.dials.url
        if url is None:
            return True
        self.counts["sent"] += 1
        try:
            async with session.post(url, data=body, headers={"content-type": "application/json"}) as reply:
                told = (await reply.read()).strip()
        except (aiohttp.ClientError, TimeoutError):
            self.counts["unanswered"] += 1
            return False
        is_stored = reply.status == 200
        self.counts["answered" if is_stored else "refused"] += 1
        if is_stored and told != b"1":
            self.counts["answered_oddly"] += 1
        return is_stored


def _write(record: CallRecord, form: str) -> dict[str, object]:
    fields = record.fields
    if form == "v2":
        return fields
    old: dict[str, object] = {name: value for name, value in fields.items() if name not in _V1_ABSENT}
    old |= {
        "crmid": "0",
        "companycode": 9000001,
        "userkey": int(key) if (key := str(fields["userkey"])).isdecimal() else key,
    }
    if form == "v1":
        return old
    first_leg = {"astarttime": "1970-01-01 08:00:00", "aanswerTime": fields["starttime"], "aendtime": fields["endtime"]}
    return {**{_CAMEL.get(name, name): value for name, value in old.items()}, **first_leg}
