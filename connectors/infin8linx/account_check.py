"""Look at an account before a campaign relies on it; changes nothing but the token, which is renewed."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta

from connectors.contract import AccountFinding, Message, MessageKind
from connectors.errors import PlatformAccountError, PlatformError
from connectors.infin8linx.bills import Bills
from connectors.infin8linx.client import Infin8linxClient
from connectors.infin8linx.settings import Infin8linxSettings

_LOOKED_BACK = timedelta(minutes=1)


class AccountCheck:
    def __init__(
        self, client: Infin8linxClient, bills: Bills, settings: Infin8linxSettings, *, clock: Callable[[], datetime]
    ) -> None:
        self._client = client
        self._bills = bills
        self._settings = settings
        self._clock = clock

    async def check_account(self, *, message: Message | None = None) -> Sequence[AccountFinding]:
        """Return what was noticed. A platform that cannot be asked is a finding too; no batch is ever sent."""
        findings = self._check_settings(message)
        try:
            await self._client.log_in()
        except PlatformError as error:
            advice = (
                "Check base_url, appid, accesskey and the registered IP addresses."
                if isinstance(error, PlatformAccountError)
                else "Check base_url and login_url, or try later."
            )
            return [AccountFinding(True, str(error), advice), *findings]
        findings.insert(0, AccountFinding(False, "The platform answers and knows the account."))
        findings += await self._check_bills()
        return findings

    def _check_settings(self, message: Message | None) -> list[AccountFinding]:
        settings = self._settings
        findings = [
            AccountFinding(
                False,
                "The platform cannot take back, pause or list what it was given, and keeps to no calling hours.",
                "Submit in small chunks, so that each is dialled within its hours.",
            )
        ]
        if settings.base_url.startswith("http://"):
            findings.append(
                AccountFinding(
                    False,
                    "The address is plain http: the access key and all numbers travel in clear text.",
                    "Ask the vendor for https, or use a tunnel.",
                )
            )
        if settings.callback_secret is None:
            findings.append(
                AccountFinding(
                    False,
                    "Without callback_secret no callbacks are taken; results come from call records alone.",
                    "Set callback_secret and have the vendor push to the callback address.",
                )
            )
        if not settings.disnumbers:
            findings.append(
                AccountFinding(
                    False,
                    "Without disnumbers the platform shows a random number, and who calls back cannot be matched.",
                    "Name the caller numbers in disnumbers.",
                )
            )
        if message is not None and message.kind is MessageKind.TEXT:
            findings.append(
                AccountFinding(
                    True, "The platform speaks no texts.", "Use a recorded voice file, or an account that speaks texts."
                )
            )
        if message is not None and message.thanks_voice_file:
            findings.append(
                AccountFinding(True, "The platform plays no voice file after a key.", "Leave thanks_voice_file out.")
            )
        if message is not None and message.voice_file and "://" not in message.voice_file:
            findings.append(
                AccountFinding(
                    False,
                    f"Whether the platform has the voice file {message.voice_file} cannot be asked.",
                    "See in the console that it is uploaded under exactly this name.",
                )
            )
        return findings

    async def _check_bills(self) -> list[AccountFinding]:
        now = self._clock()
        try:
            async for _ in self._bills.fetch_bills(now - _LOOKED_BACK, now):
                break
        except PlatformError as error:
            return [
                AccountFinding(
                    self._settings.callback_secret is None,
                    f"Call records cannot be read: {error}",
                    "Check bills_url, and that the account may read call records; until then callbacks must come.",
                )
            ]
        return [AccountFinding(False, "Call records can be read.")]
