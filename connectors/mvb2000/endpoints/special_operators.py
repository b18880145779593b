"""Operators outside the ordinary staff: groups, members, links to queues (chapter 8, sections 8.15 to 8.26)."""

from connectors.mvb2000.endpoints.common import SORTING
from connectors.mvb2000.endpoints.declaration import Endpoint, Format, Param, Risk, words

_GROUP = Param("groupid", "group of the operator", required=True)
_AGENT = Param("agent", "number of the operator", required=True)
_GROUP_SETTINGS = (
    Param("grouplist", "call group"),
    Param("ackcall", "whether a key must be pressed to take a call", choices=("", "yes", "no")),
    Param("autologoff", "seconds after which an operator who takes no call is logged off", format=Format.INTEGER),
    Param("wrapuptime", "seconds of rest after a call", format=Format.INTEGER),
    Param("musiconhold", "class of the music on hold"),
    Param("asexten", "whether the operator can be called directly", choices=("yes", "no")),
)
_MEMBER = (
    _GROUP,
    _AGENT,
    Param("agentname", "name of the operator", required=True),
    Param("agentpassword", "password to log in with", required=True, secret=True),
)

ENDPOINTS = (
    Endpoint(
        "addagentgroup",
        "outcall/addagentgroup.php",
        "8.15",
        "Create a group; its id must be looked up afterwards.",
        changes=True,
        params=(Param("groupname", "name of the group", required=True), *_GROUP_SETTINGS),
    ),
    Endpoint(
        "getagentgroup",
        "outcall/getagentgroup.php",
        "8.16",
        "List groups.",
        params=(Param("groupname", "only the group of this name"), *SORTING),
        fields=words("id groupname grouplist ackcall autologoff wrapuptime musiconhold asexten"),
    ),
    Endpoint(
        "setagentgroup",
        "outcall/setagentgroup.php",
        "8.17",
        "Change a group.",
        changes=True,
        params=(
            Param("id", "group to change", required=True),
            Param("groupname", "name of the group"),
            *_GROUP_SETTINGS,
        ),
    ),
    Endpoint(
        "delagentgroup",
        "outcall/delagentgroup.php",
        "8.18",
        "Delete a group with its operators and their links to queues.",
        changes=True,
        params=(Param("id", "group to delete", required=True),),
    ),
    Endpoint(
        "addspecialagent",
        "outcall/addspecialagent.php",
        "8.19",
        "Add an operator to a group.",
        changes=True,
        params=_MEMBER,
    ),
    Endpoint(
        "getspecialagent",
        "outcall/getspecialagent.php",
        "8.20",
        "List operators with their links to queues, and their passwords in clear text.",
        risk=Risk.SHOWS_SECRETS,
        params=(
            Param("groupid", "only operators of this group"),
            Param("agent", "only this operator"),
            Param("agentname", "only operators of this name"),
            Param("queue", "only operators linked to this queue"),
            *SORTING,
        ),
        fields=words("groupid agentid agentpassword agentname id queue penalty logstatus logintime logouttime"),
    ),
    Endpoint(
        "setspecialagent",
        "outcall/setspecialagent.php",
        "8.21",
        "Change an operator, found by number.",
        changes=True,
        params=_MEMBER,
    ),
    Endpoint(
        "delspecialagent",
        "outcall/delspecialagent.php",
        "8.22",
        "Delete an operator; the links to queues stay and must be deleted too.",
        changes=True,
        params=(_GROUP, _AGENT),
    ),
    Endpoint(
        "addobagent",
        "outcall/addobagent.php",
        "8.23",
        "Link an operator to a queue.",
        changes=True,
        params=(
            Param("queue", "number of the queue", required=True),
            _AGENT,
            Param("penalty", "rank within the queue; which end comes first is not clear"),
        ),
    ),
    Endpoint(
        "getobagent",
        "outcall/getobagent.php",
        "8.24",
        "List links between operators and queues.",
        params=(
            Param("queue", "only links of this queue"),
            Param("agent", "only links of this operator"),
            Param("penalty", "only links of this rank"),
            *SORTING,
        ),
        fields=words("id queue agentid penalty logstatus logintime logouttime extraid"),
    ),
    Endpoint(
        "setobagent",
        "outcall/setobagent.php",
        "8.25",
        "Change a link.",
        changes=True,
        params=(
            Param("id", "link to change", required=True),
            Param("agent", "number of the operator"),
            Param("queue", "number of the queue"),
            Param("penalty", "rank within the queue"),
        ),
    ),
    Endpoint(
        "delobagent",
        "outcall/delobagent.php",
        "8.26",
        "Delete links of a queue: one, those of some operators, or with `queue` alone all of them.",
        changes=True,
        dangerous_without=("id", "agent"),
        params=(
            Param("id", "link to delete"),
            Param("queue", "number of the queue", required=True),
            Param("agent", "operators whose links go", format=Format.LIST),
        ),
    ),
)
