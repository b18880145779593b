"""What must be known of an Infin8linx account to use it."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Annotated, Literal
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import BaseModel, ConfigDict, Field, SecretStr, StringConstraints, field_validator, model_validator

from connectors.infin8linx.numbers import COUNTRIES, UNCONFIRMED_COUNTRIES, NumberForm

MAX_NUMBERS = 5000
"""Most numbers of one submission by the platform's own words."""

MAX_PAGE_ROWS = 1000

Seconds = Annotated[timedelta, Field(gt=timedelta(0))]
Address = Annotated[str, StringConstraints(pattern=r"^https?://[^/?#\s]+(/[^?#\s]*)?$")]
CallerId = Annotated[str, StringConstraints(pattern=r"^\+?[0-9]{3,20}$")]
Country = Annotated[str, StringConstraints(pattern="^[A-Z]{2}$")]

_USUAL_PATH = "/api/yunhu"


class Infin8linxSettings(BaseModel):
    """An account of the settings file with `platform = "infin8linx"`; unknown keys are refused."""

    model_config = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True)

    platform: Literal["infin8linx"] = Field(default="infin8linx", description="Which platform this account is on.")
    base_url: Address = Field(
        description="Address of the interface, usually ending in /api/yunhu, which is added to a bare host."
    )
    login_url: Address | None = Field(
        default=None, description="Address for logging in and out, where it is not base_url."
    )
    bills_url: Address | None = Field(
        default=None, description="Address for call records and recordings, where it is not base_url."
    )
    appid: str = Field(min_length=1, description="The account's appid.")
    accesskey: SecretStr | None = Field(
        default=None, description="The account's access key. Give this or accesskey_file."
    )
    accesskey_file: Path | None = Field(default=None, description="File that holds the access key and nothing else.")
    callback_secret: SecretStr | None = Field(
        default=None,
        description="The unguessable part of the callback address; without it no callbacks are taken, only bills.",
    )
    callback_reply: str = Field(default="1", description="What the platform is answered when a callback was stored.")
    requests_in_flight: int = Field(
        default=4, ge=1, le=100, description="How many requests may wait for their reply at the same time."
    )
    requests_per_second: float = Field(default=5, gt=0, description="How many requests may be sent in a second.")
    timezone: str = Field(
        default="Asia/Shanghai", description="Time zone of the times in call records; the evidence says UTC+8."
    )
    country: Country | None = Field(
        default=None, description="Country of the numbers where a dial list does not say; none: it must say."
    )
    enabled_countries: frozenset[str] = Field(
        default=frozenset(COUNTRIES) - UNCONFIRMED_COUNTRIES,
        description="Countries that may be dialled. VN is known, and is to be added only once the vendor confirms it.",
    )
    number_form: NumberForm = Field(
        default=NumberForm.SIGNIFICANT,
        description="How numbers are sent: significant is the national number without trunk prefix.",
    )
    number_forms: dict[Country, NumberForm] = Field(
        default_factory=dict, description="Countries whose numbers are sent in another form than number_form."
    )
    disnumbers: tuple[CallerId, ...] = Field(
        default=(), description="Caller numbers taken in turn by submissions; none: the platform picks one at random."
    )
    waittime: int | None = Field(
        default=None, ge=1, le=600, description="How long it may ring, in the platform's unit; none: its own setting."
    )
    conntime: int | None = Field(
        default=None, ge=1, le=3600, description="How long a call may last, in the platform's unit; none: its own."
    )
    max_calls_per_chunk: int = Field(
        default=MAX_NUMBERS, ge=1, le=MAX_NUMBERS, description="Most numbers handed over in one submission."
    )
    bills_page_size: int = Field(
        default=MAX_PAGE_ROWS, ge=1, le=MAX_PAGE_ROWS, description="Call records asked for in one page."
    )
    bills_span: Seconds = Field(
        default=timedelta(hours=6), description="Longest stretch of time asked for at once; longer ones are cut."
    )
    bills_overlap: Seconds = Field(
        default=timedelta(minutes=15),
        description="How much earlier than asked records are read, since they appear only once a call has ended.",
    )
    connect_timeout: Seconds = Field(
        default=timedelta(seconds=5), description="How long to wait for a connection, a free one included."
    )
    read_timeout: Seconds = Field(default=timedelta(seconds=60), description="How long to wait for a reply.")

    @field_validator("base_url", "login_url", "bills_url")
    @classmethod
    def _complete_bare_host(cls, value: str | None) -> str | None:
        if value is not None and urlsplit(value).path in {"", "/"}:
            return value.rstrip("/") + _USUAL_PATH
        return value

    @field_validator("timezone")
    @classmethod
    def _know_the_zone(cls, value: str) -> str:
        try:
            ZoneInfo(value)
        except (ZoneInfoNotFoundError, ValueError):
            raise ValueError(f"{value} is no IANA time zone, like Asia/Shanghai") from None
        return value

    @field_validator("enabled_countries")
    @classmethod
    def _know_the_countries(cls, value: frozenset[str]) -> frozenset[str]:
        if strange := sorted(value - set(COUNTRIES)):
            raise ValueError(
                f"the platform has no nationcode for {', '.join(strange)}; it knows {', '.join(COUNTRIES)}"
            )
        return value

    @model_validator(mode="after")
    def _have_one_accesskey(self) -> Infin8linxSettings:
        if (self.accesskey is None) == (self.accesskey_file is None):
            raise ValueError("give exactly one of accesskey and accesskey_file")
        if self.accesskey is not None and not self.accesskey.get_secret_value().strip():
            raise ValueError("accesskey is empty")
        return self

    @property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.timezone)

    def form_for(self, country: str) -> NumberForm:
        return self.number_forms.get(country, self.number_form)

    def read_accesskey(self) -> str:
        """Return the access key; read it from its file when it lies in one.

        Raises `ValueError` when the file is empty and `OSError` when it cannot be read.
        """
        if self.accesskey is not None:
            return self.accesskey.get_secret_value().strip()
        assert self.accesskey_file is not None
        accesskey = self.accesskey_file.read_text(encoding="utf-8").strip()
        if not accesskey:
            raise ValueError(f"accesskey_file {self.accesskey_file} is empty")
        return accesskey
