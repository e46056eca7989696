"""Tickets by e-mail, to a real mail server: encrypted, signed in, once, and no header that a customer wrote."""

from __future__ import annotations

import asyncio
import dataclasses
import socket
import ssl
import subprocess
from collections.abc import AsyncIterator, Iterator
from datetime import datetime, timezone
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from pathlib import Path
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from bot.support.email_address import checked
from bot.support.integrations.settings import MailSettings
from bot.support.integrations.tickets import Tickets, outbox
from bot.support.integrations.tickets.base import Photo, Ticket
from bot.support.integrations.tickets.mail import Mail
from storage import backoff
from tests.support.integrations.conftest import Customer, picture, until
from tests.support.integrations.test_helpdesk import offline, sent

USER, PASSWORD = "shop", "a password of the mail server"


class Post:
    """What the mail server took in, and how it answers."""

    def __init__(self) -> None:
        self.mails: list[EmailMessage] = []
        self.envelopes: list[Envelope] = []
        self.encrypted: list[bool] = []
        self.answers: list[str] = []

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        answer = self.answers.pop(0) if self.answers else "250 OK"
        if answer == "lost":  # taken in, but the answer is lost
            self._take(session, envelope)
            assert server.transport
            server.transport.abort()
            await asyncio.sleep(0.1)
            return "250 OK"
        if answer.startswith("250"):
            self._take(session, envelope)
        return answer

    def _take(self, session: Session, envelope: Envelope) -> None:
        assert isinstance(envelope.content, bytes)
        mail = message_from_bytes(envelope.content, policy=default)
        assert isinstance(mail, EmailMessage)
        self.mails.append(mail)
        self.envelopes.append(envelope)
        self.encrypted.append(session.ssl is not None)


