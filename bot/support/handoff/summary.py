"""The hand-over in a few sentences, from a template: facts of the packet, nothing is guessed."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

MAX_QUOTE = 200  # characters; the whole text stands among the turns
MAX_ITEMS = 3

_TEXTS: dict[str, dict[str, str]] = {
    "asked": {"en": "Asked for a person.", "zh": "要求人工服务。"},
    "misses": {"en": "The assistant did not understand twice in a row.", "zh": "助手连续两次没能理解。"},
    "complaint": {"en": "Complains.", "zh": "投诉。"},
    "failure": {"en": "Something failed on the assistant's side.", "zh": "助手处理时出错。"},
    "keyword": {"en": "Rule: {detail}.", "zh": "触发规则：{detail}。"},
    "cart": {"en": "Rule on the cart's value: {detail}.", "zh": "触发购物车金额规则：{detail}。"},
    "vip": {"en": "Rule on regular customers: {detail}.", "zh": "触发重要顾客规则：{detail}。"},
    "stepped_in": {"en": "An agent stepped in.", "zh": "客服主动介入。"},
    "unhappy": {"en": "Sounds unhappy.", "zh": "语气不满。"},
    "angry": {"en": "Sounds angry.", "zh": "语气愤怒。"},
    "language": {"en": "Writes {language}.", "zh": "使用{language}。"},
    "last": {"en": "Last wrote: “{text}”.", "zh": "最后说：“{text}”。"},
    "photos": {"en": "Photos sent: {count}.", "zh": "发送照片{count}张。"},
    "photos_seen": {"en": "Photos sent: {count} ({seen}).", "zh": "发送照片{count}张（{seen}）。"},
    "shown": {"en": "Was shown: {products}.", "zh": "已展示商品：{products}。"},
    "cart_has": {"en": "Cart: {count} pcs, {total}.", "zh": "购物车：{count}件，{total}。"},
    "order": {"en": "Last order: {id}, {status}.", "zh": "最近订单：{id}，{status}。"},
    "profile": {"en": "Known tastes: {profile}.", "zh": "已知喜好：{profile}。"},
    "again": {"en": "Was with a person before: {count}×.", "zh": "此前转过人工{count}次。"},
}
_LANGUAGES = {"en": {"en": "English", "zh": "英文"}, "zh": {"en": "Chinese", "zh": "中文"}}
_STATUS_ZH = {
    "placed": "已下单",
    "packed": "已打包",
    "shipped": "已发货",
    "delivered": "已送达",
    "cancelled": "已取消",
}
_SEPARATOR = {"en": "; ", "zh": "；"}


def summary(packet: Mapping[str, Any]) -> dict[str, str]:
    """The summary of a packet (see `bot.support.handoff.context`) in English and Chinese."""
    return {language: _in(language, packet) for language in ("en", "zh")}


def _in(language: str, packet: Mapping[str, Any]) -> str:
    said: list[str] = []

    def add(key: str, **facts: Any) -> None:
        said.append(_TEXTS[key][language].format(**facts))

    reason = packet.get("reason") or "asked"
    if reason in _TEXTS:
        add(reason, detail=packet.get("detail") or "–")
    if packet.get("mood") in ("unhappy", "angry"):
        add(packet["mood"])
    if text := _last_words(packet):
        add("last", text=text)
    if names := _LANGUAGES.get(packet.get("language") or ""):
        add("language", language=names[language])
    if photos := packet.get("photos"):
        seen = [caption for photo in photos if (caption := _named(photo.get("seen"), language))]
        if seen:
            add("photos_seen", count=len(photos), seen=_SEPARATOR[language].join(seen[-MAX_ITEMS:]))
        else:
            add("photos", count=len(photos))
    if shown := packet.get("shown"):
        titles = [_product(each, language) for each in shown[:MAX_ITEMS]]
        more = f" (+{len(shown) - MAX_ITEMS})" if len(shown) > MAX_ITEMS else ""
        add("shown", products=_SEPARATOR[language].join(titles) + more)
    if (cart := packet.get("cart") or {}).get("count"):
        add("cart_has", count=cart["count"], total=_named(cart.get("total"), language))
    if orders := packet.get("orders"):
        status = orders[0]["status"]
        add(
            "order",
            id=orders[0]["id"],
            status=_STATUS_ZH.get(status, status) if language == "zh" else status,
        )
    if profile := _named(packet.get("profile_words"), language):
        add("profile", profile=profile)
    if packet.get("before"):
        add("again", count=packet["before"])
    return ("" if language == "zh" else " ").join(said)


def _last_words(packet: Mapping[str, Any]) -> str:
    for turn in reversed(packet.get("turns") or []):
        if turn.get("from") == "customer" and turn.get("text"):
            text = " ".join(turn["text"].split())
            return text if len(text) <= MAX_QUOTE else text[: MAX_QUOTE - 1] + "…"
    return ""


def _product(product: Mapping[str, Any], language: str) -> str:
    title = _named(product.get("title"), language) or str(product.get("id"))
    price = _named(product.get("price"), language)
    return f"{title} ({price})" if price else title


def _named(value: Any, language: str) -> str:
    """A text in a language; a plain text is itself."""
    if isinstance(value, Mapping):
        return str(value.get(language) or value.get("en") or "")
    return str(value or "")
