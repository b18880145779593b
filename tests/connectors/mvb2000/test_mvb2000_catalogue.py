"""Every endpoint of the manual: declared as its catalogue says, its example sent, its replies read."""

from __future__ import annotations

import base64
import binascii
import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import httpx
import pytest

from connectors.errors import CallRejectedError, PlatformError
from connectors.mvb2000.client import Mvb2000Client
from connectors.mvb2000.endpoints import ENDPOINTS, get_endpoint
from connectors.mvb2000.endpoints.declaration import Condition, Endpoint, Returns
from connectors.mvb2000.envelope import EnvelopeError, read_reply
from tests.connectors.mvb2000.fake_platform import make_settings, reply

CATALOGUE = Path(__file__).parents[4] / "shared/platforms/mvb2000/endpoints.json"
Entry = dict[str, Any]
ENTRIES: list[Entry] = json.loads(CATALOGUE.read_text(encoding="utf-8")) if CATALOGUE.exists() else []
needs_catalogue = pytest.mark.skipif(not ENTRIES, reason="the catalogue of the manual is not beside the repository")

each_entry = pytest.mark.parametrize("entry", ENTRIES, ids=[f"{entry['section']} {entry['name']}" for entry in ENTRIES])

NOT_WELL_FORMED = {"4.5", "4.53", "4.55"}
"""Sections whose XML example holds unescaped angle brackets."""
FAILS_IN_ITS_ROWS = {"4.143"}
"""Sections whose failures come with errcode 0 and are told in a field."""


def declared(entry: Entry) -> Endpoint:
    return get_endpoint(entry["name"])


def read_example(entry: Entry, endpoint: Endpoint) -> dict[str, str]:
    """Parameters of the example address, as a caller would give them: base64 undone."""
    params = dict(parse_qsl(urlsplit(entry["examples"]["url"]).query, keep_blank_values=True))
    params.pop("webkey", None)
    params.pop("json", None)
    for name, value in params.items():
        if endpoint.params_by_name[name].base64:
            try:
                params[name] = base64.b64decode(value, validate=True).decode()
            except (binascii.Error, UnicodeDecodeError):
                continue
    return params


def fill_in(endpoint: Endpoint, params: dict[str, str]) -> dict[str, str]:
    """Add what an example leaves out although it is required."""
    for param in endpoint.params:
        if param.required is True and not params.get(param.name) and not param.is_file:
            params[param.name] = next((choice for choice in param.choices if choice), "1")
            if not param.accepts(params[param.name]):
                params[param.name] = "2026-11-21"
    return params


@needs_catalogue
def test_nothing_is_left_out_and_nothing_invented() -> None:
    """The declarations are the catalogue's endpoints, no more and no fewer."""
    sections = [section for e in ENDPOINTS.values() for section in (e.section, *e.sections)]
    assert sorted(sections) == sorted(entry["section"] for entry in ENTRIES)
    assert len(sections) == 205


@needs_catalogue
@each_entry
def test_declared_as_in_the_manual(entry: Entry) -> None:
    """Path, method, parameters, requiredness, choices and result fields are the manual's."""
    endpoint = declared(entry)
    assert (endpoint.path, endpoint.method) == (entry["path"], entry["method"])
    assert set(endpoint.name_variants) == set(entry.get("name_variants", ()))
    assert (endpoint.returns is Returns.FILE) == (entry.get("returns") == "file")
    assert endpoint.has_total == entry["result"]["total"]
    expected = {param["name"]: param for param in entry["params"] if param["name"] not in ("webkey", "json")}
    assert set(endpoint.params_by_name) == set(expected)
    for name, param in endpoint.params_by_name.items():
        required = expected[name]["required"]
        assert param.what
        assert (param.required is True) == (required is True)
        if isinstance(param.required, Condition):
            assert required == "conditional"
        if expected[name].get("enum"):
            assert set(expected[name]["enum"]) <= set(param.choices)
    if "further_fields_as_in" not in entry["result"]:
        assert set(endpoint.fields) == {
            field["name"] for field in entry["result"]["fields"] if not field["name"].startswith("<")
        }


