"""What the platform keeps, field by field in the order in which it lists them (manual, sections 8.3 to 8.24).

Everything is text, as in the platform's replies. `NO_TIME` stands for a time that has not come.
"""

from __future__ import annotations

import msgspec

NO_TIME = "0000-00-00 00:00:00"
NO_DATE = "0000-00-00"


class TaskRecord(msgspec.Struct, gc=False):
    """A batch outbound task (8.3)."""

    id: str
    name: str = ""
    begindate: str = NO_DATE
    enddate: str = NO_DATE
    amrange: str = ""
    pmrange: str = ""
    monthlist: str = ""
    timelist: str = ""
    weeklist: str = ""
    daylist: str = ""
    runtype: str = "0"
    actiontype: str = "1"
    maxcalls: str = "0"
    maxretries: str = "0"
    timeout: str = "0"
    queuecallrate: str = "0.00"
    outtrunk: str = ""
    needqs: str = ""
    neednotify: str = ""
    needinput: str = ""
    agentvoice: str = ""
    voicefile1: str = ""
    voicefile2: str = ""
    validkey: str = ""
    inputtimeout: str = "0"
    inputerrorcount: str = "0"
    inputtimeoutcount: str = "0"
    callerid: str = ""
    account: str = ""
    application: str = ""
    appdata: str = ""
    variable: str = ""
    context: str = ""
    exten: str = ""
    priority: str = ""
    agentno: str = ""
    agentchannel: str = ""
    createbyapp: str = ""
    creater: str = ""
    createtime: str = NO_TIME
    begintime: str = NO_TIME
    status: str = "N"
    lastrange: str = ""
    curdialid: str = "0"
    lastruntime: str = NO_TIME
    finishtime: str = NO_TIME


class DialRow(msgspec.Struct, gc=False):
    """One number of a task's dial list (8.8)."""

    id: str
    taskid: str
    createtime: str
    dialnumber: str
    extrefid: str = ""
    campaignid: str = "0"
    uniqueid: str = ""
    responsekey: str = "-1"
    responsetime: str = NO_TIME
    ttstext1: str = ""
    ttstext2: str = ""
    agentinput: str = ""
    retrytimes: str = "0"
    lastruntime: str = NO_TIME
    cause: str = ""
    disposition: str = ""
    message: str = ""
    status: str = "N"
    lastrange: str = ""
    communicateret: str = ""
    monitorfile: str = ""
    callerid: str = ""
    caller: str = ""
    remark: str = ""
    endtime: str = NO_TIME
    duration: str = "0"
    dialedtime: str = NO_TIME
    answertime: str = NO_TIME


class CallLogEntry(msgspec.Struct, gc=False):
    """One call of a cyclic task (8.12)."""

    id: str
    taskid: str
    dialid: str
    guid: str
    phoneno: str
    answertime: str
    timerange: str
    uniqueid: str
    duration: str
    responsekey: str
    responsetime: str
    remark: str


class AgentGroup(msgspec.Struct, gc=False):
    """A group of special operators (8.16)."""

    id: str
    groupname: str = ""
    grouplist: str = ""
    ackcall: str = ""
    autologoff: str = "0"
    wrapuptime: str = "0"
    musiconhold: str = ""
    asexten: str = "no"


class SpecialAgent(msgspec.Struct, gc=False):
    """A special operator (8.20)."""

    groupid: str
    agentid: str
    agentpassword: str
    agentname: str


class QueueLink(msgspec.Struct, gc=False):
    """A link between a special operator and a queue (8.24)."""

    id: str
    queue: str
    agentid: str
    penalty: str = "0"
    logstatus: str = "0"
    logintime: str = NO_TIME
    logouttime: str = NO_TIME
    extraid: str = ""


class GlobalParameter(msgspec.Struct, gc=False):
    """A global outbound parameter (8.6)."""

    keyname: str
    keyvalue: str
    keydesc: str
