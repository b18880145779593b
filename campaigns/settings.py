"""Every setting, typed. Read from `callsheet.toml`, overridden by `CALLSHEET_…` variables."""

from __future__ import annotations

import os
import tomllib
from datetime import timedelta
from pathlib import Path
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, IPvAnyNetwork, ValidationError
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource, SettingsConfigDict
from sqlalchemy import make_url

from campaigns.errors import SettingsError
from campaigns.validation import Duration, describe

DEFAULT_FILE = "callsheet.toml"


class PlatformFacingSettings(BaseModel):
    """The address at which platforms reach us."""

    model_config = ConfigDict(extra="forbid")

    host: str = Field(default="127.0.0.1", description="address to listen on")
    port: int = Field(default=8081, ge=0, le=65535, description="port to listen on")
    max_body_bytes: int = Field(default=262_144, ge=1024, description="larger messages of a platform are refused")
    messages_per_second: float = Field(
        default=5000, gt=0, description="messages of one account taken in a second; more are told to come back later"
    )
    sources: dict[str, tuple[IPvAnyNetwork, ...]] = Field(
        default_factory=dict,
        description="account → addresses or networks that may call back for it; an account not named takes any",
    )


class SubmissionSettings(BaseModel):
    """How carefully and how fast chunks are handed over."""

    model_config = ConfigDict(extra="forbid")

    chunks_in_flight: int = Field(default=4, ge=1, le=64, description="chunks of a campaign handed over at once")
    quiet_period: Duration = Field(
        default=timedelta(seconds=2),
        description="after a request without a reply, wait this long before believing what the platform shows",
    )
    verify_rounds: int = Field(
        default=20, ge=2, description="rounds of adding and reading back before a chunk is left for later"
    )
    refused_share: float = Field(
        default=0.2, gt=0, le=1, description="a campaign pauses itself when the platform refuses this share of a chunk"
    )
    lease: Duration = Field(
        default=timedelta(seconds=30), description="a run that is silent for this long may be replaced by another"
    )


class WatchingSettings(BaseModel):
    """How often platforms are asked, and when we stop waiting."""

    model_config = ConfigDict(extra="forbid")

    shortest_pause: Duration = Field(default=timedelta(seconds=1), description="between polls while calls are settling")
    longest_pause: Duration = Field(default=timedelta(seconds=30), description="between polls while nothing happens")
    lost_after: Duration = Field(
        default=timedelta(hours=24),
        description="an accepted call is declared lost when the platform has been silent about it for so long",
    )
    implausible_after: int = Field(
        default=200,
        ge=0,
        description="a campaign pauses itself when so many calls in a row all failed or all ended alike; 0: never",
    )
    out_of_service_after: Duration = Field(
        default=timedelta(minutes=10), description="a campaign pauses itself when the platform is away for so long"
    )
    bills_interval: Duration = Field(
        default=timedelta(minutes=1),
        description="longest pause between looks at a platform's bills; shorter while they bring something new",
    )
    evidence_wait: Duration = Field(
        default=timedelta(hours=2),
        description="how long to look for evidence of an unconfirmed chunk, or of calls whose day is over, before a "
        "person is asked or the calls count as expired; should cover the platform's queue",
    )


class CapsSettings(BaseModel):
    """How often anybody may be called, over all campaigns."""

    model_config = ConfigDict(extra="forbid")

    recent: Duration = Field(
        default=timedelta(days=1),
        description="who was called by another campaign within this time is held back; 0s: nobody",
    )
    attempts: int = Field(default=0, ge=0, description="most calls to a number within `within`; 0: no limit")
    within: Duration = Field(default=timedelta(days=7), description="the time over which `attempts` counts")


class ReadingSettings(BaseModel):
    """How much of a dial list is read before it is refused."""

    model_config = ConfigDict(extra="forbid")

    max_rows: int = Field(default=2_000_000, ge=1, description="rows of a list")
    max_columns: int = Field(default=500, ge=1, description="columns of a sheet")
    max_unpacked_bytes: int = Field(default=4 * 1024**3, ge=1, description="bytes inflated from a compressed file")
    max_seconds: float = Field(default=300.0, gt=0, description="seconds that reading may take")


class PrefectSettings(BaseModel):
    """The engine that Callsheet starts itself when `PREFECT_API_URL` is not set."""

    model_config = ConfigDict(extra="forbid")

    linger: Duration = Field(
        default=timedelta(minutes=10), description="how long the server stays up after the last command that used it"
    )


class Settings(BaseSettings):
    """Everything that can be set. Paths are relative to the settings file."""

    model_config = SettingsConfigDict(env_prefix="CALLSHEET_", env_nested_delimiter="__", extra="forbid")

    database_url: str = Field(default="sqlite:///var/callsheet.db", description="SQLAlchemy address of the ledger")
    data_directory: Path = Field(default=Path("var"), description="dial lists as uploaded, and the engine's own data")
    language: Literal["en", "zh"] = Field(default="en", description="language of result sheets")
    accounts: dict[str, dict[str, Any]] = Field(
        default_factory=dict, description="platform accounts by name; their keys are the connector's own settings"
    )
    submission: SubmissionSettings = Field(default_factory=SubmissionSettings)
    watching: WatchingSettings = Field(default_factory=WatchingSettings)
    caps: CapsSettings = Field(default_factory=CapsSettings)
    reading: ReadingSettings = Field(default_factory=ReadingSettings)
    prefect: PrefectSettings = Field(default_factory=PrefectSettings)
    platform_facing: PlatformFacingSettings = Field(default_factory=PlatformFacingSettings)

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        return env_settings, init_settings


def load_settings(path: Path | None = None) -> Settings:
    """Read the settings file (`path`, else `CALLSHEET_CONFIG`, else `callsheet.toml` here, which may be absent).

    Raises `SettingsError` that names the file and the key.
    """
    named = path or (Path(os.environ["CALLSHEET_CONFIG"]) if os.environ.get("CALLSHEET_CONFIG") else None)
    file = named or Path(DEFAULT_FILE)
    values: dict[str, Any] = {}
    if file.exists():
        try:
            values = tomllib.loads(file.read_text(encoding="utf-8"))
        except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
            raise SettingsError(f"{file}: not valid TOML: {error}") from None
    elif named:
        raise SettingsError(f"{file}: there is no such settings file")
    try:
        settings = Settings(**values)
    except ValidationError as error:
        raise SettingsError(describe(error, Settings, where=str(file))) from None
    return _with_absolute_paths(settings, file.resolve().parent)


def _with_absolute_paths(settings: Settings, folder: Path) -> Settings:
    url = make_url(settings.database_url)
    database = url.database
    if url.get_backend_name() == "sqlite" and database and database != ":memory:":
        url = url.set(database=str(folder / database))
    for account in settings.accounts.values():
        for key, value in account.items():
            if key.endswith("_file") and isinstance(value, str):
                account[key] = str(folder / value)
    return settings.model_copy(
        update={
            "database_url": url.render_as_string(hide_password=False),
            "data_directory": folder / settings.data_directory,
        }
    )
