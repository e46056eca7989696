"""What the desk's server says to an agent, in both languages: what went wrong and what to do next."""

from __future__ import annotations

from aiohttp import web

from bot.conversation.texts import TEXTS as CHANNEL_TEXTS
from bot.settings import DEFAULT_LANGUAGE, LANGUAGES

TEXTS: dict[str, dict[str, str]] = {
    "refused": {
        "en": "The login or the password is not right.",
        "zh": "账号或密码不正确。",
    },
    "locked": {
        "en": "Too many failed attempts. Please try again in {seconds} seconds.",
        "zh": "尝试次数过多，请在 {seconds} 秒后重试。",
    },
    "signed_out": {"en": "You are signed out. Please sign in again.", "zh": "您已退出登录，请重新登录。"},
    "bad_csrf": {"en": "Please reload the page and try again.", "zh": "请刷新页面后重试。"},
    "bad_origin": {"en": "This page may not use the desk.", "zh": "该页面无权使用客服工作台。"},
    "bad_request": {"en": "That request was not understood.", "zh": "无法识别该请求。"},
    "too_large": {"en": "That request is too large.", "zh": "请求内容过大。"},
    "forbidden": {"en": "Your role does not allow this.", "zh": "您的角色没有此权限。"},
    "unknown": {
        "en": "This is not there, or belongs to a group that is not yours.",
        "zh": "内容不存在，或属于您无权查看的组。",
    },
    "conflict": {
        "en": "Somebody was faster: this conversation has changed meanwhile.",
        "zh": "有同事抢先操作了，该会话已发生变化。",
    },
    "wrong_state": {
        "en": "That is no longer possible: the conversation stands elsewhere by now.",
        "zh": "当前会话状态已改变，无法执行此操作。",
    },
    "not_yours": {
        "en": "This conversation is not yours (any more).",
        "zh": "该会话不（再）由您负责。",
    },
    "empty": {"en": "There is nothing to send.", "zh": "没有可发送的内容。"},
    "unknown_product": {"en": "This product is no longer sold.", "zh": "该商品已下架。"},
    "photo_gone": {"en": "That photo is no longer available.", "zh": "这张照片已失效。"},
    "too_many": {
        "en": "That was a lot in a short time. Please wait a moment.",
        "zh": "操作过于频繁，请稍等片刻。",
    },
    "too_many_pages": {
        "en": "You have too many pages of the desk open. Please close some.",
        "zh": "您打开的工作台页面过多，请关闭一些。",
    },
    "unavailable": {
        "en": "The database does not answer. Please try again shortly.",
        "zh": "数据库暂时没有响应，请稍后重试。",
    },
    "failed": {
        "en": "Something went wrong on the server. Please try again.",
        "zh": "服务器出错，请重试。",
    },
}

# The accounts' and canned replies' own errors are in English already, with what they name filled in.
_CHINESE = {
    "too_short": "密码太短。",
    "too_long": "密码太长。",
    "common": "这个密码太常见，容易被猜到。",
    "like_login": "密码与账号或姓名过于相似。",
    "bad_login": "账号只能由小写字母、数字和 . _ - + @ 组成。",
    "login_taken": "该账号已存在。",
    "bad_name": "姓名须为 1 到 80 个字符，顾客会看到它。",
    "bad_role": "没有这个角色。",
    "bad_group": "没有这个组。",
    "bad_language": "请至少选择一种支持的语言。",
    "bad_load": "最大接待量超出范围。",
    "first_owner": "第一个账号必须是所有者。",
    "last_owner": "这是最后一位所有者，请先指定另一位。",
    "unknown_agent": "没有这个账号。",
    "not_allowed": "您的角色没有此权限。",
    "bad_shortcut": "快捷词须由 1 到 30 个字母、数字、_ 或 - 组成。",
    "bad_title": "标题须为 1 到 80 个字符。",
    "bad_text": "回复内容为空或过长。",
    "bad_placeholder": "回复中有无法填充的占位符。",
    "shortcut_taken": "该语言下已有相同的快捷词。",
    "unknown_canned": "该快捷回复已不存在。",
}


def say(code: str, language: str | None, *, english: str | None = None, **values: object) -> str:
    """The text of a code; `english` is used where the code has no text of ours in English."""
    language = language if language in LANGUAGES else DEFAULT_LANGUAGE
    texts = TEXTS.get(code) or CHANNEL_TEXTS.get(code)
    if texts is not None:
        return texts[language].format(**values)
    if language == "zh" and code in _CHINESE:
        return _CHINESE[code]
    return english or TEXTS["failed"][language]


def language_of(request: web.Request) -> str:
    """The language of the page that asks: what it says (header, or `?language=` of the socket), else the
    browser's.
    """
    named = request.headers.get("x-language") or request.query.get("language")
    if named in LANGUAGES:
        return str(named)
    for item in request.headers.get("accept-language", "").lower().split(","):
        if (code := item.strip()[:2]) in LANGUAGES:
            return code
    return DEFAULT_LANGUAGE