def _authenticate(server: Any, session: Any, envelope: Any, mechanism: str, data: Any) -> AuthResult:
    good = isinstance(data, LoginPassword) and (data.login, data.password) == (
        USER.encode(),
        PASSWORD.encode(),
    )
    return AuthResult(success=good, handled=good)


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A certificate for 127.0.0.1 that only this test knows."""
    folder = tmp_path_factory.mktemp("tls")
    subprocess.run(
        [
            "openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes",
            "-days", "2", "-subj", "/CN=127.0.0.1", "-addext", "subjectAltName=IP:127.0.0.1",
            "-keyout", folder / "key.pem", "-out", folder / "cert.pem",
        ],
        check=True,
        capture_output=True,
    )  # fmt: skip
    return folder


@pytest.fixture
def post() -> Post:
    return Post()


def _port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.fixture
def server(post: Post, certificate: Path) -> Iterator[Controller]:
    """Wants STARTTLS, then a password."""
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(certificate / "cert.pem", certificate / "key.pem")
    running = Controller(
        post,
        hostname="127.0.0.1",
        port=_port(),
        tls_context=context,
        require_starttls=True,
        auth_required=True,
        authenticator=_authenticate,
        decode_data=False,
    )
    running.start()
    yield running
    running.stop()


@pytest.fixture
def settings(server: Controller, certificate: Path) -> MailSettings:
    return MailSettings(
        host="127.0.0.1",
        port=server.port,
        security="starttls",
        to="service@shop.example",
        sender="assistant@shop.example",
        user=USER,
        password=PASSWORD,
        ca_file=str(certificate / "cert.pem"),
    )


@pytest.fixture
async def tickets(
    settings: MailSettings, shop: object, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[Tickets]:
    monkeypatch.setattr(backoff, "TICKET", (0.1,) * 12)
    monkeypatch.setattr("bot.support.integrations.tickets.mail.BUSY", 0.1)
    running = Tickets(Mail(settings))
    yield running
    await running.stop()


async def test_a_mail_with_photos(tickets: Tickets, post: Post, customer: Customer) -> None:
    photos = [picture(10), picture(200)]
    customer.language = "zh"
    offline(customer, *photos)
    tickets.start()
    (ticket,) = await sent()
    (mail,) = post.mails
    assert post.encrypted == [True]
    assert post.envelopes[0].mail_from == "assistant@shop.example"
    assert post.envelopes[0].rcpt_tos == ["service@shop.example"]
    assert mail["To"] == "service@shop.example"
    assert mail["From"] == "assistant@shop.example"
    assert mail["Reply-To"] == "ann@example.com"
    assert mail["Subject"] == f"[{ticket.reference}] 聊天：要求人工服务 – I want a person"
    assert mail["Message-ID"] == ticket.remote
    assert mail["Auto-Submitted"] == "auto-generated"
    body = mail.get_body(("plain",))
    assert body is not None and "顾客: Where is order ORD-1?" in body.get_content()
    assert mail.get_body(("html",)) is None
    assert [part.get_content() for part in mail.iter_attachments()] == photos
    assert [part.get_filename() for part in mail.iter_attachments()] == ["photo-1.jpg", "photo-2.jpg"]
    outbox.follow_up(ticket, "Noch etwas.")
    tickets.wake()
    await sent(2)
    answer = post.mails[1]
    assert answer["In-Reply-To"] == answer["References"] == mail["Message-ID"]
    assert answer["Message-ID"] != mail["Message-ID"]


async def test_the_server_is_busy_or_loses_the_answer(
    tickets: Tickets, post: Post, customer: Customer
) -> None:
    post.answers = ["451 try again", "421 too busy", "lost"]
    offline(customer)
    tickets.start()
    await sent()
    # Taken in twice, and known as one by its Message-ID: mail has nothing better.
    assert {mail["Message-ID"] for mail in post.mails} == {post.mails[0]["Message-ID"]}
    assert len(post.mails) == 2


async def test_the_server_refuses(tickets: Tickets, post: Post, customer: Customer) -> None:
    post.answers = ["554 too large", "250 OK"]
    offline(customer)
    tickets.start()
    await until(lambda: any(t.state == "dead" for t in outbox.listing()))
    assert "554 too large" in (outbox.listing()[0].error or "")
    assert outbox.resend() == 1
    tickets.wake()
    await sent()


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"password": "wrong"}, "SHOP_SMTP_USER"),
        ({"ca_file": ""}, "certificate verify failed"),
        ({"security": "none"}, "530|SMTPSenderRefused|AUTH"),
        ({"port": 1}, "Connection refused"),
    ],
)
async def test_what_the_owner_can_mend_is_tried_again(
    settings: MailSettings, shop: object, customer: Customer, change: dict[str, Any], says: str
) -> None:
    offline(customer)
    ticket = outbox.open_for(customer.handoff, "mail")
    wrong = Mail(settings.copy(update=change))
    with pytest.raises((backoff.Later, backoff.Refused), match=says) as raised:
        await wrong.send(ticket, None, [], _nothing)
    assert raised.type is backoff.Later or change == {"security": "none"}
    with pytest.raises((backoff.Later, backoff.Refused), match=says):
        await wrong.check()


async def test_the_doctor_only_looks(settings: MailSettings, post: Post) -> None:
    await Mail(settings).check()
    assert post.mails == []


async def _nothing(_: str) -> None:
    await asyncio.sleep(0)


async def test_no_header_is_written_by_a_customer(
    settings: MailSettings, post: Post, shop: object, customer: Customer
) -> None:
    """Line breaks of every kind, encoded ones, and addresses that are none."""
    offline(customer)
    made = outbox.open_for(customer.handoff, "mail")
    nasty = "x\r\nBcc: all@example.com\n\u2028Reply-To: y@example.com\x85\x0b\x0c\x1d =?utf-8?q?=0d=0aBcc:_z@e.com?= \u202e"
    ticket = dataclasses.replace(made, title=nasty, body=f"{nasty}\r\n.\r\nMAIL FROM:<x@example.com>\r\n")
    await Mail(settings).send(ticket, None, [Photo("photo-1.jpg", picture())], _nothing)
    (mail,) = post.mails
    assert mail["Bcc"] is None and mail["Reply-To"] == "ann@example.com"
    assert len(mail.get_all("To") or []) == 1
    assert post.envelopes[0].rcpt_tos == ["service@shop.example"]
    body = mail.get_body(("plain",))
    assert body is not None and "\n.\n" in body.get_content().replace("\r", "")
    injected = dataclasses.replace(made, email="a@example.com\r\nBcc: b@example.com")
    with pytest.raises(ValueError):
        Mail(settings).compose(injected, None, [])


def test_nothing_is_promised_for_a_bad_address(shop: object, customer: Customer) -> None:
    offline(customer, email=None)
    assert checked("a@example.com\r\nBcc: b@example.com") is None
    ticket: Ticket = outbox.open_for(customer.handoff, "mail")
    assert ticket.email is None


@given(
    title=st.text(max_size=120) | st.from_regex(r"(=\?utf-8\?[qb]\?[=0-9A-Za-z_:@.]*\?= ?)+", fullmatch=True)
)
@hypothesis_settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
def test_no_title_makes_a_header(title: str) -> None:
    given_settings = MailSettings(
        host="h", port=25, security="none", to="to@shop.example", sender="from@shop.example"
    )
    now = datetime.now(timezone.utc)
    ticket = Ticket(
        1, None, 1, "c", "mail", "ann@example.com", "en", title, title, (), "mark", "waiting", None, 1, now, None,
        None, now,
    )  # fmt: skip
    raw = Mail(given_settings).compose(ticket, None, []).as_bytes()
    names = [
        line.split(b":")[0] for line in raw.split(b"\r\n\r\n")[0].split(b"\r\n") if line[:1] not in b" \t"
    ]
    assert names == [
        b"Subject", b"From", b"To", b"Reply-To", b"Date", b"Message-ID", b"Auto-Submitted", b"Content-Type",
        b"Content-Transfer-Encoding", b"MIME-Version",
    ]  # fmt: skip
