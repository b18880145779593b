"""What the report package covers (sections 7.28 to 7.32)."""

from connectors.mvb2000.endpoints.common import PAGING
from connectors.mvb2000.endpoints.declaration import Endpoint, Param, unless, when, words

ENDPOINTS = (
    Endpoint(
        "pbxconfig",
        "report/pbxconfig.php",
        "7.28",
        "Keep the list of platforms that reports cover.",
        changes=True,
        params=(
            Param("item", "what to do", required=True, choices=("add", "delete", "update", "find")),
            Param("pbxid", "platform", required=unless("item", "find")),
            Param("pbxname", "name of the platform; left out of an update it is emptied"),
            Param("remark", "remark"),
        ),
        fields=(
            "pbxid",
            "pbxname",
            "remark",
        ),
    ),
    Endpoint(
        "agentlistconfig",
        "report/agentlistconfig.php",
        "7.29",
        "Keep the list of operators that reports cover; `count` answers in `message`.",
        changes=True,
        params=(
            Param("item", "what to do", required=True, choices=("add", "delete", "update", "find", "count")),
            Param("pbxid", "platform", required=unless("item", "find", "count")),
            Param("agentno", "number of the operator", required=unless("item", "find", "count")),
            Param("agentname", "only this operator"),
            Param("remark", "remark"),
            *PAGING,
        ),
        fields=(
            "pbxid",
            "agentno",
            "agentname",
            "remark",
        ),
    ),
    Endpoint(
        "queuelistconfig",
        "report/queuelistconfig.php",
        "7.30",
        "Keep the list of queues that reports cover.",
        changes=True,
        params=(
            Param("item", "what to do", required=True, choices=("add", "delete", "update", "find")),
            Param("pbxid", "platform", required=unless("item", "find")),
            Param("queueno", "number of the queue", required=unless("item", "find")),
            Param("queuename", "queue"),
            Param("remark", "remark"),
        ),
        fields=(
            "pbxid",
            "queueno",
            "queueusername",
            "remark",
        ),
    ),
    Endpoint(
        "qmrconfig",
        "report/qmrconfig.php",
        "7.31",
        "Keep what the keys of ratings mean.",
        changes=True,
        name_variants=("qmrrconfig",),
        params=(
            Param("item", "what to do", required=True, choices=("update", "find")),
            Param("inputkey", "the key", required=when("item", "update")),
            Param("score", "score of the key"),
            Param("remark", "remark"),
        ),
        fields=(
            "inputkey",
            "score",
            "remark",
        ),
    ),
    Endpoint(
        "rptcontrol",
        "report/rptcontrol.php",
        "7.32",
        "Keep which reports are made from when on.",
        changes=True,
        params=(
            Param("item", "what to do", required=True, choices=("add", "update", "find", "delete")),
            Param("pbxid", "platform", required=unless("item", "find")),
            Param(
                "rpttype",
                "kind of report",
                required=unless("item", "find"),
                choices=("platform", "agent", "queue", "area"),
            ),
            Param("rptname", "name of the report"),
            Param("begindate", "first day that is worked on"),
            Param("enddate", "last day that is worked on; empty: today"),
            Param("enabled", "1: on, 0: off", choices=("0", "1")),
        ),
        fields=words("pbxid rpttype rptname begindate enddate finishdate status enabled lastrunbegin lastrunend"),
    ),
)
