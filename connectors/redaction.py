"""What never reaches a log, an error or a stored exchange: secrets, and whole telephone numbers.

Pure functions. When in doubt they hide too much: a masked row id is a nuisance, a readable number is a leak.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from urllib.parse import quote

HIDDEN = "***"

SECRET_FIELDS = frozenset(
    {
        "webkey",
        "key",
        "key_string",
        "password",
        "passwd",
        "pwd",
        "agentpassword",
        "friendpass",
        "secret",
        "callback_secret",
        "appsecret",
        "accesskey",
        "token",
        "access_token",
        "sign",
        "signature",
        "sig",
        "authorization",
        "vm_password",
    }
)
"""Names of fields, in lower case, whose values are secret on any platform."""

# Pages of results are redacted too, a megabyte at a time. Each pattern below therefore begins with plain letters or one
# set of characters, which the engine skips to quickly, and what stands before a hit is looked at afterwards.
_SECRET_NAMES = re.compile(
    "(?:"
    + "|".join(sorted((re.escape(name) for name in SECRET_FIELDS), key=len, reverse=True))
    + r')(?:(?P<query>=)|(?P<json>"\s*:\s*)|(?P<xml>\s*>)|(?P<header>\s*:\s*))'
)
_QUERY_VALUE = re.compile(r"""[^&\s"'<>#;,)]*""")
_JSON_VALUE = re.compile(r'"(?:[^"\\]|\\.)*"?|[^,\s\]}]+')
_XML_VALUE = re.compile(r"[^<]*")
_HEADER_VALUE = re.compile(r"[^\r\n]*")

_DIGESTS = re.compile(r"[0-9a-fA-F]{31,}")
_NUMBERS = re.compile(r"[+\d](?:[\s\-()./]?\d){6,}")

_DATE = re.compile(r"\d{4}-\d{2}-\d{2}(?:[ +]\d{2})?")
_CALL_NUMBER = re.compile(r"\d{10}\.\d{1,7}")
_ROW_KEYS = frozenset({"id", "taskid", "dialid"})
_OWN_REFERENCES = frozenset({"extrefid", "customuuid"})
"""Fields in which platforms give our own references back; what was recorded must lead to the attempts."""
_UUID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}", re.IGNORECASE)


def mask_number(number: str) -> str:
    """Hide the middle of a telephone number; keep its first three and last two digits (`138******00`).

    Separators and a plus sign stay where they are. Fewer than seven digits are no telephone number of a person and
    are hidden whole.
    """
    if number.isdigit() and len(number) >= 7:
        return f"{number[:3]}{'*' * (len(number) - 5)}{number[-2:]}"
    digits = sum(character.isdigit() for character in number)
    if digits < 7:
        return HIDDEN
    shown: list[str] = []
    seen = 0
    for character in number:
        if character.isdigit():
            seen += 1
            shown.append(character if seen <= 3 or seen > digits - 2 else "*")
        else:
            shown.append(character)
    return "".join(shown)


def mask_numbers(text: str) -> str:
    """Mask everything in a text that could be a telephone number; times, call numbers and row keys stay."""
    return _NUMBERS.sub(_mask_found, text)


def _mask_found(found: re.Match[str]) -> str:
    run = found[0]
    if not run.isdigit() and (_DATE.fullmatch(run) or _CALL_NUMBER.fullmatch(run)):
        return run
    text, start, end = found.string, found.start(), found.end()
    field, value = _read_field(text[max(0, start - 60) : start])
    if (field in _ROW_KEYS and not value and len(run) <= 10) or (field in _OWN_REFERENCES and _has_letter(value)):
        return run
    around = text[max(0, start - 36) : end + 36]
    if "-" in around:
        place = min(start, 36)
        for uuid in _UUID.finditer(around):
            if uuid.start() <= place and place + len(run) <= uuid.end():
                return run
    return mask_number(run)


def _read_field(before: str) -> tuple[str, str]:
    """Return the name of the field whose value a text breaks off in, in any envelope, and the value up to there."""
    place = max(before.rfind("="), before.rfind(":"), before.rfind(">"))
    name = before[:place].rstrip(' "')
    begin = max(name.rfind('"'), name.rfind("&"), name.rfind("?"), name.rfind("<"), name.rfind(" "))
    return name[begin + 1 :], before[place + 1 :].lstrip(' "')


def _has_letter(value: str) -> bool:
    """Whether a value is one word with a letter in it, as our references are and numbers are not."""
    return any(character.isalpha() for character in value) and value.replace("-", "").isalnum()


def hide_secrets(text: str, secrets: Iterable[str] = ()) -> str:
    """Replace the values of secret fields, anything shaped like a digest, and the given secrets themselves."""
    for secret in secrets:
        if secret:
            text = text.replace(secret, HIDDEN).replace(quote(secret, safe=""), HIDDEN)
    return _DIGESTS.sub(_hide_digest, _hide_fields(text))


def _hide_fields(text: str) -> str:
    lowered = text.lower()
    if len(lowered) != len(text):
        # a letter whose small form is longer: places would not agree
        lowered = text
    parts: list[str] = []
    done = 0
    for found in _SECRET_NAMES.finditer(lowered):
        start, value_start = found.start(), found.end()
        before = lowered[start - 1 : start]
        if start < done or before.isalnum() or before in ("_", ".", "-"):
            continue
        if found["json"] or (found["header"] and before == '"'):
            value, shown = _JSON_VALUE.match(text, value_start), f'"{HIDDEN}"'
        elif found["xml"]:
            value, shown = _XML_VALUE.match(text, value_start), HIDDEN
        elif found["query"]:
            value, shown = _QUERY_VALUE.match(text, value_start), HIDDEN
        else:
            value, shown = _HEADER_VALUE.match(text, value_start), HIDDEN
        if value is None or (found["xml"] and before != "<"):
            continue
        parts += (text[done:value_start], shown)
        done = value.end()
    return "".join([*parts, text[done:]]) if parts else text


def _hide_digest(found: re.Match[str]) -> str:
    text, start, end = found.string, found.start(), found.end()
    inside_a_word = text[start - 1 : start].isalnum() if start else False
    return found[0] if inside_a_word or text[end : end + 1].isalnum() else HIDDEN


def redact(text: str, secrets: Iterable[str] = ()) -> str:
    """Make a text fit to be shown, logged and stored: no secret, no whole telephone number."""
    return mask_numbers(hide_secrets(text, secrets))
