"""What may be shown, and what must not."""

import pytest

from connectors.redaction import hide_secrets, mask_number, mask_numbers, redact

WEBKEY = "ffccb30a388e48ade2d7ea56909cbabf"


@pytest.mark.parametrize(
    ("number", "shown"),
    [
        ("13800138000", "138******00"),
        ("+8613800138000", "+861********00"),
        ("138 0013-8000", "138 ****-**00"),
        ("8001", "***"),
    ],
)
def test_keeps_the_ends_of_a_number(number: str, shown: str) -> None:
    """A person who knows the number recognises it, nobody else can dial it."""
    assert mask_number(number) == shown


@pytest.mark.parametrize(
    "text",
    [
        "dialnumber=13800138000&extrefid=a",
        '{"dialnumber": "13800138000"}',
        "<dialnumber>13800138000</dialnumber>",
        "%2B8613800138000",
        "extrefid=13800138000",
        '"id":"13800138000"',
        "id=1,13800138000",
        "tel13800138000x",
        "号码13800138000不存在",
        "138 0013 8000",
        "138-0013-8000",
        "１３８００１３８０００",
        "x2016-10-19 16:28:12 13800138000",
    ],
)
def test_finds_numbers_however_they_are_written(text: str) -> None:
    """Whatever stands around a number, its middle is hidden."""
    shown = mask_numbers(text)
    assert "0013800" not in shown.replace(" ", "").replace("-", "").translate(str.maketrans("０１２３８", "01238"))
    assert "*" in shown


@pytest.mark.parametrize(
    "text",
    [
        "2016-10-19 16:28:12",
        "begindate=2016-10-19&enddate=2016-10-20",
        '"uniqueid":"1476866071.63"',
        '"taskid":"1234567890"',
        "taskid=123456789&json=2",
        "extrefid=k7f3qd9x-10000000101&json=2",
        '"extrefid":"k7f3qd9x-10000000101","remark"',
        "<extrefid>k7f3qd9x-10000000101</extrefid>",
        "0192f0c1-1234-7abc-8def-0123456789ab",
        "amrange=08:00-12:30&pmrange=13:15-17:30",
    ],
)
def test_leaves_what_helps_to_find_a_fault(text: str) -> None:
    """Times, call numbers, row keys and our own references survive."""
    assert mask_numbers(text) == text


@pytest.mark.parametrize(
    "text",
    [
        f"GET /webservice2/about.php?webkey={WEBKEY}&json=2",
        f'{{"errcode":9999,"message":"WebKey {WEBKEY} is invalid","data":[]}}',
        f"<message>WebKey {WEBKEY} is invalid</message>",
        "agentpassword=hunter2hunter&agent=1",
        '{"agentpassword": "hunter2hunter"}',
        '{"agentpassword":"hunter2\\"hunter"}',
        "<agentpassword>hunter2hunter</agentpassword>",
        "Authorization: Bearer hunter2hunter",
    ],
)
def test_hides_secrets_by_name_and_by_shape(text: str) -> None:
    """A key is hidden in a query, in either envelope, and where a platform echoes it in a sentence."""
    shown = redact(text)
    assert WEBKEY not in shown
    assert "hunter" not in shown
    assert "***" in shown


def test_hides_the_secrets_it_is_told_of() -> None:
    """A secret that stands where nobody expects it is hidden too, encoded or not."""
    assert hide_secrets("a key s3cr&t and s3cr%26t", ["s3cr&t", ""]) == "a key *** and ***"


def test_does_not_eat_the_rest_of_a_query() -> None:
    """Only the secret value goes; the parameters after it stay readable."""
    assert redact(f"webkey={WEBKEY}&json=2&taskid=5") == "webkey=***&json=2&taskid=5"
