"""A pytest plugin that takes the safeguard named in `PROOF_WITHOUT` out of the whole session."""

from __future__ import annotations

import os

from tests.proof.safeguards import remove_safeguard

remove_safeguard(os.environ.get("PROOF_WITHOUT", ""))
