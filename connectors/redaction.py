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

_SECRET_NAME = "|".join(sorted((re.escape(name) for name in SECRET_FIELDS), key=len, reverse=True))

_SECRET_VALUES = re.compile(
    rf"""
      (?P<query>   (?<![\w.-]) (?:{_SECRET_NAME}) = ) [^&\s"'<>#;,)]*
    | (?P<json>    " (?:{_SECRET_NAME}) " \s* : \s* ) (?: "(?:[^"\\]|\\.)*" | [^,\s\]}}]+ )
    | (?P<xml>     < (?P<tag>{_SECRET_NAME}) \s* > ) [^<]* (?= </ )
    | (?P<header>  (?<![\w.-]) authorization \s* : \s* ) [^\r\n]*
    | (?P<digest>  (?<![0-9A-Za-z]) [0-9a-f]{{31,40}} (?![0-9A-Za-z]) )
    """,
    re.IGNORECASE | re.VERBOSE,
)

_NUMBERS = re.compile(
    r"""
      (?P<keep>
          [0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}     # our own references
        | (?<!\d)\d{4}-\d{2}-\d{2}(?:(?:[T ]|%20|\+)\d{2}(?::|%3A)\d{2}(?:(?::|%3A)\d{2})?)?(?![\d-])   # times
        | (?<!\d)\d{10}\.\d{1,7}(?!\d)                                      # a platform's call number
        | (?<!\w)(?:id|taskid|dialid)(?:=|"\s*:\s*"?|>)\d{1,10}(?!\d)       # keys of rows
      )
    | (?P<number> \+? \d (?: [\s\-()./]? \d ){6,} )
    """,
    re.IGNORECASE | re.VERBOSE,
)


def mask_number(number: str) -> str:
    """Hide the middle of a telephone number; keep its first three and last two digits (`138******00`).

    Separators and a plus sign stay where they are. Fewer than seven digits are no telephone number of a person and
    are hidden whole.
    """
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
    return _NUMBERS.sub(lambda found: found["keep"] or mask_number(found["number"]), text)


def hide_secrets(text: str, secrets: Iterable[str] = ()) -> str:
    """Replace the values of secret fields, anything shaped like a digest, and the given secrets themselves."""
    for secret in secrets:
        if secret:
            text = text.replace(secret, HIDDEN).replace(quote(secret, safe=""), HIDDEN)
    return _SECRET_VALUES.sub(
        lambda found: (
            f'{found["json"]}"{HIDDEN}"'
            if found["json"]
            else (found["query"] or found["xml"] or found["header"] or "") + HIDDEN
        ),
        text,
    )


def redact(text: str, secrets: Iterable[str] = ()) -> str:
    """Make a text fit to be shown, logged and stored: no secret, no whole telephone number."""
    return mask_numbers(hide_secrets(text, secrets))
