"""Platform name → connector. To add a platform, add its line here."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

from pydantic import BaseModel

from connectors.contract import Abilities, Connector
from connectors.infin8linx.connector import ABILITIES as INFIN8LINX_ABILITIES
from connectors.infin8linx.connector import open_connector as open_infin8linx
from connectors.infin8linx.settings import Infin8linxSettings
from connectors.mvb2000.connector import ABILITIES as MVB2000_ABILITIES
from connectors.mvb2000.connector import open_connector as open_mvb2000
from connectors.mvb2000.settings import Mvb2000Settings
from connectors.transport import RecordsExchange


class OpensConnector(Protocol):
    """Opens an account's connections and closes them at the end."""

    def __call__(
        self, account: str, settings: Any, *, clock: Callable[[], datetime], record: RecordsExchange | None = None
    ) -> AbstractAsyncContextManager[Connector]: ...


@dataclass(frozen=True, slots=True)
class Platform:
    """One kind of platform: what its accounts must say, and how they are opened."""

    name: str
    settings: type[BaseModel]
    abilities: Abilities
    open: OpensConnector


PLATFORMS: Mapping[str, Platform] = {
    platform.name: platform
    for platform in (
        Platform("mvb2000", Mvb2000Settings, MVB2000_ABILITIES, open_mvb2000),
        Platform("infin8linx", Infin8linxSettings, INFIN8LINX_ABILITIES, open_infin8linx),
    )
}
