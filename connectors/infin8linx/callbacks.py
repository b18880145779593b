"""Read what the platform pushes: a call record once a call has ended, or the end of a predictive task."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from urllib.parse import parse_qsl

from connectors.contract import CallReport
from connectors.errors import MalformedReplyError
from connectors.infin8linx.records import read_record
from connectors.infin8linx.settings import Infin8linxSettings
from connectors.infin8linx.wire import WireError, lower_names, read_json
from connectors.redaction import redact

_OPERATION = "callback"
_SHOWN_CHARACTERS = 300
_TASK_STATUS_FIELDS = frozenset({"taskid", "companycode", "status"})


class Callbacks:
    """Pure: nothing is asked and nothing is kept. The platform signs nothing, so whoever knows the address can push."""

    def __init__(self, settings: Infin8linxSettings) -> None:
        self._zone = settings.zone
        self.stored_reply = settings.callback_reply.encode()
        """What to answer, with status 200, once the body is stored."""

    def read_callback(self, body: bytes, content_type: str) -> Sequence[CallReport]:
        """Return the calls that a body reports: one by every sample, several when it is a list of them.

        The end of a predictive task is understood and reports no call. The content type decides only whether a form is
        read; JSON is JSON whatever it is called. Raises `MalformedReplyError`, with a redacted excerpt, for anything
        else; of a list with one bad record nothing is returned.
        """
        try:
            pushed = _read_body(body, content_type)
            records = pushed if isinstance(pushed, list) else [pushed]
            return [read_record(record, self._zone) for record in records if not _is_task_status(record)]
        except WireError as error:
            excerpt = redact(body[: 4 * _SHOWN_CHARACTERS].decode("utf-8", "replace"))[:_SHOWN_CHARACTERS]
            raise MalformedReplyError(
                f"infin8linx sent a callback that cannot be read ({error}): {excerpt}",
                platform="infin8linx",
                operation=_OPERATION,
            ) from None


def _read_body(body: bytes, content_type: str) -> object:
    if content_type.partition(";")[0].strip().lower() == "application/x-www-form-urlencoded":
        text = body.decode("utf-8", "replace").strip()
        if not text.startswith(("{", "[")):
            return dict(parse_qsl(text, keep_blank_values=True))
    return read_json(body)


def _is_task_status(record: object) -> bool:
    return isinstance(record, Mapping) and frozenset(lower_names(record)) == _TASK_STATUS_FIELDS
