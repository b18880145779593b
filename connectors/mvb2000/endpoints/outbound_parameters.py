"""Global parameters of outbound calling, valid where a task has no value of its own (sections 8.1, 8.6 and 8.7)."""

from connectors.mvb2000.endpoints.common import SORTING
from connectors.mvb2000.endpoints.declaration import Endpoint, Param, Risk

GLOBAL_PARAMETERS = {
    "timeout": "30",
    "outboundcontext": "from-internal",
    "maxretries": "4",
    "maxcalls": "10",
    "musichold": "agent",
    "touservoice": "transfer",
    "toagentvoice": "transfer",
    "outtrunk": "",
    "resultprompt": "",
    "callerid": "",
}
"""Names of the global parameters and the values they have when nobody changed them."""

ENDPOINTS = (
    Endpoint(
        "getobparams",
        "outcall/getobparams.php",
        "8.6",
        "List the global parameters of outbound calling.",
        params=(Param("keyname", "only this parameter"), Param("keydesc", "only with this description"), *SORTING),
        fields=("keyname", "keyvalue", "keydesc"),
    ),
    Endpoint(
        "setobparams",
        "outcall/setobparams.php",
        "8.7",
        "Change a global parameter, for every task that relies on it.",
        changes=True,
        dangerous_without=("keyvalue",),
        risk=Risk.WHOLE_PLATFORM,
        params=(
            Param("keyname", "parameter", required=True),
            Param("keyvalue", "new value; leaving it out may empty the parameter"),
            Param("keydesc", "new description"),
        ),
    ),
)
