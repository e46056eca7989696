"""A Chatwoot for tests: the calls that its documentation describes, over HTTP, with its agents as methods.

Stricter than the real one: an unknown field or a wrong type is a 422, so a contract that drifts is seen. As the
real one: it signs its webhooks, sends each exactly once, waits five seconds for the answer, and marks the agent's
message as failed if there is none. `fail` makes the next calls fail in the ways that networks and servers have.
"""

from __future__ import annotations

import asyncio
import json
import secrets
import time
import uuid
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import aiohttp
from aiohttp import web

from bot.support.integrations.chatwoot.signature import sign

ACCOUNT, INBOX, IDENTIFIER = 3, 7, "inbox-identifier-xyz"
TOKEN = "agent-token-of-the-fake"
STATUSES = ("open", "resolved", "pending", "snoozed")
WEBHOOK_SECONDS = 5.0


@dataclass
class Agent:
    """Somebody at the desk."""

    id: int
    name: str
    status: str = "online"

    def json(self) -> dict[str, Any]:
        return {
            "id": self.id,
            "name": f"{self.name} Long",
            "available_name": self.name,
            "email": f"{self.name.lower()}@desk.example",
            "type": "user",
            "availability_status": self.status,
            "thumbnail": "",
        }


@dataclass
class Conversation:
    """One conversation."""

    id: int
    contact: int
    source: str
    status: str
    attributes: dict[str, Any]
    team: int | None
    assignee: Agent | None = None
    messages: list[dict[str, Any]] = field(default_factory=list)
    agent_last_seen: int = 0
    statuses: list[str] = field(default_factory=list)

    def said(self) -> list[str]:
        """What the customer said, as the agent sees it."""
        return [m["content"] for m in self.messages if m["message_type"] == 0]

    def notes(self) -> list[str]:
        """The private notes."""
        return [m["content"] for m in self.messages if m["message_type"] == 1 and m["private"]]


@dataclass
class Fault:
    """What goes wrong with a call: `status` is answered, or the connection is dropped before or after the work."""

    matches: Callable[[web.Request], bool]
    status: int = 0
    drop: str = ""
    after: str | None = None
    times: int = 1


