"""Extensions, users and devices: bindings, forwarding, do-not-disturb, state (from chapter 4)."""

from connectors.mvb2000.endpoints.declaration import Endpoint, Format, Param, words

ENDPOINTS = (
    Endpoint(
        "ctibinddevice",
        "ctibinddevice.php",
        "4.4",
        "Bind a user to a device.",
        changes=True,
        params=(
            Param("extension", "user", required=True),
            Param("device", "number of the device", required=True),
        ),
    ),
    Endpoint(
        "ctigetcf",
        "ctigetcf.php",
        "4.10",
        "Tell where an extension forwards its calls to.",
        params=(Param("extension", "extension", required=True),),
        fields=(
            "CF",
            "CFB",
            "CFU",
        ),
    ),
    Endpoint(
        "ctigetcnd",
        "ctigetcnd.php",
        "4.12",
        "Tell whether an extension may call out.",
        params=(Param("extension", "extension", required=True),),
        fields=("status",),
    ),
    Endpoint(
        "ctigetdnd",
        "ctigetdnd.php",
        "4.13",
        "Tell whether an extension wants not to be disturbed.",
        params=(Param("extension", "extension", required=True),),
        fields=("status",),
    ),
    Endpoint(
        "ctigetdevice",
        "ctigetdevice.php",
        "4.14",
        "Describe a device.",
        params=(Param("device", "number of the device", required=True),),
        fields=(
            "type",
            "user",
            "cnname",
            "context",
            "dial",
        ),
    ),
    Endpoint(
        "ctigetuser",
        "ctigetuser.php",
        "4.16",
        "Describe a user.",
        params=(Param("user", "number of the user", required=True),),
        fields=words("cidcnname cidname device musichold outboundcid ringtimer voicemail"),
    ),
    Endpoint(
        "ctisetcndon",
        "ctisetcndon.php",
        "4.33",
        "Forbid an extension to call out.",
        changes=True,
        params=(Param("extension", "extension", required=True),),
        fields=("status",),
    ),
    Endpoint(
        "ctisetcndoff",
        "ctisetcndoff.php",
        "4.34",
        "Allow an extension to call out again.",
        changes=True,
        name_variants=("ctisetcnoff",),
        params=(Param("extension", "extension", required=True),),
        fields=("status",),
    ),
    Endpoint(
        "ctisetdndon",
        "ctisetdndon.php",
        "4.35",
        "Turn an extension's do-not-disturb on.",
        changes=True,
        params=(Param("extension", "extension", required=True),),
        fields=("status",),
    ),
    Endpoint(
        "ctisetdndoff",
        "ctisetdndoff.php",
        "4.36",
        "Turn an extension's do-not-disturb off.",
        changes=True,
        params=(Param("extension", "extension", required=True),),
        fields=("status",),
    ),
    Endpoint(
        "ctisetcfon",
        "ctisetcfon.php",
        "4.37",
        "Have an extension's calls forwarded.",
        changes=True,
        params=(
            Param("extension", "extension", required=True),
            Param(
                "cftype",
                "CF always, CFB when busy, CFU when not reachable, ALL every kind",
                choices=("CF", "CFB", "CFU", "ALL"),
                default="ALL",
            ),
            Param("destination", "number to forward to", required=True),
        ),
        fields=(
            "CF",
            "CFB",
            "CFU",
        ),
    ),
    Endpoint(
        "ctisetcfoff",
        "ctisetcfoff.php",
        "4.38",
        "End the forwarding of an extension's calls.",
        changes=True,
        params=(
            Param("extension", "extension", required=True),
            Param(
                "cftype",
                "CF always, CFB when busy, CFU when not reachable, ALL every kind",
                choices=("CF", "CFB", "CFU", "ALL"),
                default="ALL",
            ),
        ),
        fields=(
            "CF",
            "CFB",
            "CFU",
        ),
    ),
    Endpoint(
        "ctisplitdevice",
        "ctisplitdevice.php",
        "4.41",
        "Part a user from a device.",
        changes=True,
        params=(
            Param("extension", "user", required=True),
            Param("device", "number of the device", required=True),
        ),
    ),
    Endpoint(
        "getdevices",
        "getdevices.php",
        "4.58",
        "List devices.",
        params=(Param("device", "number of the device"),),
        fields=words("deviceno tech channel devicetype user cndescription context spyeegroup spyergroup spectrunk"),
    ),
    Endpoint(
        "getextensionstatus",
        "getextensionstatus.php",
        "4.60",
        "Tell the state of devices.",
        name_variants=("gettextensionstatus",),
        params=(Param("exten", "only this device"),),
        fields=words("createtime exten channel context status statustime"),
    ),
    Endpoint(
        "getextinterface",
        "getextinterface.php",
        "4.61",
        "Tell the dial interface and permission of an extension.",
        name_variants=("gettextinterface",),
        params=(Param("extension", "extension", required=True),),
        fields=(
            "device",
            "interface",
            "context",
            "devicetype",
        ),
    ),
    Endpoint(
        "getpeers",
        "getpeers.php",
        "4.79",
        "Tell the state of network telephones and trunks.",
        params=(Param("peername", "only this telephone or trunk"),),
        fields=words(
            "createtime channeltype objectname chanobjectType ipaddress mask ipport dynamic natsupport "
            "acl trunk encrypt status"
        ),
    ),
    Endpoint(
        "getusers",
        "getusers.php",
        "4.97",
        "List users.",
        fields=words("userinfo username cnname voicemail ringtimer recording outboundcid directdid musichold"),
    ),
    Endpoint(
        "getallextensions",
        "getallextensions.php",
        "4.104",
        "List extensions with name and state.",
        params=(Param("extension", "extension"),),
        fields=words("extension cnname enname device channel context status statusint"),
    ),
    Endpoint(
        "getallstatus",
        "getallstatus.php",
        "4.106",
        "Tell the state of devices, users and queues at once; rows are nested.",
        params=(
            Param("devices", "devices", format=Format.LIST),
            Param("users", "users", format=Format.LIST),
            Param("queues", "queues", format=Format.LIST),
        ),
        fields=words(
            "requesttime devices[].device devices[].interface devices[].devicetype devices[].context "
            "devices[].user devices[].status devices[].popupcalls[].channel "
            "devices[].popupcalls[].uniqueid devices[].popupcalls[].callerid "
            "devices[].popupcalls[].refchannel devices[].popupcalls[].refuniqueid "
            "devices[].popupcalls[].direct devices[].popupcalls[].state devices[].popupcalls[].isdefault "
            "devices[].popupcalls[].did devices[].popupcalls[].queue devices[].popupcalls[].agentno "
            "devices[].popupcalls[].ivridhist devices[].popupcalls[].ivrhist "
            "devices[].popupcalls[].calldata devices[].popupcalls[].dialstring "
            "devices[].popupcalls[].holdtime devices[].calls[].createtime devices[].calls[].channel "
            "devices[].calls[].refchannel devices[].calls[].callstate devices[].calls[].callerid "
            "devices[].calls[].refcallerid devices[].calls[].channelstate "
            "devices[].calls[].refchannelstate devices[].calls[].uniqueid devices[].calls[].refuniqueid "
            "devices[].calls[].dialtime devices[].calls[].linktime devices[].calls[].direct users[].user "
            "users[].device queues[].queue queues[].badcalls queues[].members[].createtime "
            "queues[].members[].interface queues[].members[].agentno queues[].members[].agenttype "
            "queues[].members[].penalty queues[].members[].callstaken queues[].members[].lastcall "
            "queues[].members[].status queues[].members[].paused queues[].waitingcalls[].createtime "
            "queues[].waitingcalls[].queuestart queues[].waitingcalls[].channel "
            "queues[].waitingcalls[].uniqueid queues[].waitingcalls[].callerid "
            "queues[].waitingcalls[].position queues[].waitingcalls[].wait conferences[].createtime "
            "conferences[].callerid conferences[].channel conferences[].uniqueid conferences[].confno "
            "conferences[].usernum parks[].parkedtime parks[].exten parks[].channel parks[].srcchannel "
            "parks[].timeout parks[].callerid parks[].state parks[].unparkedtime parks[].giveuptime "
            "parks[].timeouttime responsetime"
        ),
    ),
)
