"""A Bot API server that checks what Telegram's checks, and a customer of it."""

from __future__ import annotations

import io
import json
import re
from collections import defaultdict
from dataclasses import dataclass, field
from itertools import count
from typing import Any

from aiohttp import web
from PIL import Image

from tests.channels.driver import Driver, Request, Seen
from tests.channels.fake import Failure, Fake

TOKEN = "4242:a-token-of-the-test"
SECRET = "a-secret_of-the-test"
BOT = {"id": 4242, "is_bot": True, "first_name": "Shop", "username": "shop_bot"}
PATH = "/webhooks/telegram/webhook"


@dataclass
class BotApi(Fake):
    """Telegram's side. `chats` holds what each chat shows: message id → message."""

    chats: dict[str, dict[int, dict[str, Any]]] = field(default_factory=lambda: defaultdict(dict))
    files: dict[str, bytes] = field(default_factory=dict)
    answered: list[str] = field(default_factory=list)
    hook: dict[str, Any] = field(default_factory=dict)
    actions: list[str] = field(default_factory=list)
    numbers: Any = field(default_factory=lambda: count(1000))

    def routes(self, app: web.Application) -> None:
        app.router.add_post(f"/bot{TOKEN}/{{method}}", self.method)
        app.router.add_get(f"/file/bot{TOKEN}/{{path:.+}}", self.file)

    def failed(self, failure: Failure) -> web.Response:
        body: dict[str, Any] = {"ok": False, "error_code": failure.status, "description": "told to fail"}
        if failure.status == 403:
            body["description"] = "Forbidden: bot was blocked by the user"
        if failure.after is not None:
            body["parameters"] = {"retry_after": failure.after}
        return web.json_response(body, status=failure.status)

    async def file(self, request: web.Request) -> web.Response:
        data = self.files.get(request.match_info["path"])
        return web.Response(body=data) if data is not None else web.Response(status=404)

    async def method(self, request: web.Request) -> web.Response:
        name = request.match_info["method"]
        files: dict[str, bytes] = {}
        if request.content_type == "multipart/form-data":
            values: dict[str, Any] = {}
            form = await request.post()
            for key, value in form.items():
                if isinstance(value, web.FileField):
                    files[key] = value.file.read()
                    Image.open(io.BytesIO(files[key])).verify()
                else:
                    values[key] = _json(value)
        else:
            values = await request.json()
        handler = getattr(self, f"do_{name}", None)
        if handler is None:
            return self._no(404, f"Not Found: method {name}")
        try:
            return web.json_response({"ok": True, "result": handler(values, files)})
        except Wrong as error:
            self.problems.append(f"{name}: {error}")
            return self._no(400, f"Bad Request: {error}")

    def _no(self, status: int, why: str) -> web.Response:
        return web.json_response({"ok": False, "error_code": status, "description": why}, status=status)

    def do_getMe(self, values: dict[str, Any], files: dict[str, bytes]) -> Any:
        return BOT

    def do_setWebhook(self, values: dict[str, Any], files: dict[str, bytes]) -> Any:
        need(re.fullmatch(r"[A-Za-z0-9_-]{1,256}", values["secret_token"]), "secret token")
        need(values["url"].startswith("https://"), "an HTTPS url must be provided for webhook")
        self.hook = values
        return True

    def do_getWebhookInfo(self, values: dict[str, Any], files: dict[str, bytes]) -> Any:
        return {"url": self.hook.get("url", "")}

    def do_getFile(self, values: dict[str, Any], files: dict[str, bytes]) -> Any:
        need(values["file_id"] in self.files, "wrong file_id")
        return {"file_id": values["file_id"], "file_path": values["file_id"]}

    def do_sendChatAction(self, values: dict[str, Any], files: dict[str, bytes]) -> Any:
        self.actions.append(values["action"])
        return True

    def do_answerCallbackQuery(self, values: dict[str, Any], files: dict[str, bytes]) -> Any:
        self.answered.append(values["callback_query_id"])
        return True

    def do_sendMessage(self, values: dict[str, Any], files: dict[str, bytes]) -> Any:
        need(0 < len(values["text"]) <= 4096, "message text is empty or too long")
        return self._show(values, text=values["text"])

    def do_sendPhoto(self, values: dict[str, Any], files: dict[str, bytes]) -> Any:
        need(len(values.get("caption", "")) <= 1024, "caption is too long")
        self._picture(values["photo"], files)
        return self._show(values, text=values.get("caption", ""), pictures=1)

    def do_sendMediaGroup(self, values: dict[str, Any], files: dict[str, bytes]) -> Any:
        media = values["media"]
        need(2 <= len(media) <= 10, "wrong number of media in an album")
        shown = []
        for item in media:
            need(item["type"] == "photo" and len(item.get("caption", "")) <= 1024, "wrong media")
            self._picture(item["media"], files)
            shown.append(self._show({"chat_id": values["chat_id"]}, text=item.get("caption", ""), pictures=1))
        return shown

    def do_editMessageText(self, values: dict[str, Any], files: dict[str, bytes]) -> Any:
        message = self.chats[str(values["chat_id"])].get(values["message_id"])
        need(message, "message to edit not found")
        assert message is not None
        markup = values.get("reply_markup")
        need(
            (message["text"], message.get("reply_markup")) != (values["text"], markup),
            "message is not modified",
        )
        self._keyboard(markup)
        message |= {"text": values["text"], "reply_markup": markup}
        return message

    def _show(self, values: dict[str, Any], **message: Any) -> dict[str, Any]:
        self._keyboard(values.get("reply_markup"))
        number = next(self.numbers)
        message |= {"message_id": number, "reply_markup": values.get("reply_markup")}
        self.chats[str(values["chat_id"])][number] = message
        return message

    def _picture(self, picture: str, files: dict[str, bytes]) -> None:
        if picture.startswith("attach://"):
            need(picture.removeprefix("attach://") in files, "attached file is missing")
        else:
            need(picture.startswith(("http://", "https://")), "wrong file identifier/HTTP URL specified")

    def _keyboard(self, markup: Any) -> None:
        for row in (markup or {}).get("inline_keyboard", []):
            for button in row:
                need(button.get("text"), "button text is empty")
                data, url = button.get("callback_data"), button.get("url")
                need((data is None) != (url is None), "a button needs exactly one action")
                need(data is None or 1 <= len(data.encode()) <= 64, "BUTTON_DATA_INVALID")
                need(url is None or url.startswith("https://"), "BUTTON_URL_INVALID")


