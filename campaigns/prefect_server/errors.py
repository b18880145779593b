"""What goes wrong between us and the Prefect server."""

from __future__ import annotations

from campaigns.errors import CampaignError


class EngineUnavailableError(CampaignError):
    """The Prefect server does not start, does not answer, or went away in the middle of a run.

    What the campaign has done so far stands in our own database: ensure the server again and run the flow once more.
    """
