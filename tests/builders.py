"""Rows for tests, written as the product writes them. People and numbers are invented."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

from sqlalchemy import select
from sqlmodel import Session, col

from campaigns.campaign_file import CampaignFile
from campaigns.db.bulk import insert_rows
from campaigns.db.engine import Database
from campaigns.models import Attempt, Campaign, Chunk, Contact, DialList, DialListStatus
from campaigns.models.types import attempt_id, row_id
from campaigns.queries.campaigns import create_campaign
from campaigns.references import chunk_reference
from campaigns.statuses import ChunkStatus

NOON = datetime(2026, 11, 23, 4, 0, tzinfo=UTC)
"""A Monday, noon in Shanghai."""


def make_file(name: str = "Balance reminder", **changes: Any) -> CampaignFile:
    """A campaign file that rings at any hour, on MVB2000."""
    values: dict[str, Any] = {
        "name": name,
        "account": "main",
        "dial_list": {"file": Path("contacts.xlsx"), "country": "CN"},
        "message": {"voice_file": "leavemsg"},
        "calling": {
            "timezone": "Asia/Shanghai",
            "begin": date(2026, 11, 20),
            "end": date(2026, 11, 30),
            "windows": ["00:00-24:00"],
        },
        **changes,
    }
    return CampaignFile.model_validate(values).complete(timezone="Asia/Shanghai", country="CN", today=NOON.date())


def make_number(index: int, ending: int = 0) -> str:
    """An invented Chinese mobile number; the simulated network acts by its last two digits."""
    return f"+86138{index:06d}{ending:02d}"


def make_campaign(
    database: Database,
    numbers: Sequence[str],
    *,
    file: CampaignFile | None = None,
    at: datetime = NOON,
    country: str = "CN",
    platform: str = "mvb2000",
) -> Campaign:
    """A draft campaign with one ready dial list that holds these numbers."""
    file = file or make_file()
    with database.writing() as db:
        campaign = create_campaign(db, file, platform=platform, at=at)
        assert campaign.id is not None
        dial_list = DialList(
            campaign_id=campaign.id,
            status=DialListStatus.READY,
            file_name="contacts.xlsx",
            file_sha256="0" * 64,
            file_bytes=1,
            file_format="xlsx",
            sheets='["Sheet1"]',
            header_row=1,
            columns=json.dumps(["手机号", "姓名"], ensure_ascii=False),
            column_mapping=json.dumps({"phone": 0, "name": 1}),
            country=country,
            row_count=len(numbers),
            contact_count=len(numbers),
            imported_at=at,
        )
        db.add(dial_list)
        db.flush()
        assert dial_list.id is not None
        rows = [
            (
                row_id(dial_list.id, ordinal), campaign.id, dial_list.id, "Sheet1", ordinal + 1, number, country,
                json.dumps([number, f"Person {ordinal}"]),
            )
            for ordinal, number in enumerate(numbers, start=1)
        ]  # fmt: skip
        columns = ("id", "campaign_id", "dial_list_id", "sheet", "row_number", "phone_number", "country", "cells")
        insert_rows(db, Contact, columns, rows)
    return campaign


def make_chunk(
    db: Session,
    campaign: Campaign,
    *,
    status: ChunkStatus = ChunkStatus.PLANNED,
    contacts: Sequence[int] | None = None,
) -> Chunk:
    """A chunk with a first attempt for each of these contacts, or of all of the campaign."""
    if contacts is None:
        mine = select(col(Contact.id)).where(col(Contact.campaign_id) == campaign.id).order_by(col(Contact.id))
        contacts = db.execute(mine).scalars().all()
    number = len(db.execute(select(col(Chunk.id)).where(col(Chunk.campaign_id) == campaign.id)).all()) + 1
    assert campaign.id is not None
    chunk = Chunk(
        campaign_id=campaign.id,
        number=number,
        attempt_number=1,
        account=campaign.account,
        platform=campaign.platform,
        size=len(contacts),
        content_hash="0" * 64,
        reference=chunk_reference(campaign.reference, number),
        status=status,
        planned_at=NOON,
        submitted_at=NOON if status != ChunkStatus.PLANNED else None,
        stage_id="1" if status == ChunkStatus.ACCEPTED else None,
    )
    db.add(chunk)
    db.flush()
    columns = ("id", "campaign_id", "contact_id", "attempt_number", "chunk_id")
    rows = [(attempt_id(contact, 1), campaign.id, contact, 1, chunk.id) for contact in contacts]
    insert_rows(db, Attempt, columns, rows)
    return chunk
