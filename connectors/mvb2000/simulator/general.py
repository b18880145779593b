"""What does not belong to one task: version, time, voice files, trunks, queues, global parameters (4 and 8.6, 8.7)."""

from __future__ import annotations

from connectors.mvb2000.simulator.dialler import Dialler
from connectors.mvb2000.simulator.listing import Given, arrange, keep_equal
from connectors.mvb2000.simulator.platform import Platform
from connectors.mvb2000.simulator.replies import DONE, Answer, refusal


def about(platform: Platform, dialler: Dialler, given: Given) -> Answer:
    """4.1."""
    return Answer([{"version": "2.0.0.0", "message": "WEBCTI2版本", "lastbuild": "2023-01-19"}])


def get_date_time(platform: Platform, dialler: Dialler, given: Given) -> Answer:
    """4.15: text and numbers mixed as in the manual's example; the day of the year counts from 0, Sunday is 0."""
    now = platform.clock.now()
    return Answer(
        [
            {
                "mvb_datetime": f"{now:%Y-%m-%d %H:%M:%S}",
                "mvb_date": f"{now:%Y-%m-%d}",
                "mvb_time": f"{now:%H:%M:%S}",
                "mvb_timestamp": int(now.timestamp()),
                "mvb_year": str(now.year),
                "mvb_month": str(now.month),
                "mvb_month_day": str(now.day),
                "mvb_year_day": str(now.timetuple().tm_yday - 1),
                "mvb_week": str(now.isoweekday() % 7),
                "mvb_hour": str(now.hour),
                "mvb_minute": now.minute,
                "mvb_second": now.second,
            }
        ]
    )


def get_trunks(platform: Platform, dialler: Dialler, given: Given) -> Answer:
    """4.65."""
    return Answer([{"trunk": trunk} for trunk in platform.settings.trunks])


def get_recordings(platform: Platform, dialler: Dialler, given: Given) -> Answer:
    """4.66 and 4.133."""
    recordings = enumerate(platform.settings.recordings, start=1)
    return Answer(
        [
            {"id": str(number), "filename": recording.filename, "description": recording.description}
            for number, recording in recordings
        ]
    )


def get_queues(platform: Platform, dialler: Dialler, given: Given) -> Answer:
    """4.82."""
    return Answer([{"queueno": queue, "description": queue} for queue in platform.settings.queues])


def get_parameters(platform: Platform, dialler: Dialler, given: Given) -> Answer:
    """8.6."""
    return Answer(arrange(keep_equal(platform.parameters.values(), given, ("keyname", "keydesc")), given))


def set_parameter(platform: Platform, dialler: Dialler, given: Given) -> Answer:
    """8.7: in force for all tasks; a value left out empties the parameter."""
    parameter = platform.parameters.get(given["keyname"])
    if parameter is None:
        return refusal(9000, f"parameter {given['keyname']} does not exist")
    parameter.keyvalue = given.get("keyvalue", "")
    parameter.keydesc = given.get("keydesc") or parameter.keydesc
    platform.touch()
    for task in platform.tasks.values():
        dialler.look_again(task)
    return DONE
