"""Who may come in where: one door for each account that platforms call back."""

from __future__ import annotations

import hmac
from collections.abc import Mapping
from dataclasses import dataclass
from ipaddress import IPv4Network, IPv6Network, ip_address

from campaigns.accounts import read_account
from campaigns.settings import Settings

Network = IPv4Network | IPv6Network

_NOBODY = b"\0"
"""Compared with when there is no such account, so that a wrong name takes as long as a wrong secret."""


@dataclass(frozen=True, slots=True)
class Door:
    """The address of one account, and how a message is acknowledged there."""

    platform: str
    account: str
    secret: bytes
    reply: bytes
    sources: tuple[Network, ...]
    """Empty: any address."""

    def admits(self, address: str) -> bool:
        if not self.sources:
            return True
        try:
            peer = ip_address(address)
        except ValueError:
            return False
        if peer.version == 6 and peer.ipv4_mapped is not None:
            peer = peer.ipv4_mapped
        return any(peer in network for network in self.sources)


def read_doors(settings: Settings) -> dict[tuple[str, str], Door]:
    """Return (platform, account) → door, for every account with a callback secret.

    Raises `SettingsError` when such an account's settings are wrong.
    """
    doors: dict[tuple[str, str], Door] = {}
    for name, values in settings.accounts.items():
        if not values.get("callback_secret"):
            continue
        account = read_account(settings, name)
        secret = account.callback_secret
        if secret is not None:
            doors[account.platform.name, name] = Door(
                platform=account.platform.name,
                account=name,
                secret=secret.encode(),
                reply=account.callback_reply.encode(),
                sources=settings.platform_facing.sources.get(name, ()),
            )
    return doors


def find_door(doors: Mapping[tuple[str, str], Door], platform: str, account: str, secret: str) -> Door | None:
    """Return the door that this address opens, None for any other; takes the same time for every wrong one."""
    door = doors.get((platform, account))
    known = hmac.compare_digest(_NOBODY if door is None else door.secret, secret.encode())
    return door if known else None
