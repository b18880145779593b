"""What the platform says of itself: version, clock, voice files, trunks, queues (from chapter 4)."""

from connectors.mvb2000.endpoints.declaration import Endpoint, words

ENDPOINTS = (
    Endpoint(
        "about",
        "about.php",
        "4.1",
        "Tell the version of the interface.",
        fields=("version", "message", "lastbuild"),
    ),
    Endpoint(
        "ctigetdatetime",
        "ctigetdatetime.php",
        "4.15",
        "Tell the platform's date and time; the date is the one that keys are made with.",
        fields=words(
            "mvb_datetime mvb_date mvb_time mvb_timestamp mvb_year mvb_month mvb_month_day mvb_year_day mvb_week "
            "mvb_hour mvb_minute mvb_second"
        ),
    ),
    Endpoint("gettrunklist", "gettrunklist.php", "4.65", "List trunks.", fields=("trunk",)),
    Endpoint(
        "getrecordings",
        "getrecordings.php",
        "4.66",
        "List the voice files that tasks and menus can play.",
        sections=("4.133",),
        fields=("id", "filename", "description"),
    ),
    Endpoint(
        "getqueuelist",
        "getqueuelist.php",
        "4.82",
        "List queues with number and name.",
        name_variants=("getqueue.list",),
        fields=("queueno", "description"),
    ),
)
