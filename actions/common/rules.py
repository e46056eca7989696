"""Which action answers an intent: read from `data/rules.yml`, where it is written for Rasa."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

import yaml

from actions.replies.owner_texts import DATA


@lru_cache(maxsize=1)
def by_rule() -> dict[str, str]:
    """Intent → action, of the rules that say just that: one intent, one action of ours."""
    rules = yaml.safe_load((DATA / "rules.yml").read_text(encoding="utf-8"))["rules"]
    return dict(pair for rule in rules if (pair := _plain(rule.get("steps", []))) is not None)


def _plain(steps: list[dict[str, Any]]) -> tuple[str, str] | None:
    if [list(step) for step in steps] != [["intent"], ["action"]]:
        return None
    intent, action = str(steps[0]["intent"]), str(steps[1]["action"])
    return (intent, action) if action.startswith("action_") else None
