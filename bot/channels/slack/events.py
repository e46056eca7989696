"""What Slack reports, as updates: https://docs.slack.dev/reference/events and …/interaction-payloads. Pure.

A direct message has the address "channel:user", one in a thread "channel:user:thread". In channels a message
is for us if it mentions us, and begins a thread if it is in none. Whether an answer in a thread that does not
mention us is for us (`about` names the thread), or a message that was deleted was, others have to find out.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from bot.channels.base.update import Attachment, Media, Update

OPENED = "join."  # how the ids of what is reported each time begin: the chat was opened, the channel entered

_SAID = (None, "file_share", "me_message", "thread_broadcast")  # kinds of message that a person has written
_MEDIA: dict[str, Media] = {"image": "photo", "audio": "voice", "video": "video"}
_MARK = re.compile(r"<([@#!]?)([^<>|]*)(?:\|([^<>]*))?>")
_EMOJI = re.compile(r":([a-z0-9_+'-]+):(?::skin-tone-\d:)?")


def event(report: Mapping[str, Any], us: str) -> Update | None:
    """What the body of an `event_callback` reports; `us`: our user there, where the event does not tell."""
    found = report["event"]
    us = next((each["user_id"] for each in report.get("authorizations") or () if each.get("is_bot")), us)
    channel = found.get("channel")
    match found["type"]:
        case "app_mention":
            return _said(found, channel, us, mentioned=True)
        case "message":
            return _message(found, channel, us)
        case "app_home_opened" if found.get("tab", "messages") == "messages":
            address = f"{channel}:{found['user']}"
            return Update(f"{OPENED}{address}", address, "join")
        case "member_joined_channel" if us and found["user"] == us and found.get("inviter"):
            address = f"{channel}:{found['inviter']}"
            return Update(f"{OPENED}{address}", address, "join", in_group=True)
    return None


def press(payload: Mapping[str, Any]) -> Update | None:
    """What a payload of an interaction reports."""
    action = payload["actions"][0] if payload["type"] == "block_actions" else {}
    token, _, whose = str(action.get("value") or "").partition(" ")
    user = payload.get("user", {}).get("id")
    if not token or (whose and whose != user):  # another app's, or somebody else's question
        return None
    channel, stamp = payload["channel"]["id"], payload["container"]["message_ts"]
    thread = (payload.get("message") or {}).get("thread_ts")
    return Update(
        id=f"press.{channel}.{stamp}.{user}.{action['action_ts']}",
        address=_joined(channel, user, thread if thread != stamp else None),
        kind="press",
        data=token,
        about=f"{channel}.{stamp}",
        in_group=not channel.startswith("D"),
    )


def _message(found: Mapping[str, Any], channel: str, us: str) -> Update | None:
    before = found.get("previous_message") or {}
    kind = found.get("subtype")
    if kind == "message_deleted":
        return _deleted(before, channel)
    if kind == "message_changed":
        now = found["message"]
        if now.get("subtype") == "tombstone":  # deleted, but it has answers
            return _deleted(before, channel)
        if now.get("text") == before.get("text"):  # only a preview was added
            return None
        return _said(now, channel, us, edited=(now.get("edited") or {}).get("ts") or found["event_ts"])
    return _said(found, channel, us) if kind in _SAID else None


def _said(
    message: Mapping[str, Any], channel: str, us: str, *, mentioned: bool = False, edited: str = ""
) -> Update | None:
    """What a person has written, if it may be for us; `edited`: when it was changed."""
    text, user = str(message.get("text") or ""), message.get("user")
    ident, thread = f"{channel}.{message['ts']}", message.get("thread_ts")
    direct = channel.startswith("D")
    ours = direct or mentioned or _mentions(text, us)
    if not user or user == us or message.get("bot_id") or not (ours or (thread and not edited)):
        return None
    plain = _plain(text, us, message.get("blocks"))
    attachments = tuple(_attachments(message.get("files") or ()))
    called = not (plain or attachments or direct or edited)  # our name, and nothing else
    return Update(
        id=f"{ident}.{edited}" if edited else ident,
        address=_address(channel, user, message),
        kind="edit" if edited else "join" if called else "message",
        text=plain,
        attachments=attachments,
        about=ident if edited else None if ours else f"{channel}.{thread}",
        in_group=not direct,
    )


def _deleted(message: Mapping[str, Any], channel: str) -> Update | None:
    user, inside = message.get("user"), not channel.startswith("D")
    if not user or message.get("bot_id"):
        return None
    ident = f"{channel}.{message['ts']}"
    address = _address(channel, user, message)
    return Update(f"{ident}.deleted", address, "delete", about=ident, in_group=inside)


def _joined(channel: str, user: str, thread: str | None) -> str:
    return f"{channel}:{user}:{thread}" if thread else f"{channel}:{user}"


def _address(channel: str, user: str, message: Mapping[str, Any]) -> str:
    stamp, thread = message["ts"], message.get("thread_ts")
    if channel.startswith("D"):
        return _joined(channel, user, thread if thread != stamp else None)
    return _joined(channel, user, thread or stamp)


def _attachments(files: Sequence[Mapping[str, Any]]) -> Iterator[Attachment]:
    for file in files:
        if file.get("mode") in ("tombstone", "hidden_by_limit"):  # deleted, or too old for a free workspace
            continue
        kind = _MEDIA.get(str(file.get("mimetype") or "").split("/")[0], "file")
        unknown = file.get("file_access") == "check_file_info"  # from another workspace: only its id is told
        yield Attachment("photo" if unknown else kind, str(file.get("url_private_download") or file["id"]))


# --- text ---------------------------------------------------------------------------------------------------


def _mentions(text: str, us: str) -> bool:
    return bool(us) and (f"<@{us}>" in text or f"<@{us}|" in text)


def _plain(text: str, us: str, blocks: object) -> str:
    """A message's text as the customer sees it, without our name."""
    emoji = dict(_emoji(blocks))
    text = re.sub(rf"<@{re.escape(us)}(?:\|[^>]*)?>[,:]?\s?", "", text)
    text = _MARK.sub(_seen, text)
    text = _EMOJI.sub(lambda mark: emoji.get(mark[1], mark[0]), text)
    return text.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&").strip()


def _seen(mark: re.Match[str]) -> str:
    """A person, a channel, a group or a link as it is shown."""
    kind, target, label = mark[1], mark[2], mark[3] or ""
    if kind == "#":
        return f"#{label}" if label else ""
    if kind:
        name = label or (target if kind == "!" else "")
        return f"@{name.removeprefix('@')}" if name else ""
    target = target.removeprefix("mailto:").removeprefix("tel:")
    return target if not label or label in target else f"{label} {target}"


def _emoji(part: object) -> Iterator[tuple[str, str]]:
    """The names of the emoji in a message's blocks, and the characters that they are."""
    if isinstance(part, list):
        for each in part:
            yield from _emoji(each)
    elif isinstance(part, dict):
        if part.get("type") == "emoji" and part.get("unicode"):
            yield part["name"], "".join(chr(int(code, 16)) for code in part["unicode"].split("-"))
        yield from _emoji(part.get("elements"))
