"""Look at an account before a campaign relies on it; changes nothing (manual, 4.1, 4.15, 4.65, 4.66, 4.82, 8.6)."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime, timedelta

from connectors.contract import AccountFinding, Message, MessageKind
from connectors.errors import PlatformAccountError, PlatformError
from connectors.mvb2000.client import Mvb2000Client
from connectors.mvb2000.envelope import read_number, read_time
from connectors.mvb2000.settings import Mvb2000Settings

TOLERATED_CLOCK_DIFFERENCE = timedelta(minutes=2)


class AccountCheck:
    def __init__(self, client: Mvb2000Client, settings: Mvb2000Settings, clock: Callable[[], datetime]) -> None:
        self._client = client
        self._settings = settings
        self._clock = clock

    async def check_account(self, *, message: Message | None = None) -> Sequence[AccountFinding]:
        """Return what was noticed, the platform's version first. A platform that cannot be asked is a finding too."""
        findings: list[AccountFinding] = []
        try:
            findings += await self._check_version()
        except PlatformError as error:
            advice = "Check key, timezone and base_url." if isinstance(error, PlatformAccountError) else "Try later."
            return [AccountFinding(is_problem=True, what=str(error), advice=advice)]
        checks: list[Callable[[], Awaitable[list[AccountFinding]]]] = [
            self._check_clock,
            lambda: self._check_message(message),
            self._check_trunk,
            self._check_queues,
            self._check_global_parameters,
        ]
        for check in checks:
            try:
                findings += await check()
            except PlatformError as error:
                findings.append(AccountFinding(is_problem=True, what=str(error)))
        return findings

    async def _check_version(self) -> list[AccountFinding]:
        reply = await self._client.call("about")
        row = reply.data[0] if reply.data else {}
        version, built = row.get("version") or "unknown", row.get("lastbuild") or "unknown"
        return [AccountFinding(False, f"The platform answers: interface version {version}, built {built}.")]

    async def _check_clock(self) -> list[AccountFinding]:
        reply = await self._client.call("ctigetdatetime")
        now = self._clock()
        zone = self._settings.zone
        row = reply.data[0] if reply.data else {}
        theirs = read_time(row, "mvb_datetime", zone)
        if theirs is None:
            return [AccountFinding(True, "The platform does not tell its time.", "Compare its clock by hand.")]
        difference = abs(theirs - now)
        if theirs.astimezone(zone).date() != now.astimezone(zone).date():
            return [
                AccountFinding(
                    True,
                    f"By the platform's clock it is {theirs.astimezone(zone):%Y-%m-%d %H:%M}, by ours "
                    f"{now.astimezone(zone):%Y-%m-%d %H:%M}: calls would be made on the wrong day.",
                    "Set the platform's clock, or the account's timezone.",
                )
            ]
        if difference > TOLERATED_CLOCK_DIFFERENCE:
            return [
                AccountFinding(
                    False,
                    f"The platform's clock is {difference.total_seconds() / 60:.0f} minutes "
                    f"{'ahead of' if theirs > now else 'behind'} ours; calling windows follow the platform's.",
                    "Set the platform's clock, or the account's timezone.",
                )
            ]
        return []

    async def _check_message(self, message: Message | None) -> list[AccountFinding]:
        if message is None:
            return []
        wanted = [message.voice_file, message.thanks_voice_file]
        if message.kind is MessageKind.TEXT and not message.voice_file:
            if not self._settings.tts_voice_file:
                return [
                    AccountFinding(
                        True,
                        "The platform wants a voice file even where every row has its own text.",
                        "Set tts_voice_file in the account's settings.",
                    )
                ]
            wanted.append(self._settings.tts_voice_file)
        reply = await self._client.call("getrecordings")
        known = {name for row in reply.data for name in _spellings(row.get("filename", ""))}
        return [
            AccountFinding(
                True,
                f"The platform has no voice file {name}.",
                "Upload it in the platform's recordings, or correct the name.",
            )
            for name in wanted
            if name and not known & _spellings(name)
        ]

    async def _check_trunk(self) -> list[AccountFinding]:
        trunk = self._settings.outgoing_trunk
        if not trunk:
            return []
        reply = await self._client.call("gettrunklist")
        findings = [
            AccountFinding(
                False,
                "The account dials through a trunk of its own: the platform then keeps no call records or recordings.",
                "Leave outgoing_trunk out to have them.",
            )
        ]
        if trunk not in {row.get("trunk") for row in reply.data}:
            findings.append(AccountFinding(True, f"The platform has no trunk {trunk}.", "Correct outgoing_trunk."))
        return findings

    async def _check_queues(self) -> list[AccountFinding]:
        reply = await self._client.call("getqueuelist")
        queues = ", ".join(row.get("queueno", "") for row in reply.data) or "none"
        return [AccountFinding(False, f"Queues on the platform: {queues}.")]

    async def _check_global_parameters(self) -> list[AccountFinding]:
        reply = await self._client.call("getobparams")
        values = {row.get("keyname", ""): row.get("keyvalue", "") for row in reply.data}
        findings: list[AccountFinding] = []
        if values.get("outtrunk"):
            findings.append(
                AccountFinding(
                    False,
                    "The global parameter outtrunk is set: the platform keeps no call records or recordings.",
                    "Empty it on the platform if records are wanted.",
                )
            )
        free = read_number(values, "maxcalls")
        wanted = self._settings.concurrent_calls
        if free is not None and wanted is not None and wanted > free:
            findings.append(
                AccountFinding(
                    False,
                    f"The account asks for {wanted} concurrent calls, the whole platform allows {free}.",
                    "Raise maxcalls on the platform, or lower concurrent_calls.",
                )
            )
        return findings


def _spellings(name: str) -> set[str]:
    """A voice file with and without its folder and extension; the manual names the same kind of file both ways."""
    plain = name.rsplit("/", 1)[-1]
    stem = plain.rsplit(".", 1)[0]
    return {name, plain, stem} - {""}