class Wrong(Exception):
    """What Telegram would not take."""


def need(condition: object, what: str) -> None:
    if not condition:
        raise Wrong(what)


def _json(value: str) -> Any:
    try:
        return json.loads(value)
    except ValueError:
        return value


class TelegramDriver(Driver):
    name = "telegram"
    channel = "bot.channels.telegram.Telegram"
    abilities = frozenset(
        ("edit", "group", "several", "caption", "voice", "join", "leave", "forged", "fail", "press")
    )
    sends = "/sendMessage"
    fake: BotApi

    def __init__(self) -> None:
        super().__init__()
        self.fake = BotApi()
        self._count = count(1)
        self._said: dict[str, dict[str, Any]] = {}

    def credentials(self) -> dict[str, Any]:
        return {"token": TOKEN, "secret": SECRET, "api_url": self.fake.url, "username": "@shop_bot"}

    def customer(self) -> str:
        return str(700_000 + next(self._count))

    def _sender(self, customer: str) -> dict[str, Any]:
        return {"id": int(customer), "is_bot": False, "first_name": "Ann", "language_code": "en"}

    def _message(self, customer: str, **content: Any) -> dict[str, Any]:
        return {
            "message_id": next(self._count) + 5000,
            "from": self._sender(customer),
            "chat": {"id": int(customer), "type": "private", "first_name": "Ann"},
            "date": 1_800_000_000,
            **content,
        }

    def _request(self, **report: Any) -> Request:
        body = json.dumps({"update_id": next(self._count), **report}).encode()
        headers = {"Content-Type": "application/json", "X-Telegram-Bot-Api-Secret-Token": SECRET}
        return Request(PATH, body, headers)

    async def say(self, customer: str, text: str) -> None:
        self._said[customer] = self._message(customer, text=text)
        await self.deliver(self._request(message=self._said[customer]))

    async def photos(self, customer: str, photos: list[bytes], text: str = "") -> None:
        album = {"media_group_id": str(next(self._count))} if len(photos) > 1 else {}
        for place, data in enumerate(photos):
            ident = f"photos/{next(self._count)}.jpg"
            self.fake.files[ident] = data
            sizes = [{"file_id": f"small-{ident}", "width": 90}, {"file_id": ident, "width": 1280}]
            caption = {"caption": text} if text and not place else {}
            await self.deliver(
                self._request(message=self._message(customer, photo=sizes, **album, **caption))
            )

    async def press(self, customer: str, title: str) -> None:
        for number, message in reversed(self.fake.chats[customer].items()):
            for row in (message.get("reply_markup") or {}).get("inline_keyboard", []):
                for button in row:
                    if button["text"] == title and "callback_data" in button:
                        await self._pressed(customer, number, button["callback_data"])
                        return
        raise AssertionError(f"no button {title!r}: {self.seen(customer)}")

    async def _pressed(self, customer: str, number: int, data: str) -> None:
        query = {
            "id": str(next(self._count)),
            "from": self._sender(customer),
            "message": {"message_id": number, "chat": {"id": int(customer), "type": "private"}},
            "data": data,
        }
        await self.deliver(self._request(callback_query=query))

    async def voice(self, customer: str) -> None:
        voice = {"file_id": "v", "duration": 3}
        await self.deliver(self._request(message=self._message(customer, voice=voice)))

    async def edit(self, customer: str, text: str) -> None:
        edited = {**self._said[customer], "text": text, "edit_date": 1_800_000_100}
        await self.deliver(self._request(edited_message=edited))

    async def join(self, customer: str) -> None:
        await self.deliver(self._request(message=self._message(customer, text="/start")))

    async def leave(self, customer: str) -> None:
        change = {
            "chat": {"id": int(customer), "type": "private"},
            "from": self._sender(customer),
            "new_chat_member": {"user": BOT, "status": "kicked"},
        }
        await self.deliver(self._request(my_chat_member=change))

    async def in_group(self, customer: str, text: str, *, to_us: bool) -> str:
        chat = -100_000 - int(customer)
        text = f"@shop_bot {text}" if to_us else text
        message = self._message(customer, text=text) | {"chat": {"id": chat, "type": "supergroup"}}
        await self.deliver(self._request(message=message))
        return f"{chat}:{customer}"

    def seen(self, customer: str) -> list[Seen]:
        return [_seen(message) for message in self.fake.chats[customer].values()]

    def seen_in_group(self, address: str) -> list[Seen]:
        return self.seen(address.split(":")[0])

    def forged(self, customer: str) -> list[Request]:
        genuine = self.genuine(customer, "echo forged")
        wrong = {**genuine.headers, "X-Telegram-Bot-Api-Secret-Token": SECRET[:-1] + "x"}
        none = {"Content-Type": "application/json"}
        return [Request(PATH, genuine.body, wrong), Request(PATH, genuine.body, none)]

    def genuine(self, customer: str, text: str) -> Request:
        return self._request(message=self._message(customer, text=text))


def _seen(message: dict[str, Any]) -> Seen:
    rows = (message.get("reply_markup") or {}).get("inline_keyboard", [])
    buttons = tuple(button["text"] for row in rows for button in row)
    text, pictures = message["text"], message.get("pictures", 0)
    card = text.split("\n")[0].split(" – ")[0] if pictures else ""
    return Seen(text, (re.sub(r"^\d+\. ", "", card),) if card else (), buttons, pictures)
