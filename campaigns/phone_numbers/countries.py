"""Read what a country column says."""

from __future__ import annotations

import unicodedata
from functools import lru_cache

from phonenumbers import COUNTRY_CODE_TO_REGION_CODE, SUPPORTED_REGIONS

_NAMES = {
    "CN": "中国 中华人民共和国 中国大陆 大陆 china prc chn",
    "HK": "香港 hongkong hkg",
    "MO": "澳门 macau macao",
    "TW": "台湾 taiwan",
    "IN": "印度 india ind",
    "ID": "印尼 印度尼西亚 indonesia idn",
    "PH": "菲律宾 philippines phl",
    "MX": "墨西哥 mexico méxico mex",
    "CO": "哥伦比亚 colombia col",
    "TH": "泰国 thailand tha",
    "VN": "越南 vietnam việtnam vnm",
    "MY": "马来西亚 malaysia mys",
    "SG": "新加坡 singapore sgp",
    "JP": "日本 japan jpn",
    "KR": "韩国 korea southkorea kor",
    "US": "美国 usa unitedstates america",
    "GB": "英国 uk unitedkingdom greatbritain",
}
_BY_NAME = {name: country for country, names in _NAMES.items() for name in names.split()}


@lru_cache(maxsize=4096)
def read_country(text: str) -> str | None:
    """Return the ISO 3166 alpha-2 code of a country given as code, calling code or common name (zh, en); else None."""
    plain = "".join(unicodedata.normalize("NFKC", text).split()).strip(".").casefold()
    if plain.upper() in SUPPORTED_REGIONS:
        return plain.upper()
    digits = plain.removeprefix("+").removeprefix("00").removesuffix(".0")
    if digits.isascii() and digits.isdecimal() and len(digits) <= 3:
        country = COUNTRY_CODE_TO_REGION_CODE.get(int(digits), (None,))[0]
        return None if country == "001" else country
    return _BY_NAME.get(plain)
