"""Figures on calls that lie under report/ (sections 4.110 to 4.116, 4.121 and 4.122)."""

from connectors.mvb2000.endpoints.common import PAGING, SENS, SORTING
from connectors.mvb2000.endpoints.declaration import Endpoint, Format, Param, words

ENDPOINTS = (
    Endpoint(
        "getcallday",
        "report/getcallday.php",
        "4.110",
        "Count calls by hour of a day.",
        params=(
            Param("calldate", "the day", required=True),
            Param("disposition", "result of the call", choices=("ANSWERED", "FAILED", "NO ANSWER", "BUSY")),
            Param("calldatehour", "only this hour"),
            Param(
                "lastdialstatus", "last dial: 0 any, 1 not connected, 2 connected", choices=("0", "1", "2"), default="0"
            ),
            Param("history", "1: search the archive", choices=("0", "1")),
            *SORTING,
        ),
        fields=(
            "calldatehour",
            "timesum",
            "callscount",
            "avgtime",
        ),
    ),
    Endpoint(
        "getcallmonth",
        "report/getcallmonth.php",
        "4.111",
        "Count calls by month.",
        params=(
            Param("calldate1", "from this time on", required=True),
            Param("calldate2", "until this time", required=True),
            Param("disposition", "result of the call", choices=("ANSWERED", "FAILED", "NO ANSWER", "BUSY")),
            Param(
                "lastdialstatus", "last dial: 0 any, 1 not connected, 2 connected", choices=("0", "1", "2"), default="0"
            ),
            Param("history", "1: search the archive", choices=("0", "1")),
            *SORTING,
        ),
        fields=(
            "newcalldate",
            "yeardate",
            "timesum",
            "callscount",
            "avgtime",
        ),
    ),
    Endpoint(
        "getcdrcountsimple",
        "report/getcdrcountsimple.php",
        "4.112",
        "Count call records, the short form.",
        params=(
            Param("calldate1", "from this time on", required=True),
            Param("calldate2", "until this time", required=True),
            Param("disposition", "result of the call", choices=("ANSWERED", "FAILED", "NO ANSWER", "BUSY")),
            Param("caller", "only calls from this number; equal to callee: calls of that number either way"),
            Param("callee", "only calls to this number; equal to caller: calls of that number either way"),
            Param("number", "number", format=Format.LIST),
            Param(
                "lastdialstatus", "last dial: 0 any, 1 not connected, 2 connected", choices=("0", "1", "2"), default="0"
            ),
            Param("history", "1: search the archive", choices=("0", "1")),
            Param("direct", "direction of the call", choices=("IN", "OUT", "INNER", "INOUT")),
        ),
        fields=("result",),
    ),
    Endpoint(
        "getcdrsimple",
        "report/getcdrsimple.php",
        "4.113",
        "List call records, the short form.",
        params=(
            Param("calldate1", "from this time on", required=True),
            Param("calldate2", "until this time", required=True),
            Param("caller", "only calls from this number; equal to callee: calls of that number either way"),
            Param("callee", "only calls to this number; equal to caller: calls of that number either way"),
            Param("number", "number", format=Format.LIST),
            Param("disposition", "result of the call", choices=("ANSWERED", "FAILED", "NO ANSWER", "BUSY")),
            Param("direct", "direction of the call", choices=("IN", "OUT", "INNER", "INOUT")),
            Param(
                "lastdialstatus", "last dial: 0 any, 1 not connected, 2 connected", choices=("0", "1", "2"), default="0"
            ),
            Param("history", "1: search the archive", choices=("0", "1")),
            *PAGING,
        ),
        fields=words(
            "pbxid calldate clid areacode location src dst dcontext channel dstchannel lastapp lastdata "
            "duration billsec disposition amaflags accountcode uniqueid userfield answertime endtime "
            "caller callee dnid rdnis ani monitor direct transfer trunk hangupcause hasmonitorfile"
        ),
    ),
    Endpoint(
        "getqueuecallcmp",
        "report/getqueuecallcmp.php",
        "4.114",
        "Compare the traffic of queues.",
        params=(
            Param("calldate1", "from this time on", required=True),
            Param("calldate2", "until this time", required=True),
            *SORTING,
        ),
        fields=words(
            "queuename totalcalls answeredcalls callerexit calltimeout othexit ansrate maxholdtime "
            "avgholdtime avgringtime talktime avgtalktime callerhangups agenthangups agenttrans"
        ),
    ),
    Endpoint(
        "getqueuecallcount",
        "report/getqueuecallcount.php",
        "4.115",
        "Count events of queues.",
        params=(
            Param("calldate1", "from this time on", required=True),
            Param("calldate2", "until this time", required=True),
            Param("queuename", "queue"),
            Param("queueevent", "only this event"),
        ),
        fields=("result",),
    ),
    Endpoint(
        "getqueuecalldetail",
        "report/getqueuecalldetail.php",
        "4.116",
        "List events of queues.",
        params=(
            Param("calldate1", "from this time on", required=True),
            Param("calldate2", "until this time", required=True),
            Param("queuename", "queue"),
            Param("queueevent", "only this event"),
            Param("history", "1: search the archive", choices=("0", "1")),
            *PAGING,
        ),
        fields=words("eventtime callid queuename queuestart agent agentno event arg1 arg2 arg3 arg4"),
    ),
    Endpoint(
        "getbadcallreport",
        "report/getbadcallreport.php",
        "4.121",
        "Count lost calls by day, month, queue or handling.",
        params=(
            Param("createtime1", "recorded at this time or later"),
            Param("createtime2", "recorded at this time or earlier"),
            Param("processtime1", "handled at this time or later"),
            Param("processtime2", "handled at this time or earlier"),
            Param("processflag", "mark of handling; 0 is new"),
            Param("reporttype", "by d day, m month, q queue, p handling", choices=("d", "m", "q", "p")),
            Param("processapp", "software that handles it"),
            Param("queue", "number of the queue"),
            Param(
                "sort",
                "field to sort by",
                choices=("item", "callcount", "waittime_sum", "waittime_avg", "times_sum", "times_avg"),
            ),
            SENS,
        ),
        fields=words("item callcount waittime_sum waittime_avg times_sum times_avg"),
    ),
    Endpoint(
        "getusercallsum",
        "report/getusercallsum.php",
        "4.122",
        "Compare how much operators talked.",
        params=(
            Param("calldate1", "from this time on", required=True),
            Param("calldate2", "until this time", required=True),
            Param("agentno", "number of the operator"),
            Param("direct", "direction of the call", choices=("IN", "OUT", "INNER", "INOUT")),
            Param("history", "1: search the archive", choices=("0", "1")),
            *SORTING,
        ),
        fields=(
            "agentno",
            "callsum",
            "totaltalktime",
            "avgtalktime",
        ),
    ),
)
