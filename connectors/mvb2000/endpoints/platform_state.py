"""State of the platform: settings, load, disks, events, menus, language (from chapter 4)."""

from connectors.mvb2000.endpoints.declaration import Endpoint, Param, words

ENDPOINTS = (
    Endpoint(
        "ctipbxsetting",
        "ctipbxsetting.php",
        "4.25",
        "Tell the exchange's settings.",
        fields=(
            "pbxversion",
            "maxcalls",
            "maxloadavg",
        ),
    ),
    Endpoint(
        "ctipbxstatus",
        "ctipbxstatus.php",
        "4.26",
        "Tell how the exchange is doing.",
        fields=(
            "startuptime",
            "reloadtime",
            "currentchannels",
            "currentcalls",
            "maxcalls",
        ),
    ),
    Endpoint(
        "getcpuload",
        "getcpuload.php",
        "4.56",
        "Tell the load of the processor.",
        name_variants=("getcpupload",),
        fields=words("createtime infotype user system nice idle"),
    ),
    Endpoint(
        "getdiskinfo",
        "getdiskinfo.php",
        "4.57",
        "Tell how full the disks are.",
        fields=words("createtime filesystem type size used avail usedper mountedon"),
    ),
    Endpoint(
        "getevents",
        "getevents.php",
        "4.59",
        "Tell the latest events of a kind.",
        params=(
            Param("event", "kind of events", required=True),
            Param("id", "only events after this one"),
        ),
        fields=(
            "id",
            "timestamp",
            "event",
            "content",
        ),
    ),
    Endpoint(
        "getivrlist",
        "getivrlist.php",
        "4.67",
        "List voice menus.",
        fields=(
            "id",
            "ivrname",
        ),
    ),
    Endpoint(
        "getmemload",
        "getmemload.php",
        "4.71",
        "Tell how full the memory is.",
        fields=words(
            "createtime infotype memtotal memfree buffers cached swapcached active inactive hightotal "
            "highfree lowtotal lowfree swaptotal swapfree dirty writeback mapped slab commitlimit "
            "committed_as pagetables vmalloctotal vmallocused vmallocchunk hugepages_total hugepages_free "
            "hugepagesize kernelapp"
        ),
    ),
    Endpoint(
        "getholdmusic",
        "getholdmusic.php",
        "4.130",
        "List classes of music on hold.",
        fields=("name",),
    ),
    Endpoint(
        "getdevicerules",
        "getdevicerules.php",
        "4.131",
        "List dial permissions.",
        fields=(
            "rulename",
            "context",
        ),
    ),
    Endpoint(
        "getnlprest",
        "getnlprest.php",
        "4.143",
        "Have a sentence understood; failures of the engine come with errcode 0, see `status`.",
        params=(
            Param("callerid", "who speaks, to tell conversations apart", required=True),
            Param("content", "the sentence", required=True),
            Param("clearsession", "1: begin a new conversation", choices=("0", "1")),
            Param("paramsmem", "what the previous reply gave under this name"),
        ),
        fields=words("reply function status errmsg type duration paramsmem"),
    ),
    Endpoint(
        "getnlpinfo",
        "getnlpinfo.php",
        "4.144",
        "Name the engine that understands sentences.",
        fields=("name",),
    ),
)
