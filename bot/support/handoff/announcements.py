"""What the customer is told of a hand-over, in both languages, each once: no promise that is not known to
hold.
"""

from __future__ import annotations

from datetime import datetime

from bot.settings import DEFAULT_LANGUAGE, LANGUAGES

TEXTS: dict[str, dict[str, str]] = {
    # Why a person comes.
    "asked": {"en": "I'm getting a person for you.", "zh": "正在为您转接人工客服。"},
    "misses": {
        "en": "I don't seem to understand you, sorry. I'm getting a person for you.",
        "zh": "抱歉，我没能明白您的意思，正在为您转接人工客服。",
    },
    "complaint": {
        "en": "I'm sorry about this. I'm getting a person who can help.",
        "zh": "非常抱歉给您带来不便，正在为您转接人工客服处理。",
    },
    "failure": {
        "en": "Something isn't working on my side, sorry. I'm getting a person for you.",
        "zh": "抱歉，我这边出了点问题，正在为您转接人工客服。",
    },
    "rule": {
        "en": "A colleague of ours can help you better with this. I'm getting a person for you.",
        "zh": "这个问题由我们的同事来帮您更合适，正在为您转接人工客服。",
    },
    # The queue.
    "next": {"en": "You are next.", "zh": "您是下一位。"},
    "place": {"en": "You are number {place} in the queue.", "zh": "您排在第{place}位。"},
    "wait": {"en": "It takes about {minutes} min.", "zh": "预计等待约{minutes}分钟。"},
    "write_on": {
        "en": "You can go on writing: everything reaches them.",
        "zh": "您可以继续留言，客服都能看到。",
    },
    # A person comes and goes.
    "here": {"en": "{name} is with you now.", "zh": "{name} 正在为您服务。"},
    "passed_to_agent": {"en": "You are being passed on to {name}.", "zh": "正在为您转接给 {name}。"},
    "passed_to_group": {
        "en": "You are being passed on to: {group}.",
        "zh": "正在为您转接：{group}。",
    },
    "lost": {
        "en": "The connection to {name} was lost, sorry. Somebody else takes over.",
        "zh": "抱歉，{name} 的连接中断了，马上由其他同事接手。",
    },
    # Back with the bot.
    "cancelled": {
        "en": "All right, I'm back with you. What can I do?",
        "zh": "好的，我回来了。请问有什么可以帮您？",
    },
    "returned": {
        "en": "You are back with the assistant. I know what you agreed with {name}.",
        "zh": "现在由智能助手继续为您服务，您和 {name} 商定的内容我都知道了。",
    },
    "closed": {
        "en": "{name} has ended the conversation. I'm here again if you need anything.",
        "zh": "{name} 已结束本次服务。有需要随时找我。",
    },
    "closed_unseen": {
        "en": "Your request was closed. I'm here again if you need anything.",
        "zh": "您的请求已关闭。有需要随时找我。",
    },
    "rate": {"en": "How was it?", "zh": "请为本次服务评分。"},
    # Nobody is there.
    "closed_hours": {
        "en": "Nobody is there at this hour. People are back {back}.",
        "zh": "现在不是人工服务时间，客服将于{back}上班。",
    },
    "nobody": {"en": "Nobody is free to answer just now, sorry.", "zh": "抱歉，现在没有客服在线。"},
    "too_long": {
        "en": "I'm sorry, nobody could take your conversation in time.",
        "zh": "抱歉，客服一直没能接入您的会话。",
    },
    "ask_email": {
        "en": "Leave me your e-mail address, and you get an answer there. Until then I'm here for you.",
        "zh": "请留下您的邮箱，我们会通过邮件回复您。在此期间我会继续为您服务。",
    },
    "kept": {
        "en": "Your request is kept: you get an answer by e-mail.",
        "zh": "您的请求已记录，我们会通过邮件回复您。",
    },
    "email_taken": {
        "en": "Thank you. Your request is passed on, and the answer comes to {email}.",
        "zh": "谢谢，您的请求已提交，我们会回复到 {email}。",
    },
}

_WEEKDAYS = {
    "en": ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"),
    "zh": ("周一", "周二", "周三", "周四", "周五", "周六", "周日"),
}
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


def language_of(language: str | None) -> str:
    """A language that we speak."""
    return language if language in LANGUAGES else DEFAULT_LANGUAGE


def say(language: str | None, *keys: str, **facts: object) -> str:
    """Sentences one after another, with the facts filled in."""
    spoken = language_of(language)
    # The facts are no templates: what an agent is called is not looked into.
    return ("" if spoken == "zh" else " ").join(TEXTS[key][spoken].format(**facts) for key in keys)


def queue(language: str | None, place: int, minutes: int | None) -> str:
    """The place, and the waiting time where it is known."""
    text = say(language, "next") if place <= 1 else say(language, "place", place=place)
    return join(language, text, say(language, "wait", minutes=minutes) if minutes is not None else "")


def join(language: str | None, *sentences: str) -> str:
    """Sentences one after another; Chinese has no space between them."""
    return ("" if language_of(language) == "zh" else " ").join(each for each in sentences if each)


def back(language: str | None, moment: datetime, now: datetime) -> str:
    """When people are back, as a person says it: "today at 09:00", "on Monday at 09:00", "周一 09:00".

    `moment` is in the shop's time zone, whose name is told: the customer may be elsewhere.
    """
    spoken = language_of(language)
    days = (moment.date() - now.astimezone(moment.tzinfo).date()).days
    clock = f"{moment:%H:%M} ({zone(moment)})"
    if spoken == "zh":
        day = {0: "今天", 1: "明天"}.get(days) or (
            _WEEKDAYS["zh"][moment.weekday()] if days < 7 else f"{moment.month}月{moment.day}日"
        )
        return f"{day} {clock} "
    day = {0: "today", 1: "tomorrow"}.get(days) or (
        f"on {_WEEKDAYS['en'][moment.weekday()]}"
        if days < 7
        else f"on {moment.day} {_MONTHS[moment.month - 1]}"
    )
    return f"{day} at {clock}"


def zone(moment: datetime) -> str:
    """The time zone's short name with its distance: "CST, UTC-6"."""
    offset = moment.utcoffset()
    minutes = int(offset.total_seconds() // 60) if offset is not None else 0
    sign, (hours, rest) = "-" if minutes < 0 else "+", divmod(abs(minutes), 60)
    distance = f"UTC{sign}{hours}" + (f":{rest:02}" if rest else "")
    name = moment.tzname() or ""
    return f"{name}, {distance}" if name.isalpha() and name != "UTC" else distance.replace("UTC+0", "UTC")
