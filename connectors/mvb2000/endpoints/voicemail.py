"""Mailboxes and their messages (from chapter 4)."""

from connectors.mvb2000.endpoints.common import PAGING
from connectors.mvb2000.endpoints.declaration import Endpoint, Param, Returns, words

_FOLDERS = (
    "INBOX",
    "Old",
    "Urgent",
    "Work",
    "Friends",
    "Family",
    "Cust1",
    "Cust2",
    "Cust3",
    "Cust4",
    "Cust5",
    "Deleted",
)

ENDPOINTS = (
    Endpoint(
        "ctimailboxcount",
        "ctimailboxcount.php",
        "4.21",
        "Count the messages of a mailbox.",
        params=(Param("mailbox", "number of the mailbox", required=True),),
        fields=(
            "mailbox",
            "oldmessages",
            "newmessages",
        ),
    ),
    Endpoint(
        "ctimailboxstatus",
        "ctimailboxstatus.php",
        "4.22",
        "Tell whether a mailbox has messages.",
        params=(Param("mailbox", "number of the mailbox", required=True),),
        fields=(
            "mailbox",
            "waiting",
        ),
    ),
    Endpoint(
        "deletemsg",
        "deletemsg.php",
        "4.46",
        "Delete a voice message.",
        changes=True,
        params=(
            Param("msgbox", "number of the mailbox", required=True),
            Param("msgdir", "folder of the mailbox", required=True, choices=_FOLDERS),
            Param("msgfile", "file of the message, like msg0001.WAV", required=True),
            Param("context", "context of the mailbox", default="default"),
        ),
    ),
    Endpoint(
        "getmsglist",
        "getmsglist.php",
        "4.75",
        "List voice messages.",
        params=(
            Param("msgbox", "number of the mailbox", required=True),
            Param("msgdir", "folder of the mailbox", required=True, choices=_FOLDERS),
            Param("query", "text to search for"),
            Param("begindatetime", "from this time on"),
            Param("enddatetime", "until this time"),
            Param("context", "context of the mailbox", default="default"),
            Param("alreadyread", "1: read, 0: unread", choices=("0", "1")),
            Param("withextend", "1: with further data", choices=("0", "1")),
            *PAGING,
        ),
        fields=words(
            "msgfile msgdir msgbox msgcontext msgmacrocontext msgreason msgchan msgcallerid msgdatetime "
            "msgduration alreadyread remark rdnis"
        ),
    ),
    Endpoint(
        "getmsgcount",
        "getmsgcount.php",
        "4.76",
        "Count voice messages.",
        params=(
            Param("msgbox", "number of the mailbox", required=True),
            Param("msgdir", "folder of the mailbox", required=True, choices=_FOLDERS),
            Param("query", "text to search for"),
            Param("begindatetime", "from this time on"),
            Param("enddatetime", "until this time"),
            Param("context", "context of the mailbox", default="default"),
            Param("alreadyread", "1: read, 0: unread", choices=("0", "1")),
        ),
        fields=("result",),
    ),
    Endpoint(
        "getmsg",
        "getmsg.php",
        "4.77",
        "Fetch a voice message.",
        returns=Returns.FILE,
        params=(
            Param("msgfile", "file of the message, like msg0001.WAV", required=True),
            Param("msgbox", "number of the mailbox", required=True),
            Param("msgdir", "folder of the mailbox", required=True, choices=_FOLDERS),
            Param("mp3", "convert to MP3", choices=("1", "yes")),
            Param("context", "context of the mailbox", default="default"),
        ),
    ),
    Endpoint(
        "movemsg",
        "movemsg.php",
        "4.99",
        "Move a voice message to another folder.",
        changes=True,
        params=(
            Param("msgbox", "number of the mailbox", required=True),
            Param("msgdir", "folder of the mailbox", required=True, choices=_FOLDERS),
            Param("dstdir", "folder to move to", required=True, choices=_FOLDERS),
            Param("msgfile", "file of the message, like msg0001.WAV", required=True),
            Param("context", "context of the mailbox", default="default"),
        ),
    ),
    Endpoint(
        "setmsg",
        "setmsg.php",
        "4.100",
        "Mark a voice message.",
        changes=True,
        params=(
            Param("msgbox", "number of the mailbox", required=True),
            Param("msgdir", "folder of the mailbox", required=True, choices=_FOLDERS),
            Param("msgfile", "file of the message, like msg0001.WAV", required=True),
            Param("context", "context of the mailbox", default="default"),
            Param("alreadyread", "1: read, 0: unread", choices=("0", "1")),
            Param("remark", "remark"),
        ),
    ),
)
