"""Figures on tasks: progress, by operator, by talk time, by key (chapter 8, sections 8.27 to 8.30)."""

from connectors.mvb2000.endpoints.common import PAGING, SORTING
from connectors.mvb2000.endpoints.declaration import Endpoint, Format, Param, words

_TASK = Param("id", "task", required=True)

ENDPOINTS = (
    Endpoint(
        "gettaskreport",
        "outcall/gettaskreport.php",
        "8.27",
        "Count the rows, successes and failures of tasks. `total` of a row counts its dial list.",
        has_total=True,
        name_variants=("gettakreport",),
        params=(
            Param("begindate1", "first day at this date or later"),
            Param("begindate2", "first day at this date or earlier"),
            Param("id", "only this task"),
            Param("name", "only tasks of this name"),
            Param("status", "only tasks in this status"),
            Param("actiontype", "only tasks of this action type"),
            *PAGING,
        ),
        fields=words(
            "id name begindate enddate actiontype runtype status total failcount succcount succrate finishrate"
        ),
    ),
    Endpoint(
        "getagentreport",
        "outcall/getagentreport.php",
        "8.28",
        "Count the calls of a task by operator.",
        params=(_TASK, *SORTING),
        fields=("taskid", "agent", "num"),
    ),
    Endpoint(
        "gettimereport",
        "outcall/gettimereport.php",
        "8.29",
        "Count the calls of a task that lasted longer than some seconds, and the others.",
        params=(_TASK, Param("second", "talk time to compare with", format=Format.INTEGER, default="10"), *SORTING),
        fields=("taskid", "up", "down"),
    ),
    Endpoint(
        "getpresskeyreport",
        "outcall/getpresskeyreport.php",
        "8.30",
        "Count the calls of a task by key pressed; -1 stands for none.",
        params=(_TASK, *SORTING),
        fields=("taskid", "responsekey", "num"),
    ),
)
