"""Special operators, their groups and their links to queues (manual, 8.15 to 8.26)."""

from __future__ import annotations

from dataclasses import dataclass

import msgspec

from connectors.mvb2000.simulator.dialler import Dialler
from connectors.mvb2000.simulator.listing import Given, arrange, keep_equal
from connectors.mvb2000.simulator.platform import Platform
from connectors.mvb2000.simulator.records import AgentGroup, QueueLink, SpecialAgent
from connectors.mvb2000.simulator.replies import DONE, Answer, refusal

_GROUP_FIELDS = AgentGroup.__struct_fields__[1:]


class _ListedAgent(msgspec.Struct):
    """An operator as 8.20 lists it: once for each link, with nulls where there is none."""

    groupid: str
    agentid: str
    agentpassword: str
    agentname: str
    id: str | None = None
    queue: str | None = None
    penalty: str | None = None
    logstatus: str | None = None
    logintime: str | None = None
    logouttime: str | None = None


@dataclass(frozen=True, slots=True)
class _Missing:
    what: str

    def refuse(self, key: str) -> Answer:
        return refusal(9000, f"{self.what} {key} does not exist")


_NO_GROUP, _NO_AGENT, _NO_LINK = _Missing("group"), _Missing("agent"), _Missing("link")


def add_group(platform: Platform, dialler: Dialler, given: Given) -> Answer:
    """8.15: no id comes back."""
    values = {name: given[name] for name in _GROUP_FIELDS if given.get(name)}
    group = AgentGroup(id=platform.next_id("group"), **values)
    platform.groups[group.id] = group
    platform.touch()
    return DONE


def get_groups(platform: Platform, dialler: Dialler, given: Given) -> Answer:
    """8.16."""
    return Answer(arrange(keep_equal(platform.groups.values(), given, ("groupname",)), given))


def set_group(platform: Platform, dialler: Dialler, given: Given) -> Answer:
    """8.17: parameters left out stay as they are."""
    group = platform.groups.get(given["id"])
    if group is None:
        return _NO_GROUP.refuse(given["id"])
    for name in _GROUP_FIELDS:
        if name in given:
            setattr(group, name, given[name])
    platform.touch()
    return DONE


def delete_group(platform: Platform, dialler: Dialler, given: Given) -> Answer:
    """8.18: takes its operators and their queue links along."""
    if platform.groups.pop(given["id"], None) is None:
        return _NO_GROUP.refuse(given["id"])
    members = {agent.agentid for agent in platform.agents.values() if agent.groupid == given["id"]}
    platform.agents = {key: agent for key, agent in platform.agents.items() if agent.groupid != given["id"]}
    platform.links = {key: link for key, link in platform.links.items() if link.agentid not in members}
    platform.touch()
    return DONE


def add_agent(platform: Platform, dialler: Dialler, given: Given) -> Answer:
    """8.19."""
    if given["groupid"] not in platform.groups:
        return _NO_GROUP.refuse(given["groupid"])
    if any(agent.agentid == given["agent"] for agent in platform.agents.values()):
        return refusal(9000, f"agent {given['agent']} already exists")
    agent = SpecialAgent(given["groupid"], given["agent"], given["agentpassword"], given["agentname"])
    platform.agents[agent.groupid, agent.agentid] = agent
    platform.touch()
    return DONE


def get_agents(platform: Platform, dialler: Dialler, given: Given) -> Answer:
    """8.20: passwords in clear text, as the platform shows them."""
    listed: list[_ListedAgent] = []
    for agent in platform.agents.values():
        own = (agent.groupid, agent.agentid, agent.agentpassword, agent.agentname)
        links = [link for link in platform.links.values() if link.agentid == agent.agentid]
        listed.extend(
            _ListedAgent(*own, link.id, link.queue, link.penalty, link.logstatus, link.logintime, link.logouttime)
            for link in links
        )
        if not links:
            listed.append(_ListedAgent(*own))
    filters = {"groupid": "groupid", "agent": "agentid", "agentname": "agentname", "queue": "queue"}
    return Answer(arrange(keep_equal(listed, given, filters), given))


def set_agent(platform: Platform, dialler: Dialler, given: Given) -> Answer:
    """8.21: group and number are the key."""
    agent = platform.agents.get((given["groupid"], given["agent"]))
    if agent is None:
        return _NO_AGENT.refuse(given["agent"])
    agent.agentname, agent.agentpassword = given["agentname"], given["agentpassword"]
    platform.touch()
    return DONE


def delete_agent(platform: Platform, dialler: Dialler, given: Given) -> Answer:
    """8.22: leaves the queue links."""
    if platform.agents.pop((given["groupid"], given["agent"]), None) is None:
        return _NO_AGENT.refuse(given["agent"])
    platform.touch()
    return DONE


def add_link(platform: Platform, dialler: Dialler, given: Given) -> Answer:
    """8.23."""
    link = QueueLink(platform.next_id("link"), given["queue"], given["agent"], given.get("penalty") or "0")
    platform.links[link.id] = link
    platform.touch()
    return DONE


def get_links(platform: Platform, dialler: Dialler, given: Given) -> Answer:
    """8.24."""
    filters = {"queue": "queue", "agent": "agentid", "penalty": "penalty"}
    return Answer(arrange(keep_equal(platform.links.values(), given, filters), given))


def set_link(platform: Platform, dialler: Dialler, given: Given) -> Answer:
    """8.25: `id` is that of the link."""
    link = platform.links.get(given["id"])
    if link is None:
        return _NO_LINK.refuse(given["id"])
    link.agentid = given.get("agent") or link.agentid
    link.queue = given.get("queue") or link.queue
    link.penalty = given.get("penalty") or link.penalty
    platform.touch()
    return DONE


def delete_links(platform: Platform, dialler: Dialler, given: Given) -> Answer:
    """8.26: `queue` alone deletes every link of that queue."""
    ids = {given["id"]} if given.get("id") else None
    agents = set(given["agent"].split(",")) if given.get("agent") else None
    platform.links = {
        key: link
        for key, link in platform.links.items()
        if link.queue != given["queue"]
        or (ids is not None and link.id not in ids)
        or (agents is not None and link.agentid not in agents)
    }
    platform.touch()
    return DONE
