"""What can go wrong between us and a platform. The type says what to do next.

`TransientPlatformError` is safe to try again later: nothing that we asked for took effect, or asking twice does no
harm. `OutcomeUnknownError` must never be tried again blindly: the request may have taken effect, so the platform is
asked what it holds before anything is sent. `CallRejectedError` is final for the calls it names,
`PlatformAccountError` for every call of the account until a person mends it, and `MalformedReplyError` means that we
do not understand the platform, which a person must look at.

No message of these errors holds a secret or a whole telephone number: they are shown, logged and stored.
"""

from __future__ import annotations


class PlatformError(Exception):
    """Something went wrong with a platform; `str()` is a sentence for people."""

    def __init__(
        self,
        message: str,
        *,
        platform: str,
        operation: str,
        raw_code: str | None = None,
        exchange_id: str | None = None,
    ) -> None:
        super().__init__(message)
        self.platform = platform
        self.operation = operation
        self.raw_code = raw_code
        self.exchange_id = exchange_id


class TransientPlatformError(PlatformError):
    """Trying again later is safe."""


class PlatformUnavailableError(TransientPlatformError):
    """No connection was made, or a question was answered with a 5xx or not at all."""


class RateLimitedError(TransientPlatformError):
    """The platform asks us to slow down."""

    def __init__(
        self,
        message: str,
        *,
        platform: str,
        operation: str,
        raw_code: str | None = None,
        exchange_id: str | None = None,
        retry_after_seconds: float | None = None,
    ) -> None:
        super().__init__(message, platform=platform, operation=operation, raw_code=raw_code, exchange_id=exchange_id)
        self.retry_after_seconds = retry_after_seconds


class OutcomeUnknownError(PlatformError):
    """A request that changes something got no reply we can read; it may have taken effect. Ask, never resend."""


class CallRejectedError(PlatformError):
    """The platform refuses these call requests for good."""

    def __init__(
        self,
        message: str,
        *,
        platform: str,
        operation: str,
        raw_code: str | None = None,
        exchange_id: str | None = None,
        field: str | None = None,
    ) -> None:
        super().__init__(message, platform=platform, operation=operation, raw_code=raw_code, exchange_id=exchange_id)
        self.field = field


class PlatformAccountError(PlatformError):
    """Credentials, balance or permission: no call of this account will be taken until a person acts."""


class MalformedReplyError(PlatformError):
    """The reply to a question is not the documented envelope; the message quotes a redacted excerpt."""
