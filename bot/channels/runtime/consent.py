"""Whether a customer agrees to messages that we begin (back in stock, …): said in plain words, kept, taken
back at any time. Pure.
"""

from __future__ import annotations

_YES = frozenset(("subscribe", "start messages", "notify me", "订阅", "订阅通知", "开启通知"))
_NO = frozenset(("unsubscribe", "stop messages", "stop notifications", "退订", "取消订阅", "关闭通知", "td"))


def wish(text: str) -> bool | None:
    """True: the customer agrees; False: takes it back; None: the message says nothing of it."""
    plain = " ".join(text.casefold().split()).strip(" .!。！")
    if plain in _YES:
        return True
    return False if plain in _NO else None
