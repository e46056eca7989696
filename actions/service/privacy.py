"""What is stored of the customer, as a copy or deleted. Nothing is deleted before it was confirmed."""

from __future__ import annotations

import re

from actions.common import open_question
from actions.common.action import ShopAction
from actions.common.turn import Turn
from actions.replies.cards import payload
from actions.service.small_talk import forget_task
from storage import personal_data

_PHOTOS = re.compile(r"photo|picture|image|pic\b|pics\b|selfie|照片|图片|相片|圖片|图\b", re.I)
_DELETE = re.compile(
    r"delet|remov|eras|forget|wipe|clear|withdraw|revoke|opt out|stop|don'?t (keep|store|save)"
    r"|删|刪|清除|清空|抹|撤回|撤销|注销|忘",
    re.I,
)
_EXPORT = re.compile(r"export|download|copy|send me|give me|导出|下载|副本|拷贝|一份", re.I)


class Privacy(ShopAction):
    """Asked what is stored, or to export or delete it: said what there is, and a deletion confirmed first."""

    def name(self) -> str:
        return "action_privacy"

    async def answer(self, turn: Turn) -> None:
        if turn.value("topic") == "delete" or _DELETE.search(turn.text):
            confirm(turn, "photos" if _PHOTOS.search(turn.text) else "all")
            return
        if _EXPORT.search(turn.text):
            await tell(turn, "export")
            return
        await tell(turn, "stored")


class DeleteData(ShopAction):
    """The confirmed deletion, and what it deleted."""

    def name(self) -> str:
        return "action_delete_data"

    async def answer(self, turn: Turn) -> None:
        photos_only = turn.value("topic") == "photos"
        counts = await turn.call(personal_data.forget, turn.customer, photos_only=photos_only)
        if photos_only:
            turn.set("photo", None)
            turn.say("photos_deleted", count=counts.get("photos", 0))
            return
        forget_task(turn)
        turn.say("data_deleted")


class ExportData(ShopAction):
    """A copy of what is stored."""

    def name(self) -> str:
        return "action_export_data"

    async def answer(self, turn: Turn) -> None:
        await tell(turn, "export")


def confirm(turn: Turn, topic: str) -> None:
    """Ask before deleting; "yes" and the button both do it."""
    buttons = [
        {"title": turn.words.button("delete_yes"), "payload": payload("delete_my_data", topic=topic)},
        {"title": turn.words.button("delete_no"), "payload": "/deny"},
    ]
    turn.say("delete_photos" if topic == "photos" else "delete_all", buttons=buttons)
    open_question.ask(turn, "yes", "delete_my_data", topic=topic)


async def tell(turn: Turn, key: str) -> None:
    """Say what is stored, counted from the records themselves; with "export" the records' content."""
    stored = await turn.call(personal_data.export, turn.customer)
    lines = [
        turn.words.say("stored_line", what=turn.words.stored(name), count=_count(part))
        for name, part in stored.items()
        if _count(part)
    ]
    buttons = [
        {"title": turn.words.button("delete_data"), "payload": payload("manage_privacy", topic="delete")}
    ]
    turn.say(key if lines else "nothing_stored", lines="\n".join(lines), buttons=buttons)


def _count(part: object) -> int:
    return len(part) if isinstance(part, (list, tuple, dict, set)) else int(bool(part))
