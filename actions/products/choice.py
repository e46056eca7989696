"""A product chosen by a button where no question is open any more."""

from __future__ import annotations

from actions.common.action import ShopAction, answer_as
from actions.common.turn import Turn


class Choose(ShopAction):
    """An old "which one?" button: the product is shown. (An open one is resolved by `pending`.)"""

    def name(self) -> str:
        return "action_choose"

    async def answer(self, turn: Turn) -> None:
        await answer_as(turn, "show_details")
