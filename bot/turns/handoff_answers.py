"""The hand-over's own questions, and what counts as an answer to them in plain words. Pure.

Each answer is the whole message and short: whoever writes more talks to the bot or to the person.
"""

from __future__ import annotations

import re
import unicodedata

_LONGEST = 40  # characters of an answer in words

_CANCEL = frozenset(
    (
        "cancel", "cancel it", "cancel that", "stop", "stop waiting", "never mind", "nevermind", "forget it",
        "back", "go back", "back to the assistant", "back to the bot", "back to assistant", "back to bot",
        "取消", "取消人工", "取消转人工", "取消排队", "不用了", "不用人工了", "不等了", "算了",
        "返回", "返回助手", "返回智能助手", "回到助手", "返回机器人",
    )
)  # fmt: skip
_YES = frozenset(
    (
        "y", "yes", "yes please", "yes do", "yeah", "yep", "yup", "sure", "of course", "ok", "okay", "please",
        "please do", "do it", "go ahead", "a person please", "yes a person please",
        "好", "好的", "好吧", "好啊", "是", "是的", "行", "可以", "要", "需要", "嗯", "嗯嗯", "对",
        "转吧", "麻烦了", "请转", "好的转人工",
    )
)  # fmt: skip
_NO = frozenset(
    (
        "n", "no", "no thanks", "no thank you", "nope", "nah", "not now", "not necessary", "no need", "skip",
        "skip it", "rather not", "id rather not", "i would rather not", "i dont want to", "dont want",
        "later", "no email", "no e mail", "without email",
        "不", "不用", "不用了", "不要", "不必", "不需要", "不了", "不想", "不想留", "不方便", "算了",
        "先不用", "没有", "没有邮箱", "跳过", "否",
    )
)  # fmt: skip
_STARS = re.compile(r"([1-5])(?: ?(?:stars?|points?|颗?星|分)| (?:out of |of )?5)?|([★⭐]{1,5})")
_DIGITS = {"一": "1", "二": "2", "两": "2", "三": "3", "四": "4", "五": "5"}


def is_cancel(text: str) -> bool:
    """Whether a customer who waits for a person would rather have the assistant back."""
    return _plain(text) in _CANCEL


def is_yes(text: str) -> bool:
    """Whether the offer of a person is taken."""
    return _plain(text) in _YES


def is_no(text: str) -> bool:
    """Whether the offer of a person, or the question for an e-mail, is declined."""
    return _plain(text) in _NO


def stars_in(text: str) -> int | None:
    """The opinion in a message that is nothing else: "4", "4 stars", "五星", "★★★"."""
    if len(text) > _LONGEST:
        return None
    plain = unicodedata.normalize("NFKC", text).replace("\ufe0f", "").strip(" .!。！\n").casefold()
    if plain[:1] in _DIGITS and plain[1:]:
        plain = _DIGITS[plain[0]] + plain[1:]
    match = _STARS.fullmatch(plain.replace("/", " "))
    if not match:
        return None
    return int(match[1]) if match[1] else len(match[2])


def tries_email(text: str) -> bool:
    """Whether a message that holds no address was meant as one."""
    return "@" in unicodedata.normalize("NFKC", text)


def _plain(text: str) -> str:
    """Letters and digits in lower case, single spaces."""
    if len(text) > _LONGEST:
        return ""
    folded = unicodedata.normalize("NFKC", text).casefold().replace("'", "").replace("’", "")
    return " ".join(re.sub(r"[^\w]+", " ", folded).split())
