"""One `call` for every endpoint of the manual: check, sign, send, read, and say what an error means.

Nothing is repeated here but a request whose key was refused, since the platform did nothing then.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator, Callable, Mapping
from datetime import datetime
from pathlib import Path

import httpx

from connectors.errors import (
    CallRejectedError,
    MalformedReplyError,
    OutcomeUnknownError,
    PlatformAccountError,
    PlatformError,
    PlatformUnavailableError,
)
from connectors.mvb2000.checks import PLATFORM, check_params
from connectors.mvb2000.codes import MEANINGS, SUCCESS, WEBKEY_REFUSED, ErrorKind, read_error_kind
from connectors.mvb2000.endpoints import get_endpoint
from connectors.mvb2000.endpoints.declaration import Endpoint
from connectors.mvb2000.envelope import EnvelopeError, Reply, Row, read_reply
from connectors.mvb2000.errands import Errand, Form, write_query
from connectors.mvb2000.settings import Mvb2000Settings
from connectors.mvb2000.webkey import Webkeys
from connectors.transport import Answer, HttpTransport, RecordsExchange

DOWNLOAD_SECONDS = 600.0
MAX_UPLOAD_BYTES = 64 * 1024 * 1024

_NAMED_VARIABLE = re.compile(r"variable\s+([A-Za-z_]\w*)")


class Mvb2000Client:
    """Speaks with one MVB2000. Create and close it on the event loop it is used on."""

    def __init__(
        self,
        account: str,
        settings: Mvb2000Settings,
        *,
        clock: Callable[[], datetime],
        record: RecordsExchange | None = None,
        transport: httpx.AsyncBaseTransport | None = None,
    ) -> None:
        key = settings.read_key()
        self.account = account
        self._base_url = settings.base_url
        self._page_size = settings.page_size
        self._read_seconds = settings.read_timeout.total_seconds()
        self._webkeys = Webkeys(key, settings.zone, clock)
        self._paths: dict[str, str] = {}
        self._http = HttpTransport(
            platform=PLATFORM,
            account=account,
            requests_in_flight=settings.requests_in_flight,
            connect_timeout=settings.connect_timeout,
            read_timeout=settings.read_timeout,
            record=record,
            secrets=(key,),
            transport=transport,
            clock=clock,
        )

    async def aclose(self) -> None:
        await self._http.aclose()

    async def call(
        self, endpoint: str | Endpoint, /, *, allow_all: bool = False, **params: str | int | float | None
    ) -> Reply:
        """Call an endpoint and return its successful reply.

        Parameters go by the manual's names, in plain text; `None` leaves one out. `allow_all` permits what takes
        effect on everything (`dangerous_without`). Raises `CallRejectedError` before sending when a parameter is
        missing or wrong, `UnknownEndpointError` for a name that is not in the manual, else what `errors.py` says.
        """
        declared = endpoint if isinstance(endpoint, Endpoint) else get_endpoint(endpoint)
        checked = check_params(declared, params, allow_all=allow_all)
        query = write_query(declared.name, checked)
        _, reply = await self._run(Errand(declared, query, self._blocking_seconds(declared, checked)))
        if reply is None:
            raise AssertionError("only a saved reply is no envelope")
        return reply

    async def download(
        self, endpoint: str | Endpoint, path: Path, /, **params: str | int | float | None
    ) -> Reply | None:
        """Save what a file endpoint sends under `path`; return None, or the envelope when it sent that instead.

        The file appears whole or not at all. An envelope without error comes where nothing was to be fetched, as when
        a file was only looked for or deleted. Errors as for `call`.
        """
        declared = endpoint if isinstance(endpoint, Endpoint) else get_endpoint(endpoint)
        query = write_query(declared.name, check_params(declared, params))
        part = path.with_name(path.name + ".part")
        try:
            _, reply = await self._run(Errand(declared, query, DOWNLOAD_SECONDS, save_to=part))
            if reply is None:
                await asyncio.to_thread(part.replace, path)
            return reply
        finally:
            await asyncio.to_thread(part.unlink, missing_ok=True)

    async def upload(self, endpoint: str | Endpoint, path: Path, /, **params: str | int | float | None) -> Reply:
        """Send a file with its parameters as a form; nothing of it stands in the address. Errors as for `call`."""
        declared = endpoint if isinstance(endpoint, Endpoint) else get_endpoint(endpoint)
        content = await asyncio.to_thread(path.read_bytes)
        if len(content) > MAX_UPLOAD_BYTES:
            raise CallRejectedError(
                f"MVB2000 {declared.name}: {path.name} is larger than {MAX_UPLOAD_BYTES} bytes",
                platform=PLATFORM,
                operation=declared.name,
            )
        file_param = next(param.name for param in declared.params if param.is_file)
        checked = check_params(declared, {**params, file_param: path.name})
        del checked[file_param]
        _, reply = await self._run(Errand(declared, form=Form(checked, file_param, path.name, content)))
        if reply is None:
            raise AssertionError("only a saved reply is no envelope")
        return reply

    async def _run(self, errand: Errand) -> tuple[Answer, Reply | None]:
        webkey = self._webkeys.current()
        answer, reply = await self._ask(errand, webkey)
        if reply is not None and reply.errcode == WEBKEY_REFUSED:
            # a refused request was not executed, so even a change may be sent again under another day's key
            for days_ahead, other in self._webkeys.others(webkey):
                answer, reply = await self._ask(errand, other)
                if reply is None or reply.errcode != WEBKEY_REFUSED:
                    self._webkeys.keep(days_ahead)
                    break
        if reply is not None and reply.errcode != SUCCESS:
            raise self._read_error(errand.endpoint, answer, reply)
        return answer, reply

    async def fetch_pages(
        self,
        endpoint: str | Endpoint,
        /,
        *,
        page_size: int | None = None,
        sort: str = "id",
        sens: str = "ASC",
        **filters: str | int | float | None,
    ) -> AsyncIterator[list[Row]]:
        """Read a list to its end, page by page.

        The platform may return fewer rows than asked for, so the offset moves by the rows that came, until `total`
        rows were read; where there is no total, until a page is empty. A row may come twice when the list grows
        meanwhile. Raises `PlatformUnavailableError` when the list ends before its total, `MalformedReplyError` when
        the platform repeats a page for ever.
        """
        rows_read = 0
        previous: list[Row] = []
        while True:
            reply = await self.call(
                endpoint,
                allow_all=False,
                offset=rows_read,
                rows=page_size or self._page_size,
                sort=sort,
                sens=sens,
                **filters,
            )
            name = endpoint if isinstance(endpoint, str) else endpoint.name
            if not reply.data:
                if reply.total is not None and rows_read < reply.total:
                    raise PlatformUnavailableError(
                        f"MVB2000 {name} counts {reply.total} rows and lists {rows_read}; the list changed while it "
                        "was read",
                        platform=PLATFORM,
                        operation=name,
                    )
                return
            if reply.data == previous:
                raise MalformedReplyError(
                    f"MVB2000 {name} repeats a page of {len(previous)} rows: it does not heed offset",
                    platform=PLATFORM,
                    operation=name,
                )
            yield reply.data
            previous = reply.data
            rows_read += len(reply.data)
            if reply.total is not None and rows_read >= reply.total:
                return

    async def _ask(self, errand: Errand, webkey: str) -> tuple[Answer, Reply | None]:
        endpoint = errand.endpoint
        path = self._paths.get(endpoint.name, endpoint.path)
        answer = await self._http.send(errand.write(self._base_url, path, webkey))
        if answer.status == 404:
            answer = await self._try_variants(errand, path, webkey)
        if answer.body_bytes > len(answer.body):
            return answer, None
        try:
            return answer, read_reply(answer.body)
        except EnvelopeError as error:
            if errand.save_to is not None and answer.body:
                return answer, None
            raise self._http.malformed(answer, str(error)) from None

    async def _try_variants(self, errand: Errand, unknown: str, webkey: str) -> Answer:
        """Try the manual's other spellings of a file name that the server does not know; remember what answered."""
        endpoint = errand.endpoint
        folder = endpoint.path.rpartition("/")[0]
        for name in (endpoint.name, *endpoint.name_variants):
            path = f"{folder}/{name}.php".lstrip("/")
            if path == unknown:
                continue
            answer = await self._http.send(errand.write(self._base_url, path, webkey))
            if answer.status != 404:
                self._paths[endpoint.name] = path
                return answer
        package = " (chapter 7 needs the separately sold report package)" if endpoint.section[0] == "7" else ""
        raise PlatformAccountError(
            f"MVB2000 account {self.account} has no {endpoint.path}{package}; check base_url",
            platform=PLATFORM,
            operation=endpoint.name,
            raw_code="404",
        )

    def _blocking_seconds(self, endpoint: Endpoint, params: Mapping[str, str]) -> float | None:
        """How long a reply may take that the platform holds back on purpose; None: as usual."""
        if not endpoint.blocks_seconds:
            return None
        timeout = params.get("timeout", "")
        if timeout.isdecimal() and int(timeout):
            return int(timeout) / endpoint.timeouts_per_second + self._read_seconds
        return endpoint.blocks_seconds + self._read_seconds

    def _read_error(self, endpoint: Endpoint, answer: Answer, reply: Reply) -> PlatformError:
        """Turn a reply that is no success into the error that says what to do next."""
        errcode = reply.errcode
        told = self._http.redact(reply.message or "")[:200]
        meaning = MEANINGS.get(errcode, "an error the manual does not list")
        message = f"MVB2000 account {self.account}: {endpoint.name} failed: {meaning} (errcode {errcode}: {told})"
        raw_code, exchange_id = str(errcode), self._http.record(answer, error=f"errcode {errcode}")
        error_type: type[PlatformError]
        match read_error_kind(errcode):
            case ErrorKind.KEY:
                error_type = PlatformAccountError
                message += "; check key and timezone of the account, and the platform's clock"
            case ErrorKind.NOT_NOW:
                error_type = PlatformUnavailableError
            case ErrorKind.FAILED:
                error_type = OutcomeUnknownError if endpoint.changes else PlatformUnavailableError
            case ErrorKind.REFUSED:
                named = _NAMED_VARIABLE.search(reply.message or "")
                return CallRejectedError(
                    message,
                    platform=PLATFORM,
                    operation=endpoint.name,
                    raw_code=raw_code,
                    exchange_id=exchange_id,
                    field=named[1] if named else None,
                )
        return error_type(
            message, platform=PLATFORM, operation=endpoint.name, raw_code=raw_code, exchange_id=exchange_id
        )
