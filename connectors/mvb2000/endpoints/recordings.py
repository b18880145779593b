"""Recordings of calls and voice files, fetched and uploaded (from chapter 4)."""

from connectors.mvb2000.endpoints.declaration import Endpoint, Param, Returns

ENDPOINTS = (
    Endpoint(
        "getmonitor",
        "getmonitor.php",
        "4.72",
        "Fetch a recording by the name in its call record.",
        returns=Returns.FILE,
        params=(
            Param("filename", "name of the recording, as in the call record", required=True),
            Param("mp3", "convert to MP3", choices=("1", "yes")),
            Param("checkonly", "1: only tell whether the file exists", choices=("0", "1"), default="0"),
        ),
    ),
    Endpoint(
        "getmonitorbyuid",
        "getmonitorbyuid.php",
        "4.73",
        "Fetch a recording by call number.",
        returns=Returns.FILE,
        params=(
            Param("uniqueid", "call number", required=True),
            Param("history", "1: search the archive", choices=("0", "1")),
            Param("mp3", "convert to MP3", choices=("1", "yes")),
            Param("recno", "which of several recordings of a call", default="0"),
        ),
    ),
    Endpoint(
        "getmonitornums",
        "getmonitornums.php",
        "4.74",
        "List the recordings of a call.",
        name_variants=("getmonitorums",),
        params=(
            Param("uniqueid", "call number", required=True),
            Param("history", "1: search the archive", choices=("0", "1")),
        ),
        fields=(
            "fileid",
            "filename",
        ),
    ),
    Endpoint(
        "getspoolfile",
        "getspoolfile.php",
        "4.96",
        "Fetch a file of the spool, or delete it.",
        changes=True,
        returns=Returns.FILE,
        params=(
            Param("location", "folder of the spool", required=True),
            Param("filename", "name of the file", required=True),
            Param("delete", "1 or yes: delete the file instead", choices=("1", "0", "yes", "no")),
        ),
    ),
    Endpoint(
        "getrecord",
        "getrecord.php",
        "4.132",
        "Fetch a voice file.",
        returns=Returns.FILE,
        params=(
            Param("filename", "name of the voice file, without ending", required=True),
            Param("mp3", "convert to MP3"),
        ),
    ),
    Endpoint(
        "putrecordings",
        "putrecordings.php",
        "4.134",
        "Upload a voice file.",
        changes=True,
        method="POST",
        params=(
            Param("ivrfile", "the file", required=True, is_file=True),
            Param("filename", "name to keep it under, without ending; made up when left out"),
            Param("description", "description"),
        ),
    ),
)
