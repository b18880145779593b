"""Lists of blocked callers, and of numbers never or always to be dialled (from chapter 4)."""

from connectors.mvb2000.endpoints.common import PAGING
from connectors.mvb2000.endpoints.declaration import Endpoint, Param

ENDPOINTS = (
    Endpoint(
        "ctiaddblacklist",
        "ctiaddblacklist.php",
        "4.2",
        "Put a number on a list of blocked callers; the list is made with its first number.",
        changes=True,
        params=(
            Param("name", "name of the list", required=True),
            Param("extension", "number to block", required=True),
            Param("reason", "reason"),
        ),
    ),
    Endpoint(
        "ctidelblacklist",
        "ctidelblacklist.php",
        "4.6",
        "Take a number off a list of blocked callers.",
        changes=True,
        params=(
            Param("name", "name of the list"),
            Param("extension", "number to unblock", required=True),
        ),
    ),
    Endpoint(
        "ctigetblacklist",
        "ctigetblacklist.php",
        "4.9",
        "List the numbers of a list of blocked callers.",
        params=(Param("name", "name of the list", required=True),),
        fields=("extension",),
    ),
    Endpoint(
        "getblacklist",
        "getblacklist.php",
        "4.127",
        "List entries of all lists of blocked callers.",
        has_total=True,
        params=(
            Param("phone", "only this number"),
            Param("name", "only entries made by this user"),
            *PAGING,
        ),
        fields=(
            "id",
            "blacklistname",
            "extension",
            "reason",
        ),
    ),
    Endpoint(
        "addblacklist",
        "addblacklist.php",
        "4.128",
        "Add an entry, or with `id` change one.",
        changes=True,
        params=(
            Param("id", "entry to change; without it one is added"),
            Param("name", "who makes the entry"),
            Param("extension", "number to block"),
            Param("reason", "reason"),
        ),
    ),
    Endpoint(
        "delblacklist",
        "delblacklist.php",
        "4.129",
        "Delete an entry; without `id` the effect is not documented.",
        changes=True,
        dangerous_without=("id",),
        params=(Param("id", "entry to delete"),),
    ),
    Endpoint(
        "getrouteblacklist",
        "getrouteblacklist.php",
        "4.137",
        "List numbers that must not be dialled.",
        params=(
            Param("extension", "only this number"),
            Param("isValid", "1: in force, 0: not", choices=("1", "0")),
            *PAGING,
        ),
        fields=(
            "id",
            "extension",
            "reason",
            "isValid",
        ),
    ),
    Endpoint(
        "addrouteblacklist",
        "addrouteblacklist.php",
        "4.138",
        "Forbid a number to be dialled; errcode 9000 when it is forbidden already.",
        changes=True,
        params=(
            Param("extension", "number", required=True),
            Param("reason", "reason"),
            Param("isValid", "1: in force, 0: not", choices=("1", "0")),
        ),
    ),
    Endpoint(
        "deleterouteblacklist",
        "deleterouteblacklist.php",
        "4.139",
        "Allow a number to be dialled again; errcode 9000 when it was not forbidden.",
        changes=True,
        params=(Param("extension", "number", required=True),),
    ),
    Endpoint(
        "getroutewhitelist",
        "getroutewhitelist.php",
        "4.140",
        "List numbers that may always be dialled.",
        params=(
            Param("extension", "only this number"),
            Param("isValid", "1: in force, 0: not", choices=("1", "0")),
            *PAGING,
        ),
        fields=(
            "id",
            "extension",
            "reason",
            "isValid",
        ),
    ),
    Endpoint(
        "addroutewhitelist",
        "addroutewhitelist.php",
        "4.141",
        "Allow a number always to be dialled; errcode 9000 when it is allowed already.",
        changes=True,
        params=(
            Param("extension", "number", required=True),
            Param("reason", "reason"),
            Param("isValid", "1: in force, 0: not", choices=("1", "0")),
        ),
    ),
    Endpoint(
        "deleteroutewhitelist",
        "deleteroutewhitelist.php",
        "4.142",
        "Take a number off those that may always be dialled; errcode 9000 when it is not among them.",
        changes=True,
        params=(Param("extension", "number", required=True),),
    ),
)
