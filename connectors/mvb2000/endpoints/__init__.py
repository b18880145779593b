"""The endpoints of the manual as data, a file per topic, found by name."""

from __future__ import annotations

import difflib
from collections.abc import Mapping

from connectors.mvb2000.endpoints import (
    blocked_numbers,
    call_control,
    call_records,
    call_statistics,
    channel_data,
    dial_list,
    extensions,
    fax_messages,
    live_calls,
    outbound_parameters,
    outbound_reports,
    platform_facts,
    platform_state,
    queues,
    recordings,
    report_details,
    report_periods,
    report_settings,
    special_operators,
    tasks,
    text_messages,
    voicemail,
)
from connectors.mvb2000.endpoints.declaration import Endpoint

_TOPICS = (
    platform_facts,
    platform_state,
    extensions,
    blocked_numbers,
    call_control,
    channel_data,
    live_calls,
    queues,
    call_records,
    call_statistics,
    recordings,
    voicemail,
    fax_messages,
    text_messages,
    report_periods,
    report_details,
    report_settings,
    tasks,
    dial_list,
    outbound_parameters,
    special_operators,
    outbound_reports,
)

ENDPOINTS: Mapping[str, Endpoint] = {endpoint.name: endpoint for topic in _TOPICS for endpoint in topic.ENDPOINTS}


class UnknownEndpointError(LookupError):
    """There is no endpoint of that name; the message names the nearest ones."""


def get_endpoint(name: str) -> Endpoint:
    """Look an endpoint up by its name, with or without path and `.php`."""
    plain = name.rsplit("/", 1)[-1].removesuffix(".php")
    try:
        return ENDPOINTS[plain]
    except KeyError:
        near = difflib.get_close_matches(plain.lower(), ENDPOINTS, n=3)
        hint = f"; did you mean {', '.join(near)}?" if near else ""
        raise UnknownEndpointError(f"MVB2000 has no endpoint {plain}{hint}") from None
