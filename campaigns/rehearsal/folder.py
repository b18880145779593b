"""The folder of a rehearsal: settings, campaign file, list; everything a real run would have."""

from __future__ import annotations

import shutil
from datetime import timedelta
from pathlib import Path

import yaml

from campaigns.campaign_file import read_campaign_file
from campaigns.clock import now
from campaigns.rehearsal.platform import RunningSimulator
from campaigns.rehearsal.sample import write_dial_list, write_do_not_call

_SETTINGS = """\
# A rehearsal: only this address tells the simulated platform from a real one.
database_url = "sqlite:///callsheet.db"

[accounts.{account}]
platform = "mvb2000"
base_url = "{address}/webservice2/"
key = "{key}"
requests_per_second = 5000
timezone = "Asia/Shanghai"

[watching]
shortest_pause = "300ms"
longest_pause = "2s"
"""


def prepare_sample(folder: Path, simulator: RunningSimulator, *, rows: int, seed: int) -> Path:
    """Write settings, a messy list, a do-not-call file and a campaign file; return the campaign file."""
    _write_settings(folder, simulator, account="main")
    write_dial_list(folder / "contacts.xlsx", rows=rows, seed=seed)
    write_do_not_call(folder / "do_not_call.csv", folder / "contacts.xlsx", seed=seed)
    today = now().date()
    campaign = {
        "name": "Balance reminder (rehearsal)",
        "account": "main",
        "dial_list": {"file": "contacts.xlsx", "country": "CN", "columns": {"phone": "手机号", "name": "姓名"}},
        "message": {"voice_file": "leavemsg"},
        "calling": {
            "timezone": "Asia/Shanghai",
            "begin": today - timedelta(days=1),
            "end": today + timedelta(days=6),
            "windows": ["00:00-24:00"],
        },
        "do_not_call": ["do_not_call.csv"],
    }
    path = folder / "balance_reminder.yaml"
    path.write_text(yaml.safe_dump(campaign, allow_unicode=True, sort_keys=False), encoding="utf-8")
    return path


def prepare_own_campaign(folder: Path, simulator: RunningSimulator, file: Path, *, account: str) -> Path:
    """Copy a person's own campaign and its files beside settings of the simulated platform; return the copy.

    The calling hours are opened for the rehearsal: it shall not wait for tomorrow morning.
    """
    _write_settings(folder, simulator, account=account)
    own = read_campaign_file(file)
    for path in (own.dial_list.file, *own.do_not_call):
        target = folder / path.name
        shutil.copyfile(file.resolve().parent / path, target)
    values = yaml.safe_load(file.read_text(encoding="utf-8-sig"))
    today = now().date()
    calling = {**values.get("calling", {}), "windows": ["00:00-24:00"]}
    calling.update(begin=today - timedelta(days=1), end=today + timedelta(days=6))
    values.update(
        calling=calling,
        dial_list={**values["dial_list"], "file": own.dial_list.file.name},
        do_not_call=[path.name for path in own.do_not_call],
    )
    copy = folder / file.name
    copy.write_text(yaml.safe_dump(values, allow_unicode=True, sort_keys=False), encoding="utf-8")
    return copy


def _write_settings(folder: Path, simulator: RunningSimulator, *, account: str) -> None:
    settings = _SETTINGS.format(account=account, address=simulator.address, key=simulator.key)
    (folder / "callsheet.toml").write_text(settings, encoding="utf-8")
