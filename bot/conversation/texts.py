"""What the channel itself says, when the dialogue cannot: in both languages, saying what to do next."""

from __future__ import annotations

import re

from bot.settings import DEFAULT_LANGUAGE, LANGUAGES

TEXTS: dict[str, dict[str, str]] = {
    "failed": {
        "en": "Sorry, something went wrong on our side. Nothing is lost: please try again in a moment.",
        "zh": "抱歉，我们这边刚才出了点问题。您的内容没有丢失，请稍后再试一次。",
    },
    "failed_again": {
        "en": "Sorry, it failed again on our side. Please try once more, or talk to a person.",
        "zh": "抱歉，我们这边还是没能成功。您可以再试一次，或者转人工客服。",
    },
    "retry": {"en": "Try again", "zh": "重试"},
    "unavailable": {
        "en": "Sorry, we cannot be reached for a moment. Please try again shortly.",
        "zh": "抱歉，服务暂时无法连接，请稍后重试。",
    },
    "empty": {
        "en": "That message was empty. Tell me what you are looking for, or send me a photo of it.",
        "zh": "您发来的消息是空的。请告诉我您想找什么，或者发一张照片给我。",
    },
    "cut": {
        "en": "That was a long message, so I read only its first {n} characters.",
        "zh": "您的消息比较长，我只读取了前 {n} 个字符。",
    },
    "too_many_messages": {
        "en": "That was a lot of messages in a short time. Please wait a moment and send it again.",
        "zh": "您发送消息太频繁了，请稍等片刻再发送。",
    },
    "too_many_photos": {
        "en": "That was a lot of photos in a short time. Please wait a minute and send it again.",
        "zh": "您上传照片太频繁了，请等一分钟再发送。",
    },
    "too_many_sessions": {
        "en": "Too many new chats from your network. Please wait a minute and reload the page.",
        "zh": "您所在的网络新建会话过多，请等一分钟再刷新页面。",
    },
    "not_offered": {
        "en": "That button is no longer available. Please write what you would like instead.",
        "zh": "这个按钮已经失效了，请直接输入您的需求。",
    },
    "photo_gone": {
        "en": "That photo is no longer available. Please send it again.",
        "zh": "这张照片已经失效，请重新发送。",
    },
    "bad_request": {"en": "That request was not understood.", "zh": "无法识别该请求。"},
    "bad_token": {
        "en": "Your chat session has expired. Please reload the page.",
        "zh": "会话已过期，请刷新页面。",
    },
    "bad_origin": {"en": "This website may not use the chat.", "zh": "该网站无权使用此聊天服务。"},
    # A person is offered by an owner's rule (bot.support.handoff.rules), or after failures.
    "offer_keyword": {
        "en": "A colleague of ours can help you better with this. Shall I get a person?",
        "zh": "这个问题由我们的同事来帮您更合适。需要为您转人工客服吗？",
    },
    "offer_cart": {
        "en": "If you like, a colleague of ours can advise you on your choice. Shall I get a person?",
        "zh": "如果需要，我们的同事可以为您的选购提供建议。要为您转人工客服吗？",
    },
    "offer_vip": {
        "en": "If you like, a colleague of ours looks after you personally. Shall I get a person?",
        "zh": "如果需要，我们的同事可以专门为您服务。要为您转人工客服吗？",
    },
    "offer_take": {"en": "Yes, a person please", "zh": "好的，转人工"},
    "offer_leave": {"en": "No, go on here", "zh": "不用，继续"},
    "offer_left": {"en": "All right. What can I do for you?", "zh": "好的。请问有什么可以帮您？"},
    "person": {"en": "Talk to a person", "zh": "转人工客服"},
    # Where the channel cannot show it by itself.
    "back_to_assistant": {"en": "Back to the assistant", "zh": "返回智能助手"},
    # Messengers: what came that is neither text nor photo, as the desk sees it, and what is said to that.
    "start": {"en": "Hello", "zh": "你好"},
    "sent_voice": {"en": "(voice message)", "zh": "（语音消息）"},
    "sent_video": {"en": "(video)", "zh": "（视频）"},
    "sent_sticker": {"en": "(sticker)", "zh": "（表情贴纸）"},
    "sent_file": {"en": "(file)", "zh": "（文件）"},
    "sent_place": {"en": "(location)", "zh": "（位置）"},
    "deleted": {"en": "(deleted)", "zh": "（已删除）"},
    "sent_contact": {"en": "(contact)", "zh": "（名片）"},
    "sent_encrypted": {"en": "(encrypted message)", "zh": "（加密消息）"},
    "only_text_and_photos": {
        "en": "I understand text and photos only. Please write it to me, or send me a photo.",
        "zh": "我目前只能看懂文字和照片，请用文字告诉我，或者发一张照片。",
    },
    "room_is_encrypted": {
        "en": "This room is end-to-end encrypted, and I cannot read encrypted messages. Please open another "
        "one: create a new room with “Enable end-to-end encryption” switched off, and invite me there.",
        "zh": "这个房间启用了端到端加密，我读不到加密的消息。"
        "请新建一个房间，创建时关闭“启用端到端加密”，然后邀请我加入。",
    },
    "chat_is_encrypted": {
        "en": "Your message is encrypted, and I cannot read encrypted messages. "
        "Please switch encryption off for this chat, and write it once more.",
        "zh": "您的消息已加密，我读不到加密的消息。请关闭此聊天的加密，然后再发一次。",
    },
    "write_directly": {
        "en": "Please write to me directly, where only you and I can read it: {address}",
        "zh": "请直接给我发消息，那里只有您和我能看到：{address}",
    },
    "photo_not_here": {
        "en": "Your photo did not reach me. Please send it again.",
        "zh": "我没有收到您的照片，请重新发送。",
    },
    "reply_with_number": {
        "en": "Reply with a number to choose.",
        "zh": "回复数字即可选择。",
    },
    "please_choose": {"en": "Please choose:", "zh": "请选择："},
    "choose": {"en": "Choose", "zh": "选择"},
    "more": {"en": "More …", "zh": "更多 …"},
    "view": {"en": "View", "zh": "查看"},
    "consent_given": {
        "en": "Thank you. I will write to you when there is news for you. "
        "Write “unsubscribe” whenever you have had enough.",
        "zh": "好的，有新消息时我会主动通知您。不想再收到时，回复“退订”即可。",
    },
    "consent_taken": {
        "en": "All right, I will not write to you unasked any more. You can still ask me anything.",
        "zh": "好的，我不会再主动给您发消息。您随时可以继续向我提问。",
    },
    # Answers to the questions of a hand-over.
    "email_wrong": {
        "en": "That does not look like an e-mail address. Please check it and write it once more, "
        "for example name@example.com.",
        "zh": "这好像不是有效的邮箱地址，请检查后再输入一次，例如 name@example.com。",
    },
    "email_declined": {
        "en": "All right, without e-mail. Your request is kept, and I go on helping you here.",
        "zh": "好的，不留邮箱也没关系。您的请求已记录，我会继续在这里为您服务。",
    },
    "rated": {"en": "Thank you for telling us.", "zh": "感谢您的评价。"},
    # The photo door.
    "empty_photo": {
        "en": "That file is empty. Please choose another photo.",
        "zh": "这个文件是空的，请换一张照片。",
    },
    "too_large": {
        "en": "That photo is larger than 12 MB. Please send a smaller one.",
        "zh": "照片超过 12 MB，请发送小一点的照片。",
    },
    "not_an_image": {
        "en": "That file is not a photo. Please send a JPEG, PNG or WebP picture.",
        "zh": "这个文件不是照片，请发送 JPEG、PNG 或 WebP 格式的图片。",
    },
    "unsupported_format": {
        "en": "I cannot open photos of this kind. Please send a JPEG, PNG or WebP picture, or a screenshot.",
        "zh": "我打不开这种格式的照片，请发送 JPEG、PNG 或 WebP 格式的图片，或者发截图。",
    },
    "too_many_pixels": {
        "en": "That photo has too many pixels. Please send a smaller version of it.",
        "zh": "照片的像素过大，请发送小一点的版本。",
    },
    "truncated": {
        "en": "That photo is damaged or did not arrive completely. Please send it again.",
        "zh": "照片已损坏或没有传完，请重新发送。",
    },
    "too_small": {
        "en": "That photo is too small to see anything on it. Please send a larger one.",
        "zh": "照片太小，看不清内容，请发送大一点的照片。",
    },
}

_CHINESE = re.compile(r"[\u3400-\u4dbf\u4e00-\u9fff\U00020000-\U0003134f]")
_LATIN = re.compile(r"[A-Za-z]{2,}")


def say(code: str, language: str | None, **values: object) -> str:
    """The text of `code` in a language (English if we do not speak it)."""
    texts = TEXTS[code]
    return texts[language if language in LANGUAGES else DEFAULT_LANGUAGE].format(**values)


def language_hint(text: str) -> str | None:
    """The language a text is plainly in, or None. Only for the channel's own texts: the dialogue has its
    detector.
    """
    if _CHINESE.search(text):
        return "zh"
    return "en" if _LATIN.search(text) else None
