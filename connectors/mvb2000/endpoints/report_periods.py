"""Figures by hour, day, week, month and year, of the report package (chapter 7, sections 7.1 to 7.18).

What most figures mean the manual leaves to another document of the vendor's.
"""

from connectors.mvb2000.endpoints.common import SORTING
from connectors.mvb2000.endpoints.declaration import Endpoint, Format, Param, words

_DATES = (
    Param("rptdate1", "first day", required=True, format=Format.DATE),
    Param("rptdate2", "last day", format=Format.DATE),
)
_HOURS = (Param("rpthour1", "first hour"), Param("rpthour2", "last hour"))
_PLATFORM = Param("pbxid", "only this platform")

_PLATFORM_HOUR_FIELDS = words(
    "rptdate rpthour pbxid incomingcalls incominganswered incomingbillsecs incomingavgbillsecs "
    "incomingmaxbillsecs incomingrate incomingivrs incomingextensions incomingqueues "
    "outboundcalls outboundanswered outboundrate outboundnationalcalls outboundnationalanswered "
    "outboundnationalbillsecs outboundnationalavgbillsecs outboundinternationalcalls "
    "outboundinternationalanswered outboundinternationalbillsecs outboundinternationalavgbillsecs "
    "outboundbillsecs outboundavgbillsecs outboundmaxbillsecs internalcalls internalanswered "
    "internalbillsecs internalavgbillsecs internalmaxbillsecs"
)
_PLATFORM_FIELDS = words(
    "rptdate pbxid incomingcalls incominganswered incomingbillsecs incomingavgbillsecs "
    "incomingmaxbillsecs incomingrate incomingivr incomingextensions incomingqueues outboundcalls "
    "outboundanswered outboundrate outboundnationalcalls outboundnationalanswered "
    "outboundnationalbillsecs outboundnationalavgbillsecs outboundinternationalcalls "
    "outboundinternationalanswered outboundinternationalbillsecs outboundinternationalavgbillsecs "
    "outboundbillsecs outboundavgbillsecs outboundmaxbillsecs internalcalls internalanswered "
    "internalbillsecs internalavgbillsecs internalmaxbillsecs"
)
_OPERATOR_FIELDS = words(
    "rptdate pbxid agentno incomingcalls incallanswered incominganswerrate outboundcalls "
    "outcallanswered outboundansweredrate transfercalls agenthangup callerhangup pickupcalls "
    "outboundbillsecs outboundavg incomingbillsecs incomingavg ringsecs holdsecs ringavg holdavg "
    "maxoutboundbillsec maxincomingbillsec onlineduration logintimes pauseduration "
    "unpauseduration pausetimes wrappedsecs othworksecs ringnoanswer occupancyrate qmcounts "
    "qmscore qmresult musicholdsecs musicholdcounts musicholdavg maxmusicholdsec"
)
_QUEUE_HOUR_FIELDS = words(
    "rptdate rpthour pbxid queue queuecalls agentcalls agentanswered noanswerdcalls timeoutcalls "
    "abandancalls otherbadcalls answeredin5 answeredin10 answeredin15 answeredin20 answeredin30 "
    "answeredinup30 answeredholdtime avganswredholdtime abandanholdtime avgabandanholdtime "
    "maxholdtime qmcounts qmscore qmresult agentrate queuerate billsecs avgbillsecs"
)
_QUEUE_FIELDS = words(
    "rptdate pbxid queue queuecalls agentcalls agentanswered noanswerdcalls timeoutcalls "
    "abandancalls otherbadcalls answeredin5 answeredin10 answeredin15 answeredin20 answeredin30 "
    "answeredinup30 answeredholdtime avgansweredholdtime abandanholdtime avgabandanholdtime "
    "maxholdtime qmcounts qmscore qmresult agentrate queuerate billsecs avgbillsecs"
)
_AREA_FIELDS = words(
    "rptdate pbxid areacode incomingcalls incominganswered incomingbillsecs incomingavgbillsecs "
    "incomingmaxbillsecs incomingrate incomingqueues incomingivrs incomingextensions"
)


def _report(
    name: str,
    section: str,
    what: str,
    fields: tuple[str, ...],
    *selections: Param,
    name_variants: tuple[str, ...] = (),
) -> Endpoint:
    return Endpoint(
        name,
        f"report/{name}.php",
        section,
        f"Give the figures of {what}.",
        name_variants=name_variants,
        params=(*_DATES, *selections, *SORTING),
        fields=fields,
    )


_OPERATOR = Param("agentno", "only this operator")
_QUEUE = Param("queue", "only this queue")
_AREA = Param("areacode", "only this area code")

ENDPOINTS = (
    _report("getplatformhourreport", "7.1", "each platform by hour", _PLATFORM_HOUR_FIELDS, *_HOURS, _PLATFORM),
    _report("getplatformdayreport", "7.2", "each platform by day", _PLATFORM_FIELDS, _PLATFORM),
    _report("getplatformweekreport", "7.3", "each platform by week", _PLATFORM_FIELDS, _PLATFORM),
    _report("getplatformmonthreport", "7.4", "each platform by month", _PLATFORM_FIELDS, _PLATFORM),
    _report("getplatformyearreport", "7.5", "each platform by year", _PLATFORM_FIELDS, _PLATFORM),
    _report("getagentdayreport", "7.6", "each operator by day", _OPERATOR_FIELDS, _PLATFORM, _OPERATOR),
    _report("getagentweekreport", "7.7", "each operator by week", _OPERATOR_FIELDS, _PLATFORM, _OPERATOR),
    _report("getagentmonthreport", "7.8", "each operator by month", _OPERATOR_FIELDS, _PLATFORM, _OPERATOR),
    _report("getagentyearreport", "7.9", "each operator by year", _OPERATOR_FIELDS, _PLATFORM, _OPERATOR),
    _report("getqueuehourreport", "7.10", "each queue by hour", _QUEUE_HOUR_FIELDS, *_HOURS, _PLATFORM, _QUEUE),
    _report("getqueuedayreport", "7.11", "each queue by day", _QUEUE_FIELDS, _PLATFORM, _QUEUE),
    _report("getqueueweekreport", "7.12", "each queue by week", _QUEUE_FIELDS, _PLATFORM, _QUEUE),
    _report(
        "getqueuemonthreport",
        "7.13",
        "each queue by month",
        _QUEUE_FIELDS,
        _PLATFORM,
        _QUEUE,
        name_variants=("getqueueonthreport",),
    ),
    _report("getqueueyearreport", "7.14", "each queue by year", _QUEUE_FIELDS, _PLATFORM, _QUEUE),
    _report("getareadayreport", "7.15", "each area by day", _AREA_FIELDS, _PLATFORM, _AREA),
    _report("getareaweekreport", "7.16", "each area by week", _AREA_FIELDS, _PLATFORM, _AREA),
    _report("getareamonthreport", "7.17", "each area by month", _AREA_FIELDS, _PLATFORM, _AREA),
    _report("getareayearreport", "7.18", "each area by year", _AREA_FIELDS, _PLATFORM, _AREA),
)
