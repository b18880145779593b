"""Hand a chunk over: one PlayVoice request (Batch IVR page, 3.1)."""

from __future__ import annotations

import re
import zlib
from collections.abc import Callable, Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

from connectors.contract import CallingHours, CallRequest, Message, MessageKind, Receipt, Submission
from connectors.errors import CallRejectedError
from connectors.infin8linx.client import PLATFORM, Infin8linxClient
from connectors.infin8linx.numbers import COUNTRIES, write_number
from connectors.infin8linx.settings import Infin8linxSettings
from connectors.infin8linx.wire import PLAY_VOICE

SEPARATOR = ","
"""ASCII; the vendor's own example has full-width commas, which join numbers to one that nobody has."""

_SAFE_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")
_CALLER_ID = re.compile(r"\+?[0-9]{3,20}")
_SEQUENCE = re.compile(r"([0-9]+)$")

DROPPED_AFTER_TODAY = "1"
KEPT_FOR_TOMORROW = "2"

_CHOICES = {
    "todayonly": re.compile("[12]"),
    "voicetype": re.compile("[12]"),
    "userkey": re.compile("[01]"),
    "waittime": re.compile("[1-9][0-9]{0,3}"),
    "conntime": re.compile("[1-9][0-9]{0,3}"),
    "chengshudu": re.compile("[A-Za-z0-9._-]{2,64}"),
}
"""What a campaign may set by the platform's own names. In `chengshudu`, "0" would come back as unset and "1" is the
switch of the transfer service of the same name, so one character is too short."""


class Submitting:
    """Batches of one account."""

    def __init__(
        self, client: Infin8linxClient, settings: Infin8linxSettings, *, clock: Callable[[], datetime]
    ) -> None:
        self._client = client
        self._settings = settings
        self._clock = clock

    async def submit_calls(self, submission: Submission, calls: Sequence[CallRequest]) -> Receipt:
        """RINGS PHONES: hand all calls over in one request, sent once and never repeated.

        The platform gives no id, so the receipt bears our own `customuuid`; store it before calling this. Success means
        that the batch was taken, not that any number is valid: some may never be reported. Raises `CallRejectedError`
        before sending when the chunk cannot be said in one request, else what `Infin8linxClient.play_voice` says.
        """
        fields = write_batch(submission, calls, self._settings, now=self._clock())
        await self._client.play_voice(fields)
        return Receipt(reference=fields["customuuid"], accepted_at=self._clock())


def write_batch(
    submission: Submission, calls: Sequence[CallRequest], settings: Infin8linxSettings, *, now: datetime
) -> dict[str, str]:
    """Return the form fields of a batch, without service and credentials, or raise `CallRejectedError`."""
    message = submission.message
    _check_options(message)
    country = _the_country(calls, settings)
    fields = {
        "nationcode": COUNTRIES[country].nation_code,
        "destnumber": _write_numbers(calls, country, settings),
        **_write_voice(message),
        "customuuid": write_customuuid(submission.name),
        "disnumber": submission.caller_id or choose_caller_id(submission.name, settings.disnumbers),
        "todayonly": choose_todayonly(submission.hours, now),
    }
    if fields["disnumber"] and not _CALLER_ID.fullmatch(fields["disnumber"]):
        raise _refuse("caller_id", "a caller number has 3 to 20 digits")
    for name, value in (("waittime", submission.ring_seconds or settings.waittime), ("conntime", settings.conntime)):
        if value is not None:
            fields[name] = str(value)
    return {**fields, **message.options}


def write_customuuid(name: str) -> str:
    """Return what the platform will give back for a submission: the last word of its name, our chunk reference.

    What comes before it is for people and may hold anything. The platform gives "0" back for unset, so that is refused,
    like everything that a form, an address or a spreadsheet could change on its way.
    """
    reference = name.rsplit(maxsplit=1)[-1] if name.strip() else ""
    if not _SAFE_NAME.fullmatch(reference) or reference == "0":
        raise _refuse("name", "its name must end in a reference of at most 64 ASCII letters, digits, dots and dashes")
    return reference


