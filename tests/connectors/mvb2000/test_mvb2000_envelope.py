"""Replies in all their forms, well and badly made."""

from __future__ import annotations

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from connectors.mvb2000.envelope import EnvelopeError, Reply, read_number, read_reply, read_text, read_time

ROW = {"id": "12", "extrefid": "54", "remark": ""}

SAME_REPLY = {
    "json": b'{"errcode":0,"message":"SUCCESS","total":"1","data":[{"id":"12","extrefid":"54","remark":""}]}',
    "bare numbers": b'{"errcode":"0","message":"SUCCESS","total":1,"data":[{"id":12,"extrefid":54,"remark":null}]}',
    "javascript": b'var responseJSON={"errcode":0,"message":"SUCCESS","total":"1",'
    b'"data":[{"id":"12","extrefid":"54","remark":""}]};\n',
    "byte order mark": b'\xef\xbb\xbf {"errcode":0,"message":"SUCCESS","total":"1",'
    b'"data":[{"id":"12","extrefid":"54","remark":""}]}',
    "xml": b'<?xml version="1.0" encoding="UTF-8"?>\n<root><errcode>0</errcode><message>SUCCESS</message>'
    b"<total>1</total><data><item><id>12</id><extrefid>54</extrefid><remark/></item></data></root>",
    "xml with blanks": b"<root> <errcode> 0 </errcode> <message>SUCCESS</message> <total> 1</total> <data>\n <item> "
    b"<id>12</id> <!-- x --> <extrefid> 54 </extrefid> <remark> </remark></item> </data> </root>",
}


@pytest.mark.parametrize("form", SAME_REPLY)
def test_every_form_reads_the_same(form: str) -> None:
    """A reply means the same in whichever form it comes."""
    assert read_reply(SAME_REPLY[form]) == Reply(0, "SUCCESS", 1, [ROW], [{**ROW}])


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"   ",
        b"OK",
        b"<html></html>",
        b"<root><message>x</message></root>",
        b"<root><errcode>0</errcode><data><item><a><unknown></a></item></data></root>",
        b"<root><errcode>0</errcode>",
        b'<!DOCTYPE root [<!ENTITY a "aaaa">]><root><errcode>0</errcode><message>&a;</message></root>',
        b'{"errcode":0,"data":[1,2]}',
        b'{"errcode":0,"data":"text"}',
        b'{"errcode":"many"}',
        b'{"errcode":0,"total":"many"}',
        b'{"errcode":0',
        b"null",
        b"\xff\xfe\x00",
        b'{"errcode":0,"message":"\xff"}',
    ],
)
def test_what_is_no_envelope_is_refused(body: bytes) -> None:
    """Anything but the documented forms is refused with a reason, never half read."""
    with pytest.raises(EnvelopeError):
        read_reply(body)


@pytest.mark.parametrize("body", [b'{"errcode":0,"data":[]}', b'{"errcode":0,"message":null}', b'{"errcode":0}'])
def test_missing_parts_are_empty(body: bytes) -> None:
    """Message, total and data may be absent or null."""
    assert read_reply(body) == Reply(0, None, None, [], [])


def test_entities_are_not_followed() -> None:
    """A reply cannot make us read files or blow up."""
    body = b'<!DOCTYPE root [<!ENTITY x SYSTEM "file:///etc/passwd">]><root><errcode>0</errcode><a>&x;</a></root>'
    with pytest.raises(EnvelopeError, match="document type"):
        read_reply(body)


def test_object_in_place_of_a_list_is_one_row() -> None:
    """Section 4.105 gives a single object, in both forms."""
    for body in (
        b'{"errcode":0,"data":{"area":"0523"}}',
        b"<root><errcode>0</errcode><data><area>0523</area></data></root>",
    ):
        assert read_reply(body).data == [{"area": "0523"}]


def test_nested_values_keep_their_shape_in_the_tree() -> None:
    """Rows hold text only; nesting is JSON text there and itself in the tree (4.106, 4.125, 4.136)."""
    reply = read_reply(b'{"errcode":0,"data":[{"id":"1","contents":[{"cid":57,"ok":true,"end":null}]}]}')
    assert reply.data == [{"id": "1", "contents": '[{"cid":"57","ok":"1","end":""}]'}]
    assert reply.tree == [{"id": "1", "contents": [{"cid": "57", "ok": "1", "end": ""}]}]


@pytest.mark.parametrize("nothing", ["", "null", "(null)", "0000-00-00 00:00:00", "0000-00-00"])
def test_no_value_has_many_spellings(nothing: str) -> None:
    """All the ways in which the platform says nothing read as nothing."""
    row = {"x": nothing}
    assert (read_text(row, "x"), read_number(row, "x"), read_time(row, "x", ZoneInfo("UTC"))) == ("", None, None)
    assert read_text({}, "x") == ""


def test_times_are_read_in_the_platforms_zone() -> None:
    """A local time becomes UTC; nonsense becomes nothing."""
    row = {"endtime": "2016-10-19 16:35:12", "bad": "yesterday"}
    assert read_time(row, "endtime", ZoneInfo("Asia/Shanghai")) == datetime(2016, 10, 19, 8, 35, 12, tzinfo=UTC)
    assert read_time(row, "bad", ZoneInfo("Asia/Shanghai")) is None
    assert read_number(row, "bad") is None