class FakeChatwoot:
    """Start, use, stop. `hook` is where webhooks go, with `secret` as the signing key ('' sends them unsigned)."""

    def __init__(self, secret: str = "whsec-of-the-inbox") -> None:
        self.secret = secret
        self.hook = ""
        self.ann, self.bob = Agent(1, "Ann"), Agent(2, "Bob")
        self.agents = {1: self.ann, 2: self.bob}
        self.contacts: dict[int, dict[str, Any]] = {}
        self.conversations: dict[int, Conversation] = {}
        self.files: dict[str, bytes] = {}
        self.faults: list[Fault] = []
        self.calls: list[tuple[str, str]] = []  # method, path
        self.wrong: list[str] = []  # what was refused with 422
        self.hooks: list[tuple[dict[str, str], bytes, int]] = []  # headers, body, the answer's status
        self.customer_side: list[tuple[str, Any]] = []  # typing and read marks
        self.silent = False  # webhooks get lost
        self.doubled = False  # webhooks come twice
        self._ids = iter(range(101, 10**6))
        self._runner: web.AppRunner | None = None
        self._http: aiohttp.ClientSession | None = None
        self._port = 0

    # --- start and stop -------------------------------------------------------------------------------------

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._port}"

    async def start(self) -> None:
        app = web.Application(middlewares=[self._middleware], client_max_size=32 * 2**20)
        base = f"/api/v1/accounts/{ACCOUNT}"
        public = f"/public/api/v1/inboxes/{IDENTIFIER}/contacts/{{source}}/conversations/{{id}}"
        app.add_routes(
            [
                web.post(f"{base}/contacts", self._create_contact),
                web.get(f"{base}/contacts/search", self._search),
                web.post(f"{base}/contacts/{{id}}/contact_inboxes", self._contact_inbox),
                web.get(f"{base}/contacts/{{id}}/conversations", self._contact_conversations),
                web.delete(f"{base}/contacts/{{id}}", self._delete_contact),
                web.post(f"{base}/conversations", self._create_conversation),
                web.get(f"{base}/conversations/{{id}}", self._show),
                web.post(f"{base}/conversations/{{id}}/toggle_status", self._toggle_status),
                web.get(f"{base}/conversations/{{id}}/messages", self._messages),
                web.post(f"{base}/conversations/{{id}}/messages", self._create_message),
                web.get(f"{base}/inbox_members/{{id}}", self._members),
                web.get(f"{base}/inboxes/{{id}}", self._inbox),
                web.post(f"{public}/toggle_typing", self._customer_typing),
                web.post(f"{public}/update_last_seen", self._customer_read),
                web.get("/files/{name}", self._file),
            ]
        )
        self._runner = web.AppRunner(app)
        await self._runner.setup()
        site = web.TCPSite(self._runner, "127.0.0.1", self._port)
        await site.start()
        self._port = self._runner.addresses[0][1]
        self._http = aiohttp.ClientSession()

    async def stop(self) -> None:
        if self._http:
            await self._http.close()
        if self._runner:
            await self._runner.cleanup()

    def fail(
        self,
        part: str,
        *,
        method: str = "POST",
        status: int = 0,
        drop: str = "",
        times: int = 1,
        after: str | None = None,
    ) -> None:
        """Let the next calls whose path ends with `part` fail: by a status, or a connection dropped `before` or
        `after` the work is done."""
        self.faults.append(
            Fault(lambda r: r.method == method and r.path.endswith(part), status, drop, after, times)
        )

    # --- what agents do -------------------------------------------------------------------------------------

    @property
    def only(self) -> Conversation:
        """The one conversation there is."""
        assert len(self.conversations) == 1, list(self.conversations)
        return next(iter(self.conversations.values()))

    async def says(
        self, conversation: Conversation, agent: Agent, text: str, *files: bytes
    ) -> dict[str, Any]:
        """An agent answers."""
        return await self._speak(conversation, agent, text, files=files)

    async def notes(self, conversation: Conversation, agent: Agent, text: str) -> dict[str, Any]:
        """An agent writes a private note."""
        return await self._speak(conversation, agent, text, private=True)

    async def automation(self, conversation: Conversation, text: str) -> dict[str, Any]:
        """A greeting or a survey of Chatwoot's own."""
        return await self._speak(conversation, None, text, kind=3)

    async def assign(self, conversation: Conversation, agent: Agent | None) -> None:
        """An agent gets the conversation, or loses it."""
        was = conversation.assignee
        conversation.assignee = agent
        changed = {"assignee_id": {"current_value": agent and agent.id, "previous_value": was and was.id}}
        await self._call(
            "conversation_updated", {**self._data(conversation), "changed_attributes": [changed]}
        )

    async def set_status(self, conversation: Conversation, status: str) -> None:
        """An agent resolves, reopens, snoozes, sets pending."""
        was, conversation.status = conversation.status, status
        conversation.statuses.append(status)
        changed = {"status": {"current_value": status, "previous_value": was}}
        await self._call(
            "conversation_status_changed", {**self._data(conversation), "changed_attributes": [changed]}
        )

    async def typing(
        self, conversation: Conversation, agent: Agent, on: bool, *, private: bool = False
    ) -> None:
        """An agent types."""
        name = "conversation_typing_on" if on else "conversation_typing_off"
        user = {"id": agent.id, "name": agent.name, "email": "", "type": "user"}
        data = {"user": user, "conversation": self._data(conversation), "is_private": private}
        await self._call(name, data)

    # --- webhooks -------------------------------------------------------------------------------------------

    async def _call(self, event: str, data: dict[str, Any]) -> bool:
        """Send a webhook; whether it was taken."""
        body = json.dumps({"event": event, "account": {"id": ACCOUNT, "name": "Shop"}, **data}).encode()
        headers = {"Content-Type": "application/json", "X-Chatwoot-Delivery": str(uuid.uuid4())}
        if self.secret:
            stamp = str(int(time.time()))
            headers |= {"X-Chatwoot-Timestamp": stamp, "X-Chatwoot-Signature": sign(self.secret, stamp, body)}
        if self.silent or not self.hook:
            return False
        status = await self.post(headers, body)
        if self.doubled:
            await self.post(headers, body)
        return 200 <= status < 300

    async def post(self, headers: dict[str, str], body: bytes) -> int:
        """Post a webhook as it is; returns the status, 0 if there was no answer in time."""
        assert self._http
        status = 0
        try:
            timeout = aiohttp.ClientTimeout(total=WEBHOOK_SECONDS)
            async with self._http.post(self.hook, data=body, headers=headers, timeout=timeout) as response:
                status = response.status
        except (aiohttp.ClientError, asyncio.TimeoutError):
            pass
        self.hooks.append((headers, body, status))
        return status

    def _data(self, conversation: Conversation) -> dict[str, Any]:
        """A conversation as webhooks show it."""
        return {**self._json(conversation), "inbox_id": INBOX, "channel": "Channel::Api", "messages": []}

    async def _speak(
        self,
        conversation: Conversation,
        agent: Agent | None,
        text: str,
        *,
        private: bool = False,
        kind: int = 1,
        files: tuple[bytes, ...] = (),
    ) -> dict[str, Any]:
        message = self._message(conversation, kind, text, private, {}, files)
        message["sender"] = agent.json() if agent else None
        conversation.messages.append(message)
        taken = await self._announce(conversation, message)
        message["status"] = "sent" if taken else "failed"
        return message

    async def _announce(self, conversation: Conversation, message: dict[str, Any]) -> bool:
        kind = ("incoming", "outgoing", "activity", "template")[message["message_type"]]
        return await self._call(
            "message_created",
            {
                **{k: message[k] for k in ("id", "content", "private", "content_attributes", "sender")},
                "message_type": kind,
                "conversation": self._data(conversation),
                "inbox": {"id": INBOX, "name": "Assistant"},
                **({"attachments": message["attachments"]} if message["attachments"] else {}),
            },
        )

    def _message(
        self,
        conversation: Conversation,
        kind: int,
        text: str,
        private: bool,
        attributes: dict[str, Any],
        files: tuple[bytes, ...],
    ) -> dict[str, Any]:
        number = next(self._ids)
        attachments = []
        for data in files:
            name = secrets.token_hex(8)
            self.files[name] = data
            image = data.startswith((b"\xff\xd8", b"\x89PNG"))
            attachments.append(
                {
                    "id": next(self._ids),
                    "message_id": number,
                    "file_type": "image" if image else "file",
                    "data_url": f"{self.url}/files/{name}",
                    "file_size": len(data),
                }
            )
        return {
            "id": number,
            "content": text or None,
            "message_type": kind,
            "private": private,
            "content_type": "text",
            "content_attributes": attributes,
            "created_at": int(time.time()),
            "conversation_id": conversation.id,
            "status": "sent",
            "sender": None,
            "attachments": attachments,
        }

    # --- HTTP -----------------------------------------------------------------------------------------------

    @web.middleware
    async def _middleware(self, request: web.Request, handler: Any) -> web.StreamResponse:
        self.calls.append((request.method, request.path))
        fault = next((each for each in self.faults if each.matches(request)), None)
        if fault:
            fault.times -= 1
            if fault.times <= 0:
                self.faults.remove(fault)
            if fault.drop == "before":
                assert request.transport
                request.transport.abort()
                return web.Response()
            if fault.status:
                headers = {"Retry-After": fault.after} if fault.after else {}
                return web.json_response({"error": "no"}, status=fault.status, headers=headers)
        if request.path.startswith("/api/") and request.headers.get("api_access_token") != TOKEN:
            return web.json_response({"error": "Invalid Access Token"}, status=401)
        if not request.path.startswith("/api/") and "api_access_token" in request.headers:
            self.wrong.append(f"the token was sent to {request.path}")
        response = await handler(request)
        if fault and fault.drop == "after":
            assert request.transport
            request.transport.abort()
        return response

    def _refuse(self, text: str) -> web.Response:
        self.wrong.append(text)
        return web.json_response({"message": text, "attributes": []}, status=422)

    async def _body(self, request: web.Request, **fields: Any) -> dict[str, Any]:
        """The JSON body, with exactly the fields of the documentation in their types."""
        if request.content_type != "application/json":
            raise Wrong(f"{request.path}: {request.content_type} instead of JSON")
        data = await request.json()
        if not isinstance(data, dict):
            raise Wrong("no object")
        return _checked(data, fields)

    def _conversation(self, request: web.Request) -> Conversation:
        found = self.conversations.get(int(request.match_info["id"]))
        if found is None:
            raise web.HTTPNotFound(text='{"error": "Resource could not be found"}')
        return found

    async def _create_contact(self, request: web.Request) -> web.Response:
        try:
            data = await self._body(
                request, inbox_id=(int, True), name=str, identifier=str, email=str, phone_number=str,
                custom_attributes=dict, additional_attributes=dict,
            )  # fmt: skip
        except Wrong as wrong:
            return self._refuse(str(wrong))
        for name in ("identifier", "email"):
            if data.get(name) and any(each.get(name) == data[name] for each in self.contacts.values()):
                return web.json_response({"message": f"{name} has already been taken"}, status=422)
        contact = {**data, "id": next(self._ids), "sources": [uuid.uuid4().hex]}
        self.contacts[contact["id"]] = contact
        inbox = {"inbox": {"id": INBOX}, "source_id": contact["sources"][0]}
        return web.json_response({"payload": {"contact": self._contact(contact), "contact_inbox": inbox}})

    def _contact(self, contact: dict[str, Any]) -> dict[str, Any]:
        sessions = [{"source_id": source, "inbox": {"id": INBOX}} for source in contact["sources"]]
        shown = {name: contact.get(name) for name in ("id", "name", "identifier", "email")}
        return {**shown, "contact_inboxes": sessions}

    async def _search(self, request: web.Request) -> web.Response:
        words = request.query["q"].lower()
        found = [
            self._contact(each)
            for each in self.contacts.values()
            if any(words in str(each.get(name) or "").lower() for name in ("name", "identifier", "email"))
        ]
        return web.json_response({"meta": {"count": len(found)}, "payload": found})

    async def _contact_inbox(self, request: web.Request) -> web.Response:
        data = await self._body(request, inbox_id=(int, True), source_id=str)
        contact = self.contacts[int(request.match_info["id"])]
        contact["sources"].append(uuid.uuid4().hex)
        return web.json_response({"source_id": contact["sources"][-1], "inbox": {"id": data["inbox_id"]}})

    async def _contact_conversations(self, request: web.Request) -> web.Response:
        number = int(request.match_info["id"])
        found = [self._json(each) for each in self.conversations.values() if each.contact == number]
        return web.json_response({"payload": found})

    async def _delete_contact(self, request: web.Request) -> web.Response:
        number = int(request.match_info["id"])
        if self.contacts.pop(number, None) is None:
            raise web.HTTPNotFound
        self.conversations = {k: v for k, v in self.conversations.items() if v.contact != number}
        return web.Response()

    async def _create_conversation(self, request: web.Request) -> web.Response:
        try:
            data = await self._body(
                request, source_id=(str, True), inbox_id=int, contact_id=int, status=str, team_id=int,
                custom_attributes=dict, additional_attributes=dict, assignee_id=int,
            )  # fmt: skip
            if data.get("status") not in STATUSES:
                raise Wrong("status")
            contact = self.contacts.get(data["contact_id"])
            if contact is None:
                raise web.HTTPNotFound
            if data["source_id"] not in contact["sources"] or data["inbox_id"] != INBOX:
                raise Wrong("source_id does not belong to the contact")
        except Wrong as wrong:
            return self._refuse(str(wrong))
        made = Conversation(
            next(self._ids), data["contact_id"], data["source_id"], data["status"],
            data.get("custom_attributes", {}), data.get("team_id"),
        )  # fmt: skip
        self.conversations[made.id] = made
        await self._later("conversation_created", self._data(made))
        return web.json_response(self._json(made))

    def _json(self, conversation: Conversation) -> dict[str, Any]:
        assignee = {"assignee": conversation.assignee.json()} if conversation.assignee else {}
        return {
            "id": conversation.id,
            "inbox_id": INBOX,
            "status": conversation.status,
            "custom_attributes": conversation.attributes,
            "agent_last_seen_at": conversation.agent_last_seen,
            "meta": {"sender": {"id": conversation.contact, "type": "contact"}, **assignee},
        }

    async def _show(self, request: web.Request) -> web.Response:
        return web.json_response(self._json(self._conversation(request)))

    async def _toggle_status(self, request: web.Request) -> web.Response:
        found = self._conversation(request)
        try:
            data = await self._body(request, status=(str, True), snoozed_until=int)
            if data["status"] not in STATUSES:
                raise Wrong(f"status {data['status']}")
        except Wrong as wrong:
            return self._refuse(str(wrong))
        found.status = data["status"]
        found.statuses.append(found.status)
        await self._later("conversation_status_changed", self._data(found))
        answer = {"success": True, "current_status": found.status, "conversation_id": found.id}
        return web.json_response({"meta": {}, "payload": answer})

    async def _messages(self, request: web.Request) -> web.Response:
        found = self._conversation(request).messages
        if "after" in request.query:
            found = [each for each in found if each["id"] > int(request.query["after"])][:100]
        else:
            found = found[-20:]
        return web.json_response({"meta": {}, "payload": found})

    async def _create_message(self, request: web.Request) -> web.Response:
        found = self._conversation(request)
        try:
            data, files = await self._message_body(request)
        except Wrong as wrong:
            return self._refuse(str(wrong))
        incoming = data.get("message_type", "outgoing") == "incoming"
        if incoming and found.status in ("resolved", "snoozed"):
            found.status = "open"
        message = self._message(
            found, 0 if incoming else 1, data["content"], data.get("private", False),
            data.get("content_attributes", {}), files,
        )  # fmt: skip
        message["sender"] = {"id": found.contact, "type": "contact"} if incoming else self.ann.json()
        found.messages.append(message)
        asyncio.get_running_loop().create_task(self._announce(found, message))
        return web.json_response(message)

    async def _message_body(self, request: web.Request) -> tuple[dict[str, Any], tuple[bytes, ...]]:
        fields = {
            "content": (str, True), "message_type": str, "private": bool, "content_type": str,
            "content_attributes": dict,
        }  # fmt: skip
        files: list[bytes] = []
        if request.content_type == "multipart/form-data":
            form = await request.post()
            data: dict[str, Any] = {}
            for name, value in form.items():
                if name == "attachments[]":
                    if not isinstance(value, web.FileField) or value.content_type != "image/jpeg":
                        raise Wrong("attachments[] must be files")
                    files.append(value.file.read())
                elif name == "private":
                    data[name] = {"true": True, "false": False}[str(value)]
                elif name == "content_attributes":
                    data[name] = json.loads(str(value))
                else:
                    data[name] = value
            if not files:
                raise Wrong("multipart without a file")
            data = _checked(data, fields)
        else:
            data = await self._body(request, **fields)
        if data.get("message_type") not in ("incoming", "outgoing"):
            raise Wrong("message_type")
        if not data["content"] and not files:
            raise Wrong("an empty message")
        return data, tuple(files)

    async def _members(self, request: web.Request) -> web.Response:
        return web.json_response({"payload": [agent.json() for agent in self.agents.values()]})

    async def _inbox(self, request: web.Request) -> web.Response:
        return web.json_response(
            {"id": INBOX, "channel_type": "Channel::Api", "inbox_identifier": IDENTIFIER}
        )

    async def _customer_typing(self, request: web.Request) -> web.Response:
        found = self._conversation(request)
        data = await self._body(request, typing_status=(str, True))
        assert request.match_info["source"] == found.source
        self.customer_side.append(("typing", data["typing_status"]))
        return web.Response()

    async def _customer_read(self, request: web.Request) -> web.Response:
        assert request.match_info["source"] == self._conversation(request).source
        self.customer_side.append(("read", None))
        return web.Response()

    async def _file(self, request: web.Request) -> web.Response:
        return web.Response(body=self.files[request.match_info["name"]])

    async def _later(self, event: str, data: dict[str, Any]) -> None:
        asyncio.get_running_loop().create_task(self._call(event, data))


class Wrong(Exception):
    """A body that the documentation does not describe."""


def _checked(data: dict[str, Any], fields: dict[str, Any]) -> dict[str, Any]:
    for name, kind in fields.items():
        kind, needed = kind if isinstance(kind, tuple) else (kind, False)
        if name not in data:
            if needed:
                raise Wrong(f"{name} is missing")
        elif not isinstance(data[name], kind) or (kind is int and isinstance(data[name], bool)):
            raise Wrong(f"{name} is {type(data[name]).__name__}, not {kind.__name__}")
    if unknown := set(data) - set(fields):
        raise Wrong(f"unknown: {sorted(unknown)}")
    return data
