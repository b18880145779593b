"""Dial lists of tasks and the log of cyclic tasks (chapter 8, sections 8.8 to 8.13)."""

from connectors.mvb2000.endpoints.common import PAGING
from connectors.mvb2000.endpoints.declaration import Endpoint, Format, Param, words

_TASK = Param("taskid", "task that the rows belong to", required=True)
_OWN_REFERENCE = Param("extrefid", "the caller's own reference; comes back with the row, cannot be searched for")
_GIVEN = (
    Param("campaignid", "a second reference of the caller's"),
    Param("ttstext1", "text spoken to the called person"),
    Param("ttstext2", "text of thanks spoken after a survey"),
    Param("remark", "remark"),
)
_CALLER = Param("caller", "operator who calls; set by the platform for shared tasks")

ENDPOINTS = (
    Endpoint(
        "getobdiallist",
        "outcall/getobdiallist.php",
        "8.8",
        "List the rows of a task's dial list with what became of them.",
        has_total=True,
        params=(
            _TASK,
            Param("id", "only this row"),
            Param("dialnumber", "only this number"),
            Param("createtime1", "created at this time or later"),
            Param("createtime2", "created at this time or earlier"),
            Param("dialedtime1", "dialled at this time or later"),
            Param("dialedtime2", "dialled at this time or earlier"),
            Param("answertime1", "answered at this time or later"),
            Param("answertime2", "answered at this time or earlier"),
            Param("endtime1", "hung up at this time or later"),
            Param("endtime2", "hung up at this time or earlier"),
            Param("status", "only rows in this status (N new, R retry, D dialling, S success, F failed)"),
            Param("remark", "only rows with this remark"),
            Param("caller", "only rows answered by this operator"),
            Param("responsekey", "only rows in which this key was pressed"),
            Param("duration", "up: talked longer than `second`; down: shorter", choices=("up", "down")),
            Param("second", "talk time in seconds to compare with"),
            *PAGING,
        ),
        fields=words(
            "id taskid createtime dialnumber extrefid campaignid uniqueid responsekey responsetime ttstext1 "
            "ttstext2 agentinput retrytimes lastruntime cause disposition message status lastrange communicateret "
            "monitorfile callerid caller remark endtime duration dialedtime answertime"
        ),
    ),
    Endpoint(
        "addobdiallist",
        "outcall/addobdiallist.php",
        "8.9",
        "Add one number to a task. Returns no id; every call adds another row.",
        changes=True,
        params=(_TASK, Param("dialnumber", "number to dial", required=True), _OWN_REFERENCE, *_GIVEN, _CALLER),
    ),
    Endpoint(
        "setobdiallist",
        "outcall/setobdiallist.php",
        "8.10",
        "Change a row, or without `id` every row of the task; status N makes rows be dialled again.",
        changes=True,
        dangerous_without=("id",),
        params=(
            Param("id", "row to change; without it every row of the task is changed"),
            _TASK,
            _OWN_REFERENCE,
            *_GIVEN,
            Param("uniqueid", "call number"),
            Param("status", "N new, R retry, D dialling, S success, F failed", choices=("N", "R", "D", "S", "F")),
            _CALLER,
        ),
    ),
    Endpoint(
        "delobdiallist",
        "outcall/delobdiallist.php",
        "8.11",
        "Delete rows of a task, or without `id` all of them.",
        changes=True,
        dangerous_without=("id",),
        params=(Param("id", "rows to delete; without it every row of the task goes", format=Format.LIST), _TASK),
    ),
    Endpoint(
        "getobcalllog",
        "outcall/getobcalllog.php",
        "8.12",
        "List the calls of cyclic tasks; `dialid` leads to the row, our own reference is absent.",
        has_total=True,
        params=(
            Param("taskid", "only calls of this task; without it, of all"),
            Param("dialid", "only calls of this row"),
            Param("phoneno", "only calls to this number"),
            Param("answertime1", "called at this time or later"),
            Param("answertime2", "called at this time or earlier"),
            *PAGING,
        ),
        fields=words(
            "id taskid dialid guid phoneno answertime timerange uniqueid duration responsekey responsetime remark"
        ),
    ),
    Endpoint(
        "delobcalllog",
        "outcall/delobcalllog.php",
        "8.13",
        "Delete log entries of a cyclic task, or without `id` all of them.",
        changes=True,
        dangerous_without=("id",),
        params=(
            Param("id", "entries to delete; without it every entry of the task goes", format=Format.LIST),
            _TASK,
            Param("dialid", "row; what it does without `id` is not documented"),
        ),
    ),
)