def choose_caller_id(name: str, disnumbers: Sequence[str]) -> str:
    """Take caller numbers in turn by the chunk number at the end of the name; empty: the platform picks one.

    The same submission always gets the same number, whoever asks and however often.
    """
    if not disnumbers:
        return ""
    found = _SEQUENCE.search(name)
    place = int(found[1]) if found else zlib.crc32(name.encode())
    return disnumbers[place % len(disnumbers)]


def choose_todayonly(hours: CallingHours, now: datetime) -> str:
    """Let numbers that are not dialled today be dropped, unless any hour of tomorrow is as good.

    The platform keeps to no windows: what it carries over midnight it dials at an hour of its own choosing. So it may
    carry over only where calls are allowed around the clock today and tomorrow.
    """
    today = now.astimezone(ZoneInfo(hours.timezone)).date()
    is_always_open = len(hours.windows) == 1 and (
        hours.windows[0].opens == datetime.min.time() and hours.windows[0].closes == datetime.max.time()
    )
    return KEPT_FOR_TOMORROW if is_always_open and hours.begin <= today < hours.end else DROPPED_AFTER_TODAY


def _check_options(message: Message) -> None:
    for name, value in message.options.items():
        if name not in _CHOICES:
            raise _refuse(name, f"a message has no option {name} here; there are {', '.join(_CHOICES)}")
        if not _CHOICES[name].fullmatch(value):
            raise _refuse(name, f"option {name} must match {_CHOICES[name].pattern}")


def _the_country(calls: Sequence[CallRequest], settings: Infin8linxSettings) -> str:
    if not calls:
        raise _refuse("calls", "it holds no calls")
    if len(calls) > settings.max_calls_per_chunk:
        raise _refuse("calls", f"it holds {len(calls)} calls, and at most {settings.max_calls_per_chunk} fit")
    countries = sorted({call.country for call in calls})
    if len(countries) > 1:
        raise _refuse("country", f"one submission takes one country, not {', '.join(countries)}")
    (country,) = countries
    if country not in COUNTRIES:
        raise _refuse("country", f"the platform does not dial {country}; it dials {', '.join(COUNTRIES)}")
    if country not in settings.enabled_countries:
        raise _refuse("country", f"{country} is not enabled for this account (enabled_countries)")
    return country


def _write_numbers(calls: Sequence[CallRequest], country: str, settings: Infin8linxSettings) -> str:
    form = settings.form_for(country)
    numbers: dict[str, None] = {}
    for call in calls:
        try:
            number = write_number(call.phone_number, country, form)
        except ValueError as error:
            raise _refuse("phone_number", f"call {call.call_ref} has {error}") from None
        if number in numbers:
            raise _refuse("phone_number", f"call {call.call_ref} has a number that is in it already")
        if call.texts:
            raise _refuse("texts", "everybody hears the same recording; the platform speaks no texts")
        numbers[number] = None
    return SEPARATOR.join(numbers)


def _write_voice(message: Message) -> dict[str, str]:
    if message.kind is MessageKind.TEXT or not message.voice_file:
        raise _refuse("voice_file", "the platform plays a voice file and nothing else")
    if message.thanks_voice_file:
        raise _refuse("thanks_voice_file", "the platform plays no voice file after a key; leave the thanks out")
    voice_file = message.voice_file
    if not (voice_file.isascii() and voice_file.isprintable()) or " " in voice_file:
        raise _refuse("voice_file", "a voice file is named in ASCII without blanks (group-call access process)")
    is_online = voice_file.lower().startswith(("http://", "https://"))
    return {
        "voicetype": "2" if is_online else "1",
        "voicefile": voice_file,
        "userkey": "1" if message.keys or message.kind is MessageKind.SURVEY else "0",
    }


def _refuse(field: str, what: str) -> CallRejectedError:
    return CallRejectedError(
        f"Infin8linx cannot take this chunk: {what}", platform=PLATFORM, operation=PLAY_VOICE, field=field
    )
