"""A photo on which nothing can be recognised: said kindly, with how to take a better one and what else
helps.
"""

from __future__ import annotations

from actions.common import open_question
from actions.common.turn import Turn
from actions.replies.cards import Button, payload
from vision.predictions import PROBLEMS

ANYWAY = "anyway"  # topics of the button's intent `send_photo`
ANOTHER = "another"
# Nothing can come of these, so looking all the same is not offered.
HOPELESS = ("blank",)


def tell(turn: Turn, problem: str) -> None:
    """What is wrong with the photo, with tips and three ways on."""
    problem = problem if problem in PROBLEMS else "no_product"
    buttons = [
        _button(turn, "photo_another", payload("send_photo", topic=ANOTHER)),
        _button(turn, "in_words", "/search_product"),
        _button(turn, "popular", "/recommend"),
    ]
    if problem in HOPELESS:
        open_question.ask(turn, "photo", "send_photo")
    else:
        title = "is_product" if problem == "no_product" else "look_anyway"
        buttons.insert(0, _button(turn, title, payload("send_photo", topic=ANYWAY)))
        open_question.ask(turn, "insistence", "send_photo", topic=ANYWAY)
    turn.say(f"photo_{problem}", buttons=buttons)


def _button(turn: Turn, title: str, to: str) -> Button:
    return {"title": turn.words.button(title), "payload": to}
