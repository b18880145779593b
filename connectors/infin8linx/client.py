"""Requests to the platform: one form, one address a service, and what a failure means.

Two ways to say who we are, never both at once: PlayVoice takes appid and accesskey, everything else a token that lasts
twelve hours. With a token PlayVoice would be another service of the same name (one number, or a transfer).
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime, timedelta

import httpx

from connectors.errors import (
    CallRejectedError,
    OutcomeUnknownError,
    PlatformAccountError,
    PlatformError,
    PlatformUnavailableError,
)
from connectors.infin8linx.codes import (
    AUTHORISATION_FAILED,
    MEANINGS,
    TOKEN_REFUSED,
    RefusalKind,
    read_refusal_kind,
)
from connectors.infin8linx.settings import Infin8linxSettings
from connectors.infin8linx.wire import (
    GET_BILL,
    GET_RECORDING,
    LOGIN,
    LOGOUT,
    PLAY_VOICE,
    Reply,
    WireError,
    read_reply,
    read_text,
    write_form,
)
from connectors.redaction import HIDDEN
from connectors.transport import Answer, Exchange, HttpTransport, RecordsExchange, Request

PLATFORM = "infin8linx"

TOKEN_LIFETIME = timedelta(hours=12)
_RENEWED_BEFORE_END = timedelta(minutes=30)

_READABLE_STATUSES = range(300, 600)
"""Statuses whose body is read too: which one comes with a refusal is not documented."""

_REFUSED_AT_THE_DOOR = (401, 403)

_FORM_VALUE = re.compile(r'(name="(?P<name>accesskey|token|destnumber)"\r?\n\r?\n)(?P<value>[^\r\n]*)')


class Infin8linxClient:
    """Speaks with one account. Create and close it on the event loop it is used on."""

    def __init__(
        self,
        account: str,
        settings: Infin8linxSettings,
        *,
        clock: Callable[[], datetime],
        record: RecordsExchange | None = None,
        transport: httpx.AsyncBaseTransport | None = None,
    ) -> None:
        accesskey = settings.read_accesskey()
        self.account = account
        self._identity = {"appid": settings.appid, "accesskey": accesskey}
        self._clock = clock
        login_url, bills_url = settings.login_url or settings.base_url, settings.bills_url or settings.base_url
        self._urls = {
            PLAY_VOICE: settings.base_url,
            LOGIN: login_url,
            LOGOUT: login_url,
            GET_BILL: bills_url,
            GET_RECORDING: bills_url,
        }
        self._token = ""
        self._token_ends_at: datetime | None = None
        self._logging_in = asyncio.Lock()
        self._http = HttpTransport(
            platform=PLATFORM,
            account=account,
            requests_in_flight=settings.requests_in_flight,
            connect_timeout=settings.connect_timeout,
            read_timeout=settings.read_timeout,
            record=None if record is None else self._hide_form_values(record),
            secrets=(accesskey,),
            transport=transport,
            clock=clock,
        )

    async def aclose(self) -> None:
        await self._http.aclose()

    async def play_voice(self, fields: Mapping[str, str]) -> None:
        """RINGS PHONES: send one batch, once.

        Returns when the platform says that it took the batch. Raises `CallRejectedError` or `PlatformAccountError` when
        it says that it did not, `PlatformUnavailableError` when nothing was sent, `OutcomeUnknownError` for whatever
        else happens, an HTTP status other than 2xx without a documented refusal included.
        """
        answer = await self._post(PLAY_VOICE, {**self._identity, **fields}, changes=True)
        reply = self._read(answer)
        is_http_success = 200 <= answer.status < 300
        if reply.is_success and is_http_success:
            self._http.record(answer)
            return
        if reply.is_success or answer.status >= 500:
            raise self._http.malformed(answer, f"HTTP {answer.status}", raw_code=str(answer.status))
        raise self._read_refusal(answer, reply)

    async def ask(self, service: str, **fields: str) -> tuple[object, Answer]:
        """Ask a service that takes a token; return `data.result` and the answer it stood in, for `keep` or `malformed`.

        Logs in when there is no token or it is about to end, and once more when the platform refuses it (600).
        """
        token = await self._get_token()
        answer, reply = await self._ask(service, {"token": token, **fields})
        if reply.code == TOKEN_REFUSED:
            token = await self._get_token(refused=token)
            answer, reply = await self._ask(service, {"token": token, **fields})
        if not reply.is_success:
            if reply.code in (TOKEN_REFUSED, AUTHORISATION_FAILED):
                self._token = ""
            raise self._read_refusal(answer, reply)
        return reply.result, answer

    async def log_in(self) -> None:
        """Make sure that there is a token. Raises `PlatformAccountError` when the platform does not know us."""
        await self._get_token()

    async def log_out(self) -> None:
        """Clear the token, if there is one."""
        if self._token:
            token, self._token = self._token, ""
            answer, reply = await self._ask(LOGOUT, {"token": token})
            if not reply.is_success and reply.code != TOKEN_REFUSED:
                raise self._read_refusal(answer, reply)

    def keep(self, answer: Answer) -> None:
        """Record the exchange of an answer that was understood."""
        self._http.record(answer)

    def malformed(self, answer: Answer, why: str) -> PlatformError:
        """Say that a reply cannot be understood; the exchange is kept."""
        return self._http.malformed(answer, why)

    async def _get_token(self, *, refused: str = "") -> str:
        # Without the lock several questions at once would log in several times, and whether a second login ends the
        # first token is not documented.
        async with self._logging_in:
            is_over = self._token_ends_at is None or self._clock() >= self._token_ends_at - _RENEWED_BEFORE_END
            if not self._token or is_over or self._token == refused:
                self._token = await self._fetch_token()
                self._token_ends_at = self._clock() + TOKEN_LIFETIME
            return self._token

    async def _fetch_token(self) -> str:
        answer, reply = await self._ask(LOGIN, self._identity)
        if not reply.is_success:
            raise self._read_refusal(answer, reply)
        token = read_text(reply.result.get("token")) if isinstance(reply.result, dict) else ""
        if not token:
            raise self._http.malformed(answer, "a login without token")
        return token

    async def _ask(self, service: str, fields: Mapping[str, str]) -> tuple[Answer, Reply]:
        answer = await self._post(service, fields, changes=False)
        return answer, self._read(answer)

    async def _post(self, service: str, fields: Mapping[str, str], *, changes: bool) -> Answer:
        assert not ("token" in fields and "appid" in fields), "a token and an appid make it another service"
        content, content_type = write_form({"service": service, **fields})
        return await self._http.send(
            Request(
                operation=service,
                url=self._urls[service],
                changes=changes,
                method="POST",
                content=content,
                headers={"content-type": content_type},
                accepts=_READABLE_STATUSES if changes else (400, *_REFUSED_AT_THE_DOOR),
                # recorded once it is read, so that the record says what it meant
                is_recorded=False,
            )
        )

    def _read(self, answer: Answer) -> Reply:
        try:
            return read_reply(answer.body)
        except WireError as error:
            why = str(error) if 200 <= answer.status < 300 else f"HTTP {answer.status}, {error}"
            if not answer.request.changes and answer.status in _REFUSED_AT_THE_DOOR:
                raise PlatformAccountError(
                    f"infin8linx account {self.account}: {answer.request.operation} was answered with HTTP "
                    f"{answer.status}; check the account's address, appid and accesskey",
                    platform=PLATFORM,
                    operation=answer.request.operation,
                    raw_code=str(answer.status),
                    exchange_id=self._http.record(answer, error=why),
                ) from None
            hint = "; check base_url" if 300 <= answer.status < 500 else ""
            raise self._http.malformed(answer, why + hint, raw_code=str(answer.status)) from None

    def _read_refusal(self, answer: Answer, reply: Reply) -> PlatformError:
        """Turn a refusal into the error that says what to do next."""
        request = answer.request
        told = self._hide_token(self._http.redact(reply.message))[:200]
        meaning = MEANINGS.get(reply.code, "a code the documents do not list")
        message = (
            f"infin8linx account {self.account}: {request.operation} failed: {meaning} (code {reply.code}: {told})"
        )
        kind = read_refusal_kind(reply.code)
        if request.operation == LOGIN and reply.code == AUTHORISATION_FAILED:
            kind = RefusalKind.ACCOUNT
        error_type: type[PlatformError]
        match kind:
            case RefusalKind.ACCOUNT:
                error_type = PlatformAccountError
                message += "; check appid and accesskey, and which IP addresses the platform knows us by"
            case RefusalKind.FAILED:
                error_type = OutcomeUnknownError if request.changes else PlatformUnavailableError
            case RefusalKind.REFUSED:
                error_type = CallRejectedError
        return error_type(
            message,
            platform=PLATFORM,
            operation=request.operation,
            raw_code=str(reply.code),
            exchange_id=self._http.record(answer, error=f"code {reply.code}"),
        )

    def _hide_token(self, text: str) -> str:
        return text.replace(self._token, HIDDEN) if self._token else text

    def _hide_form_values(self, record: RecordsExchange) -> RecordsExchange:
        """Take secrets and numbers out of the form of an exchange: thousands of masked numbers tell nobody anything."""

        def hide(exchange: Exchange) -> None:
            request_text = self._hide_token(_FORM_VALUE.sub(_hidden_value, exchange.request_text))
            reply_text = None if exchange.reply_text is None else self._hide_token(exchange.reply_text)
            record(replace(exchange, request_text=request_text, reply_text=reply_text))

        return hide


def _hidden_value(found: re.Match[str]) -> str:
    if found["name"] == "destnumber" and found["value"]:
        return f"{found[1]}({found['value'].count(',') + 1} numbers)"
    return f"{found[1]}{HIDDEN}" if found["value"] else found[1]
