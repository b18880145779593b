"""Queues and their operators: membership, pauses, waiting calls, logs (from chapter 4)."""

from connectors.mvb2000.endpoints.common import PAGING
from connectors.mvb2000.endpoints.declaration import Endpoint, Format, Param, Risk, words

ENDPOINTS = (
    Endpoint(
        "ctiqueueadd",
        "ctiqueueadd.php",
        "4.29",
        "Log an operator in to a queue.",
        changes=True,
        params=(
            Param("queue", "number of the queue", required=True),
            Param("interface", "channel of the operator's telephone", required=True),
            Param("penalty", "rank within the queue; which end comes first is not clear"),
        ),
    ),
    Endpoint(
        "ctiqueuepause",
        "ctiqueuepause.php",
        "4.30",
        "Make an operator busy or available in a queue.",
        changes=True,
        params=(
            Param("queue", "number of the queue", required=True),
            Param("interface", "channel of the operator's telephone", required=True),
            Param(
                "paused",
                "0 available, 1 busy; 2 to 99 presumably stand for reasons",
                required=True,
                format=Format.INTEGER,
                maximum=99,
            ),
        ),
    ),
    Endpoint(
        "ctiqueueremove",
        "ctiqueueremove.php",
        "4.31",
        "Log an operator off a queue.",
        changes=True,
        params=(
            Param("queue", "number of the queue", required=True),
            Param("interface", "channel of the operator's telephone", required=True),
        ),
    ),
    Endpoint(
        "getagentactivity",
        "getagentactivity.php",
        "4.49",
        "List when operators logged in and out and paused.",
        params=(
            Param("datefrom", "first day", required=True, format=Format.DATE),
            Param("dateto", "last day", required=True, format=Format.DATE),
            Param("agent", "only this operator, by channel"),
            Param("queue", "number of the queue"),
            Param("agentname", "only this operator"),
            Param("event", "kind of event", choices=("added", "removed", "0", "1")),
            *PAGING,
        ),
        fields=words(
            "createtime agent agentname queue channel uniqueid logintime event actionid actionseconds "
            "conseconds unpauseseconds pauseseconds pausetype"
        ),
    ),
    Endpoint(
        "getagentactivitycount",
        "getagentactivitycount.php",
        "4.50",
        "Count when operators logged in and out and paused.",
        params=(
            Param("datefrom", "first day", required=True, format=Format.DATE),
            Param("dateto", "last day", required=True, format=Format.DATE),
            Param("agent", "only this operator, by channel"),
            Param("queue", "number of the queue"),
            Param("agentname", "only this operator"),
        ),
        fields=("result",),
    ),
    Endpoint(
        "getpausetype",
        "getpausetype.php",
        "4.81",
        "List reasons for pausing.",
        params=(Param("onlycustom", "1: only reasons of one's own", choices=("0", "1"), default="0"),),
        fields=(
            "pausetype",
            "description",
        ),
    ),
    Endpoint(
        "getqueuecalls",
        "getqueuecalls.php",
        "4.83",
        "List calls waiting in queues.",
        params=(Param("queue", "number of the queue"),),
        fields=words("createtime queue queuestart channel uniqueid callerid calleridname position wait count"),
    ),
    Endpoint(
        "getqueuemember",
        "getqueuemember.php",
        "4.84",
        "Tell the state of operators in queues.",
        params=(
            Param("queue", "number of the queue"),
            Param("agentname", "only this operator"),
        ),
        fields=words("createtime queue agent agentname agentship penalty callstaken lastcall status pausetime paused"),
    ),
    Endpoint(
        "getqueue",
        "getqueue.php",
        "4.85",
        "Tell the state of queues.",
        params=(Param("queue", "number of the queue"),),
        fields=words("createtime queue max calls holdtime completed abandoned serviceLevel servicelevelperf weight"),
    ),
    Endpoint(
        "getqueuegeneral",
        "getqueuegeneral.php",
        "4.86",
        "Give the main figures of queues.",
        params=(Param("queuenos", "numbers of queues, separated by commas or semicolons"),),
        fields=words("queue membercount waitings usable unusable inuse usableidle pause unpause invalid"),
    ),
    Endpoint(
        "getqueuelog",
        "getqueuelog.php",
        "4.124",
        "List log entries of queues; with `event` only the last one.",
        name_variants=(
            "getqueue.log",
            "getqueueolog",
        ),
        params=(
            Param("queue", "number of the queue"),
            Param("uniqueid", "call number", format=Format.LIST),
            Param("event", "kind of event"),
        ),
        fields=words("eventtime callid queuename queuestart agent agentno event arg1 arg2 arg3 arg4 arg5"),
    ),
    Endpoint(
        "getqueueloglist",
        "getqueueloglist.php",
        "4.125",
        "List log records of queues, nested in one row.",
        name_variants=("getqueueologlist",),
        params=(
            Param("eventtime1", "from this time on"),
            Param("eventtime2", "until this time"),
            Param("event", "kind of event"),
            Param("uniqueid", "call number"),
            Param("queuename", "queue"),
            Param("agent", "only this operator, by channel"),
            Param("agentno", "number of the operator"),
            Param("history", "1: search the archive", choices=("0", "1")),
            *PAGING,
        ),
        fields=words(
            "result[].eventtime result[].callid result[].queuename result[].queuestart result[].agent "
            "result[].agentno result[].event result[].arg1 result[].arg2 result[].arg3 result[].arg4 "
            "result[].arg5"
        ),
    ),
    Endpoint(
        "getqueuelogcount",
        "getqueuelogcount.php",
        "4.126",
        "Count log records of queues.",
        name_variants=(
            "getqueueologcount",
            "getqueueilogcount",
        ),
        params=(
            Param("eventtime1", "from this time on"),
            Param("eventtime2", "until this time"),
            Param("event", "kind of event"),
            Param("uniqueid", "call number"),
            Param("queuename", "queue"),
            Param("agent", "only this operator, by channel"),
            Param("agentno", "number of the operator"),
            Param("history", "1: search the archive", choices=("0", "1")),
        ),
        fields=("result",),
    ),
    Endpoint(
        "ctiqueuecallerwithdraw",
        "ctiqueuecallerwithdraw.php",
        "4.135",
        "Take a waiting caller out of a queue.",
        changes=True,
        risk=Risk.RINGS,
        params=(
            Param("queue", "number of the queue", required=True),
            Param("caller", "channel of the caller", required=True),
            Param("withdrawinfo", "reason"),
        ),
    ),
)
