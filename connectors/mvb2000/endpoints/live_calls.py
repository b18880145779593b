"""Calls, channels and conferences in progress (from chapter 4)."""

from connectors.mvb2000.endpoints.declaration import Endpoint, Param, words

ENDPOINTS = (
    Endpoint(
        "getagentcalls",
        "getagentcalls.php",
        "4.51",
        "List calls that operators are in.",
        params=(
            Param("queue", "number of the queue"),
            Param("agentname", "only this operator"),
        ),
        fields=words(
            "createtime queue queuestart channel uniqueid callingchannel callinguniqueid agent agentname "
            "callerid calleridname callstate context extension priority connecttime commpletetime "
            "holdtime ringtime talktime reason"
        ),
    ),
    Endpoint(
        "getcalls",
        "getcalls.php",
        "4.52",
        "List calls in progress.",
        params=(
            Param("srcchannel", "channel"),
            Param("srccallerid", "only calls from this number"),
            Param("dstchannel", "only calls to this channel"),
            Param("dstcallerid", "only calls to this number"),
        ),
        fields=words(
            "createtime srcchannel dstchannel callstate srccallerid srccalleridname dstcallerid "
            "dstcalleridname srcchannelstate dstchannelstate srcuniqueid dstuniqueid dialtime linktime "
            "unlinktime clearflag"
        ),
    ),
    Endpoint(
        "getchannel",
        "getchannel.php",
        "4.55",
        "List channels; with both filters those that match either.",
        params=(
            Param("channel", "channel"),
            Param("refchannel", "only channels connected to this one"),
        ),
        fields=words(
            "createtime channel state callerid calleridname uniqueid callingpres cause causetxt musichold "
            "hold application appdata lastevent refchannel refuniqueid refcallerid refcalleridname "
            "refcallingpres hanguptime clearflag"
        ),
    ),
    Endpoint(
        "getmeetme",
        "getmeetme.php",
        "4.70",
        "Tell who is in a conference.",
        params=(Param("meetme", "only this conference"),),
        fields=words("createtime callerid channel uniqueid meetme usernum talking duration leave"),
    ),
    Endpoint(
        "getparkedcall",
        "getparkedcall.php",
        "4.78",
        "List parked calls.",
        fields=words(
            "createtime exten channel srcchannel timeout callerid calleridname state parkedtime "
            "giveuptime timeouttime unparkedtime"
        ),
    ),
    Endpoint(
        "getpopupscreen",
        "getpopupscreen.php",
        "4.80",
        "Give the data that pops up with a call.",
        params=(
            Param("channel", "channel"),
            Param("withdetail", "1: with details of the channel", choices=("0", "1"), default="0"),
        ),
        fields=words(
            "createtime channel uniqueid callerid miscdata miscuniqueid calleridname direct state "
            "dialstring queuenum did agentno holdtime ivridhist ivrhist calldata dstchannel dstuniqueid "
            "monitorfile dialednum"
        ),
    ),
    Endpoint(
        "getzapchannel",
        "getzapchannel.php",
        "4.98",
        "Tell the state of channels of a telephony card.",
        params=(Param("channel", "channel"),),
        fields=words("createtime channel signalling context dnd alarm callerid state uniqueid"),
    ),
)
