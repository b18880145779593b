"""What channels know: details, variables, results of voice programs (from chapter 4)."""

from connectors.mvb2000.endpoints.declaration import Endpoint, Format, Param, Risk, without, words

ENDPOINTS = (
    Endpoint(
        "ctigetchanneldetail",
        "ctigetchanneldetail.php",
        "4.11",
        "Describe a channel with its variables.",
        blocks_seconds=1,
        params=(
            Param("channel", "channel", required=True),
            Param(
                "type",
                "0 this channel, 1 the one connected to it, 2 whichever fits",
                choices=("0", "1", "2"),
                default="0",
            ),
            Param("timeout", "seconds to wait", format=Format.INTEGER, maximum=120, default="0"),
        ),
        fields=words(
            "channel uniqueid dstchannel datachannel dstuniqueid did monitorfile dialednum queuenum "
            "agentno ivrhist holdtime caller callee areacode city province simcardtype"
        ),
    ),
    Endpoint(
        "ctigetvar",
        "ctigetvar.php",
        "4.17",
        "Read a variable of a channel.",
        params=(
            Param("channel", "channel", required=True),
            Param("variable", "name of the variable", required=True),
        ),
        fields=("result",),
    ),
    Endpoint(
        "ctigetvars",
        "ctigetvars.php",
        "4.18",
        "Read up to ten variables of a channel.",
        params=(
            Param("channel", "channel", required=True),
            *(Param(f"variable{n}", "name of a variable", required=n == 0) for n in range(10)),
        ),
    ),
    Endpoint(
        "ctisetvar",
        "ctisetvar.php",
        "4.39",
        "Set a variable of a channel.",
        changes=True,
        params=(
            Param("channel", "channel", required=True),
            Param("variable", "name of the variable", required=True),
            Param("value", "its value", required=True),
        ),
    ),
    Endpoint(
        "ctisetvars",
        "ctisetvars.php",
        "4.40",
        "Set up to ten variables of a channel.",
        changes=True,
        params=(
            Param("channel", "channel", required=True),
            *(Param(f"variable{n}", "name of a variable", required=n == 0) for n in range(10)),
            *(Param(f"value{n}", "its value", required=n == 0) for n in range(10)),
        ),
    ),
    Endpoint(
        "ctiwaitcalldata",
        "ctiwaitcalldata.php",
        "4.44",
        "Wait for what a voice program finds out during a call.",
        blocks_seconds=120,
        params=(
            Param("channel", "channel", required=True),
            Param("timeout", "seconds to wait", format=Format.INTEGER, default="120"),
            Param("cdvar1", "first variable of one's own"),
            Param("cdvar2", "second variable of one's own"),
            Param("cdvar3", "third variable of one's own"),
            Param("cdvar4", "fourth variable of one's own"),
        ),
        fields=words(
            "CALLDATA_STATE CALLDATA_ID CALLDATA_ACCOUNT CALLDATA_AUTH CALLDATA_TIMESTAMP CALLDATA_DATA1 "
            "CALLDATA_DATA2 CALLDATA_DATA3 CALLDATA_DATA4"
        ),
    ),
    Endpoint(
        "ctiwaitauth",
        "ctiwaitauth.php",
        "4.45",
        "Run a voice program during a call, as to verify a person, and wait for its result.",
        changes=True,
        risk=Risk.RINGS,
        blocks_seconds=120,
        params=(
            Param("channel", "channel", required=True),
            Param("code", "code of the feature", required=without("name")),
            Param("name", "name of the feature, in place of its code", required=without("code")),
            Param("type", "1: play to this channel, 0: to the other side", choices=("1", "0")),
            Param("timeout", "seconds to wait", format=Format.INTEGER, default="120"),
            Param("cdvar1", "first variable of one's own"),
            Param("cdvar2", "second variable of one's own"),
            Param("cdvar3", "third variable of one's own"),
            Param("cdvar4", "fourth variable of one's own"),
        ),
        fields=words(
            "CALLDATA_STATE CALLDATA_ID CALLDATA_ACCOUNT CALLDATA_AUTH CALLDATA_TIMESTAMP CALLDATA_DATA1 "
            "CALLDATA_DATA2 CALLDATA_DATA3 CALLDATA_DATA4"
        ),
    ),
)
