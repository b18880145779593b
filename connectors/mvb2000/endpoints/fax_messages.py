"""Faxes that came in (from chapter 4)."""

from connectors.mvb2000.endpoints.common import PAGING
from connectors.mvb2000.endpoints.declaration import Endpoint, Param, Returns, words

ENDPOINTS = (
    Endpoint(
        "getfax",
        "getfax.php",
        "4.62",
        "Fetch a fax.",
        returns=Returns.FILE,
        params=(Param("filename", "name of the file", required=True),),
    ),
    Endpoint(
        "getfaxrecvlog",
        "getfaxrecvlog.php",
        "4.63",
        "List faxes that came in.",
        params=(
            Param("rcvtime1", "from this time on"),
            Param("rcvtime2", "until this time"),
            Param("callerid", "number shown to the called person"),
            Param("did", "only to this originally dialled number"),
            Param("appflag1", "first mark"),
            Param("appflag2", "second mark"),
            Param("faxuser", "only faxes for this user"),
            Param("result", "whether it came through", choices=("SUCCESS", "FAILED")),
            Param("dirmark", "folder: new, archive or trash", choices=("new", "archive", "trash")),
            Param("alreadyread", "1: read, 0: unread", choices=("0", "1")),
            *PAGING,
        ),
        fields=words(
            "id faxtimestamp rcvtime uniqueid channel callerid callername faxuser alreadyread dirmark "
            "trashtime resolution nid did filename timetorcv pages sender rate device commid status msg "
            "error filesize fax2000file fax2000uid comments amount appflag1 appflag2 remark createtime "
            "exten destnumber remotestationid localstationid pagestransferred transferrate duration mode "
            "result resultstr"
        ),
    ),
    Endpoint(
        "getfaxrecvlogcount",
        "getfaxrecvlogcount.php",
        "4.64",
        "Count faxes that came in.",
        params=(
            Param("rcvtime1", "from this time on"),
            Param("rcvtime2", "until this time"),
            Param("callerid", "number shown to the called person"),
            Param("did", "only to this originally dialled number"),
            Param("appflag1", "first mark"),
            Param("appflag2", "second mark"),
            Param("faxuser", "only faxes for this user"),
            Param("result", "whether it came through", choices=("SUCCESS", "FAILED")),
            Param("dirmark", "folder: new, archive or trash", choices=("new", "archive", "trash")),
            Param("alreadyread", "1: read, 0: unread", choices=("0", "1")),
        ),
        fields=("result",),
    ),
    Endpoint(
        "setfaxrecvlog",
        "setfaxrecvlog.php",
        "4.102",
        "Mark a fax that came in.",
        changes=True,
        params=(
            Param("id", "record", required=True),
            Param("appflag1", "first mark"),
            Param("appflag2", "second mark"),
            Param("remark", "remark"),
        ),
    ),
)
