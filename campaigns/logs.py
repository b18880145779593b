"""How log lines look, and what never stands in one.

A line is an event and its keys: `chunk accepted chunk=k7f3qd9x-0001 calls=5000`. INFO: a status moved; WARNING: a
manager should look; ERROR: a person must act.
"""

from __future__ import annotations

import logging
from typing import Any

from connectors.redaction import redact

_OURS = ("flows", "campaigns", "connectors")
_MASKED = (*_OURS, "prefect")
"""Prefect logs the errors of our flows, and stores what it logs."""


class MaskedRecord(logging.LogRecord):
    """A record of ours or of the engine, whose message is made at once and without secrets and telephone numbers.

    Masking happens where the record is made, so that no handler, Prefect's included, ever sees what must stay in.
    """

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.name.partition(".")[0] in _MASKED:
            self.msg, self.args = redact(super().getMessage()), ()


def install_masking() -> None:
    """Make every log record of ours a masked one, from now on, in this process."""
    logging.setLogRecordFactory(MaskedRecord)


def set_up_logging(level: int) -> None:
    """Write our log lines to standard error from `level` on; Prefect adds its own handler beside ours."""
    install_masking()
    handler = logging.StreamHandler()
    handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)-7s %(message)s", datefmt="%H:%M:%S"))
    handler.setLevel(level)
    for name in _OURS:
        logger = logging.getLogger(name)
        logger.setLevel(logging.INFO)
        logger.handlers = [handler]
        logger.propagate = False
