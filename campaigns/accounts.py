"""Accounts of the settings file: checked, and with what campaigns need to know of any of them."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from typing import Any

from pydantic import BaseModel, SecretStr

from campaigns.clock import Clock
from campaigns.errors import SettingsError
from campaigns.settings import Settings
from campaigns.validation import check
from connectors.contract import Connector
from connectors.registry import PLATFORMS, Platform
from connectors.transport import RecordsExchange


@dataclass(frozen=True, slots=True)
class Account:
    """One account, ready to be opened."""

    name: str
    platform: Platform
    settings: BaseModel

    @property
    def timezone(self) -> str:
        return str(getattr(self.settings, "timezone", "UTC"))

    @property
    def country(self) -> str | None:
        return getattr(self.settings, "country", None)

    @property
    def callback_secret(self) -> str | None:
        """The unguessable part of the address at which the platform calls back; None: it does not."""
        secret: SecretStr | None = getattr(self.settings, "callback_secret", None)
        return secret.get_secret_value() if secret else None

    @property
    def callback_reply(self) -> str:
        """What the platform expects to be answered once its message is stored."""
        return str(getattr(self.settings, "callback_reply", ""))

    def open(self, *, clock: Clock, record: RecordsExchange | None = None) -> AbstractAsyncContextManager[Connector]:
        return self.platform.open(self.name, self.settings, clock=clock, record=record)


def read_account(settings: Settings, name: str) -> Account:
    """Check the settings of one account; raises `SettingsError` that names the key."""
    if name not in settings.accounts:
        known = ", ".join(sorted(settings.accounts)) or "none"
        raise SettingsError(f'no account is called "{name}" in the settings file; there are: {known}')
    values: Mapping[str, Any] = settings.accounts[name]
    platform = PLATFORMS.get(str(values.get("platform")))
    if platform is None:
        known = ", ".join(sorted(PLATFORMS))
        raise SettingsError(f"`accounts.{name}.platform` is {values.get('platform')!r}; known platforms: {known}")
    return Account(name, platform, check(platform.settings, values, where=f"accounts.{name}"))
