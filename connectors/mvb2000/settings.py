"""What must be known of an MVB2000 account to use it."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Annotated, Literal
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import BaseModel, ConfigDict, Field, SecretStr, field_validator, model_validator

Seconds = Annotated[timedelta, Field(gt=timedelta(0))]


class Mvb2000Settings(BaseModel):
    """An account of the settings file with `platform = "mvb2000"`; unknown keys are refused."""

    model_config = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True)

    platform: Literal["mvb2000"] = Field(default="mvb2000", description="Which platform this account is on.")
    base_url: str = Field(
        pattern=r"^https?://[^/?#\s]+(/[^?#\s]*)?$",
        description="Address of the interface, ending in /webservice2/. Prefer https: every secret is in the address.",
    )
    key: SecretStr | None = Field(
        default=None, description="The WEB key of the platform's basic settings. Give this or key_file."
    )
    key_file: Path | None = Field(default=None, description="File that holds the WEB key and nothing else.")
    requests_in_flight: int = Field(
        default=32, ge=1, le=1000, description="How many requests may wait for their reply at the same time."
    )
    requests_per_second: float = Field(default=500, gt=0, description="How many requests may be sent in a second.")
    timezone: str = Field(
        default="Asia/Shanghai", description="Time zone of the platform's clock; it decides keys, times and windows."
    )
    country: str = Field(
        default="CN",
        pattern="^[A-Z]{2}$",
        description="Country the platform dials from: its numbers are dialled nationally, all others internationally.",
    )
    international_prefix: str = Field(
        default="00", pattern=r"^\d{1,5}$", description="Digits dialled before a foreign country's code."
    )
    page_size: int = Field(default=1000, ge=1, le=10000, description="Rows asked for in one page of a list.")
    connect_timeout: Seconds = Field(
        default=timedelta(seconds=5), description="How long to wait for a connection, a free one included."
    )
    read_timeout: Seconds = Field(default=timedelta(seconds=30), description="How long to wait for a reply.")
    outgoing_trunk: str | None = Field(
        default=None, description="Trunk to dial through. While one is set the platform keeps no call records."
    )
    caller_id: str | None = Field(default=None, description="Number shown where a campaign names none.")
    concurrent_calls: int | None = Field(
        default=None, ge=1, description="Calls of a task at the same time; none: the platform's own limit."
    )
    max_calls_per_chunk: int = Field(default=5000, ge=1, le=5000, description="Most calls laid out in one task.")
    ring_seconds: int | None = Field(
        default=None, ge=5, le=300, description="How long to let it ring; none: the platform's own setting."
    )
    tts_voice_file: str | None = Field(
        default=None,
        description="Voice file named in a task whose rows carry their own text; the platform asks for one.",
    )

    @field_validator("base_url")
    @classmethod
    def _end_with_slash(cls, value: str) -> str:
        return value.rstrip("/") + "/"

    @field_validator("timezone")
    @classmethod
    def _know_the_zone(cls, value: str) -> str:
        try:
            ZoneInfo(value)
        except (ZoneInfoNotFoundError, ValueError):
            raise ValueError(f"{value} is no IANA time zone, like Asia/Shanghai") from None
        return value

    @model_validator(mode="after")
    def _have_one_key(self) -> Mvb2000Settings:
        if (self.key is None) == (self.key_file is None):
            raise ValueError("give exactly one of key and key_file")
        if self.key is not None and not self.key.get_secret_value().strip():
            raise ValueError("key is empty")
        return self

    @property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.timezone)

    def read_key(self) -> str:
        """Return the key string; read it from its file when it lies in one.

        Raises `ValueError` when the file is empty and `OSError` when it cannot be read.
        """
        if self.key is not None:
            return self.key.get_secret_value().strip()
        assert self.key_file is not None
        key = self.key_file.read_text(encoding="utf-8").strip()
        if not key:
            raise ValueError(f"key_file {self.key_file} is empty")
        return key