@needs_catalogue
@each_entry
async def test_example_of_the_manual_can_be_sent(entry: Entry, tmp_path: Path) -> None:
    """The example's request passes our checks and arrives with its parameters; a wrong value is named instead."""
    endpoint = declared(entry)
    params = fill_in(endpoint, read_example(entry, endpoint))
    seen: list[httpx.Request] = []

    def answer(request: httpx.Request) -> httpx.Response:
        seen.append(request)
        return reply()

    client = Mvb2000Client(
        "main",
        make_settings(),
        clock=lambda: datetime(2026, 11, 21, tzinfo=UTC),
        transport=httpx.MockTransport(answer),
    )
    if endpoint.method == "POST":
        voice = tmp_path / "voice.wav"
        voice.write_bytes(b"RIFF")
        await client.upload(endpoint, voice, **params)
        return
    if endpoint.returns is Returns.FILE:
        await client.download(endpoint, tmp_path / "file", **params)
    else:
        await client.call(endpoint, allow_all=True, **params)
    (request,) = seen
    assert request.url.path == f"/webservice2/{entry['path']}"
    sent = dict(request.url.params)
    assert sent.pop("json") == "2"
    assert len(sent.pop("webkey")) == 32
    for name, value in params.items():
        if endpoint.params_by_name[name].base64:
            assert base64.b64decode(sent[name]).decode() == value
        else:
            assert sent[name] == value
    for param in endpoint.params:
        if param.required is True:
            with pytest.raises(CallRejectedError) as caught:
                await client.call(endpoint, allow_all=True, **{**params, param.name: None})
            assert caught.value.field == param.name
        if param.choices or param.format:
            with pytest.raises(CallRejectedError, match=param.name) as caught:
                await client.call(endpoint, allow_all=True, **{**params, param.name: ",no such, "})
            assert caught.value.field == param.name
    with pytest.raises(CallRejectedError, match="has no parameter"):
        await client.call(endpoint, allow_all=True, **{**params, "nosuchparameter": "1"})
    if endpoint.dangerous_without:
        harmless = {name: value for name, value in params.items() if name not in endpoint.dangerous_without}
        with pytest.raises(CallRejectedError, match="allow_all"):
            await client.call(endpoint, allow_all=False, **{**harmless, endpoint.dangerous_without[0]: " "})
    assert len(seen) == 1


@needs_catalogue
@each_entry
def test_replies_of_the_manual_can_be_read(entry: Entry) -> None:
    """Every example reply that is well-formed reads in both forms; the others are refused, not half read."""
    examples = entry["examples"]
    bodies = {form: body for form, body in examples.items() if not form.startswith("url") and body is not None}
    for form, body in bodies.items():
        text = body if isinstance(body, str) else json.dumps(body, ensure_ascii=False)
        if form == "xml_success" and entry["section"] in NOT_WELL_FORMED:
            with pytest.raises(EnvelopeError):
                read_reply(text.encode())
            continue
        read = read_reply(text.encode())
        assert (read.errcode == 0) == (form.endswith("success") or entry["section"] in FAILS_IN_ITS_ROWS)
        assert all(isinstance(value, str) for row in read.data for value in row.values())
        if form.startswith("json"):
            assert read_reply(f"var responseJSON={text};".encode()) == read


@needs_catalogue
@each_entry
async def test_failures_of_the_manual_become_errors(entry: Entry) -> None:
    """The example failure of every endpoint is raised as one of our errors with its code."""
    failure = entry["examples"].get("json_failure")
    if not isinstance(failure, dict) or failure["errcode"] == 0:
        pytest.skip("the manual shows no failure here")
    endpoint = declared(entry)
    if endpoint.method == "POST" or endpoint.returns is Returns.FILE:
        pytest.skip("sends or fetches a file; tested with files")
    client = Mvb2000Client(
        "main",
        make_settings(),
        clock=lambda: datetime(2026, 11, 21, tzinfo=UTC),
        transport=httpx.MockTransport(lambda _: httpx.Response(200, text=json.dumps(failure))),
    )
    with pytest.raises(PlatformError) as caught:
        await client.call(endpoint, allow_all=True, **fill_in(endpoint, read_example(entry, endpoint)))
    assert caught.value.raw_code == str(failure["errcode"])


def test_every_endpoint_is_described_and_found() -> None:
    """Each has a sentence, and can be named as a person would copy it from the manual."""
    for endpoint in ENDPOINTS.values():
        assert endpoint.what.endswith(".")
        assert get_endpoint(endpoint.path) is endpoint
