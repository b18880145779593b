"""Show a number without giving it away, and write it as it is dialled at home."""

from __future__ import annotations

import phonenumbers
from phonenumbers import COUNTRY_CODE_TO_REGION_CODE

from campaigns.phone_numbers.judging import calling_code_of


def mask_number(number: str) -> str:
    """Hide the middle of a number: "+8613800138000" becomes "+86138****8000".

    The country code, up to three digits after it and two to four at the end stay; of short numbers fewer, and never
    more than about two thirds of the digits after the country code. Any other text is masked in the same way, so that
    nothing passes whole.
    """
    plus, rest = ("+", number[1:]) if number.startswith("+") else ("", number)
    code = str(calling_code_of(rest) or "") if plus and rest.isascii() and rest.isdecimal() else ""
    national = rest[len(code) :]
    if len(national) >= 10:
        first, last = 3, 4
    elif len(national) >= 7:
        first, last = 2, 2
    else:
        first, last = 0, min(2, len(national) // 3)
    return plus + code + national[:first] + "*" * (len(national) - first - last) + national[len(national) - last :]


def national_form(e164: str) -> tuple[str, str]:
    """Say which country a valid E.164 number belongs to and which digits are dialled there, trunk prefix included.

    Returns (ISO 3166 alpha-2, digits); ("001", digits) for numbers of no country, such as +800. `ValueError` for text
    that is not a plus sign, a country code that exists, and digits.
    """
    digits = e164[1:]
    code = calling_code_of(digits) if e164.startswith("+") and digits.isascii() and digits.isdecimal() else 0
    national = digits[len(str(code)) :]
    if not code or not national:
        raise ValueError("not an E.164 number")
    number = phonenumbers.PhoneNumber(country_code=code, national_number=int(national))
    if national.startswith("0"):
        number.italian_leading_zero = True
        number.number_of_leading_zeros = len(national) - len(national.lstrip("0"))
    countries = COUNTRY_CODE_TO_REGION_CODE[code]
    country = countries[0] if len(countries) == 1 else phonenumbers.region_code_for_number(number) or countries[0]
    written = phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.NATIONAL)
    return country, "".join(sign for sign in written if sign in "0123456789")


def significant_number(e164: str) -> str:
    """Return the digits behind the country code of a valid E.164 number; `ValueError` for anything else."""
    code = calling_code_of(e164[1:]) if e164.startswith("+") else 0
    if not code:
        raise ValueError("not an E.164 number")
    return e164[1 + len(str(code)) :]
