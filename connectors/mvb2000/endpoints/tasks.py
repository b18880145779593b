"""Batch tasks: create, list, change, delete, set going (chapter 8, sections 8.2 to 8.5 and 8.14)."""

from connectors.mvb2000.endpoints.common import PAGING
from connectors.mvb2000.endpoints.declaration import Endpoint, Format, Param, Risk, when, words

_CYCLIC = when("runtype", "1")
_VOICE = when("actiontype", "1", "2")
_SURVEY = when("actiontype", "2")
_DIALPLAN = when("actiontype", "6", "8")
_APPLICATION = when("actiontype", "5")
_YES_NO = ("Y", "N")

_NAME = "name of the task; the platform does not keep it unique"
_BEGIN = "first day on which it dials, the platform's date"
_END = "last day on which it dials; whether that day is included is not documented"

_SETTINGS: tuple[Param, ...] = (
    Param("amrange", "morning window of an ordinary task", format=Format.TIME_RANGE),
    Param("pmrange", "afternoon window of an ordinary task", format=Format.TIME_RANGE),
    Param("monthlist", "months of a cyclic task", format=Format.MONTHS),
    Param("timelist", "daily windows of a cyclic task", required=_CYCLIC, format=Format.TIME_RANGES),
    Param("weeklist", "weekdays of a cyclic task; which day is 0 is not documented", format=Format.WEEKDAYS),
    Param("daylist", "days of the month of a cyclic task", format=Format.MONTH_DAYS),
    Param(
        "maxcalls", "calls at the same time; 0: as many as are free", format=Format.INTEGER, default_global="maxcalls"
    ),
    Param(
        "maxretries", "retries of a number; 0: the global setting", format=Format.INTEGER, default_global="maxretries"
    ),
    Param("timeout", "seconds to let it ring; 0: the global setting", format=Format.INTEGER, default_global="timeout"),
    Param("outtrunk", "trunk to dial through", default_global="outtrunk"),
    Param("callerid", "number shown to the called person", default_global="callerid"),
    Param("voicefile1", "voice file that is played", required=_VOICE),
    Param("voicefile2", "voice file of thanks after a survey", required=_SURVEY),
    Param("validkey", "keys that count as an answer", format=Format.KEYS),
    Param("inputtimeout", "how long a survey waits for a key; unit not documented"),
    Param("inputerrorcount", "wrong keys a survey puts up with"),
    Param("inputtimeoutcount", "silences a survey puts up with"),
    Param("context", "dialplan context; ext-queues for a queue", required=_DIALPLAN),
    Param("exten", "dialplan extension; the number of the queue for a queue", required=_DIALPLAN),
    Param("priority", "dialplan priority; 1 for a queue", required=_DIALPLAN),
    Param("neednotify", "whether the operator is told before the next call", choices=_YES_NO),
    Param("needinput", "whether the operator enters a result", choices=_YES_NO),
    Param("agentvoice", "voice file played to the operator"),
    Param("queuecallrate", "calls per free operator of the queue; unit and range not documented"),
    Param("application", "application that answered calls are connected to", required=_APPLICATION),
    Param("appdata", "data for that application"),
    Param("variable", "channel variables for that application"),
    Param("needqs", "whether calls are marked for quality control", choices=_YES_NO),
    Param("agentno", "number of the operator"),
    Param("agentchannel", "channel of the operator's telephone"),
    Param("account", "account code for billing"),
    Param("createbyapp", "name of the software that creates the task"),
)

_FIELDS = words(
    "id name begindate enddate amrange pmrange monthlist timelist weeklist daylist runtype actiontype maxcalls "
    "maxretries timeout queuecallrate outtrunk needqs neednotify needinput agentvoice voicefile1 voicefile2 validkey "
    "inputtimeout inputerrorcount inputtimeoutcount callerid account application appdata variable context exten "
    "priority agentno agentchannel createbyapp creater createtime begintime status lastrange curdialid lastruntime "
    "finishtime"
)

ENDPOINTS = (
    Endpoint(
        "addobtask",
        "outcall/addobtask.php",
        "8.2",
        "Create a task that does not dial yet; its id comes back in `total`. Every call creates another task.",
        changes=True,
        has_total=True,
        params=(
            Param("name", _NAME, required=True),
            Param(
                "actiontype",
                "what happens in a call: 1 voice, 2 survey, 3 operator first, 4 operator after the customer, "
                "5 application, 6 dialplan, 7 preview, 8 queue, 9 shared",
                required=True,
                choices=tuple("123456789"),
            ),
            Param(
                "runtype",
                "0 ordinary; 1 cyclic, for action types 1, 2, 5 and 6 only",
                required=True,
                choices=("0", "1"),
            ),
            Param("begindate", _BEGIN, required=True, format=Format.DATE),
            Param("enddate", _END, required=True, format=Format.DATE),
            *_SETTINGS,
            Param("creater", "who creates it"),
        ),
    ),
    Endpoint(
        "getobtasks",
        "outcall/getobtasks.php",
        "8.3",
        "List tasks with their settings and status.",
        has_total=True,
        params=(
            Param("id", "only this task"),
            Param("name", "only tasks of this name; whether parts of a name match is not documented"),
            Param("actiontype", "only tasks of this action type"),
            Param("status", "only tasks in this status (N new, B started, R running, P paused, C continued, S, F)"),
            Param("begindate", "only tasks with this first day"),
            Param("enddate", "only tasks with this last day"),
            *PAGING,
        ),
        fields=_FIELDS,
    ),
    Endpoint(
        "setobtask",
        "outcall/setobtask.php",
        "8.4",
        "Change a task that is not started, continued or running; its action type cannot be changed.",
        changes=True,
        params=(
            Param("id", "task to change", required=True),
            Param("name", _NAME),
            Param("runtype", "0 ordinary, 1 cyclic", choices=("0", "1")),
            Param("begindate", _BEGIN, format=Format.DATE),
            Param("enddate", _END, format=Format.DATE),
            *_SETTINGS,
        ),
    ),
    Endpoint(
        "delobtask",
        "outcall/delobtask.php",
        "8.5",
        "Delete a task that is not started, continued or running; delete its rows first.",
        changes=True,
        params=(Param("id", "task to delete", required=True),),
    ),
    Endpoint(
        "setobtaskstatus",
        "outcall/setobtaskstatus.php",
        "8.14",
        "Set a task's status: B starts it and makes phones ring, P pauses, C continues, S stops.",
        changes=True,
        risk=Risk.RINGS,
        params=(
            Param("id", "task", required=True),
            Param(
                "status",
                "new status; which letters are accepted is not documented",
                required=True,
                format=Format.LETTER,
            ),
        ),
    ),
)
