"""E-mail as the ticket system: a plain text mail to the shop's service address, to which a reply goes to the
customer.

What a customer wrote reaches the body and, on one line, the subject; `email` writes the headers and refuses
line breaks in them.
"""

from __future__ import annotations

import asyncio
import contextlib
import hashlib
import smtplib
import ssl
from collections.abc import Iterator
from datetime import timezone
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime

from bot.support.integrations import transcripts
from bot.support.integrations.settings import MailSettings
from bot.support.integrations.tickets.base import Photo, Progress, Target, Ticket
from storage.backoff import Later, Refused

TIMEOUT = 30.0  # seconds for each step of the talk with the server
BUSY = 30.0


class Mail(Target):
    """The shop's mail server. Each mail has the same `Message-ID` however often it is sent."""

    name = "mail"

    def __init__(self, settings: MailSettings) -> None:
        self.settings = settings

    async def check(self) -> None:
        """See `Target`: signs in, and sends nothing."""
        await asyncio.to_thread(self._check)

    async def send(
        self, ticket: Ticket, parent: Ticket | None, photos: list[Photo], progress: Progress
    ) -> str:
        """See `Target`; the number is the mail's `Message-ID`."""
        mail = self.compose(ticket, parent, photos)
        await asyncio.to_thread(self._send, mail)
        return str(mail["Message-ID"])

    def compose(self, ticket: Ticket, parent: Ticket | None, photos: list[Photo]) -> EmailMessage:
        """The mail of a ticket; what adds to one is an answer to the first mail."""
        mail = EmailMessage(policy=SMTP)
        mail["Subject"] = f"[{ticket.reference}] {_harmless(ticket.title)}"
        mail["From"] = self.settings.sender
        mail["To"] = self.settings.to
        if ticket.email:
            mail["Reply-To"] = ticket.email
        mail["Date"] = format_datetime(ticket.created.astimezone(timezone.utc))
        mail["Message-ID"] = self._id(ticket)
        if parent is not None:
            mail["In-Reply-To"] = mail["References"] = self._id(parent)
        mail["Auto-Submitted"] = "auto-generated"
        mail.set_content(ticket.body, charset="utf-8", cte="base64")
        for photo in photos:
            mail.add_attachment(photo.data, maintype="image", subtype="jpeg", filename=photo.name)
        return mail

    def _id(self, ticket: Ticket) -> str:
        digest = hashlib.sha256(ticket.mark.encode()).hexdigest()[:24]
        return f"<ticket-{ticket.id}-{digest}@{self.settings.sender.rpartition('@')[2]}>"

    def _check(self) -> None:
        with self._signed_in() as server:
            server.noop()

    def _send(self, mail: EmailMessage) -> None:
        with self._signed_in() as server:
            server.send_message(mail, from_addr=self.settings.sender, to_addrs=[self.settings.to])

    @contextlib.contextmanager
    def _signed_in(self) -> Iterator[smtplib.SMTP]:
        """The server, which takes our mail; what goes wrong there as `Later` or `Refused`."""
        try:
            with self._connect() as server:
                if self.settings.user:
                    server.login(self.settings.user, self.settings.password)
                yield server
        except smtplib.SMTPAuthenticationError as error:  # the owner can mend it
            raise Later(
                f"the mail server does not take SHOP_SMTP_USER and its password: {_said(error)}"
            ) from error
        except smtplib.SMTPRecipientsRefused as error:
            code, text = next(iter(error.recipients.values()))
            raise _judged(code, f"{self.settings.to}: {_text(text)}") from error
        except smtplib.SMTPNotSupportedError as error:
            raise Later(f"the mail server cannot do what SHOP_SMTP_SECURITY asks for: {error}") from error
        except smtplib.SMTPResponseException as error:
            raise _judged(error.smtp_code, _said(error)) from error
        except (smtplib.SMTPException, OSError) as error:
            raise Later(f"{type(error).__name__}: {error}", BUSY) from error

    def _connect(self) -> smtplib.SMTP:
        settings = self.settings
        context = ssl.create_default_context(cafile=settings.ca_file or None)
        if settings.security == "tls":
            return smtplib.SMTP_SSL(settings.host, settings.port, timeout=TIMEOUT, context=context)
        server = smtplib.SMTP(settings.host, settings.port, timeout=TIMEOUT)
        if settings.security == "starttls":
            try:
                server.starttls(context=context)
            except BaseException:
                server.close()
                raise
        return server


def _harmless(title: str) -> str:
    """A subject on one line. `email` decodes "=?…?=" in what it is given, even to line breaks, and writes
    those out: it must not find any.
    """
    return transcripts.one_line(title, 180).replace("=?", "= ?")


def _judged(code: int, text: str) -> Later | Refused:
    """What the server's answer means: 5.. never, all else later."""
    return Refused(f"{code} {text}") if 500 <= code < 600 else Later(f"{code} {text}", BUSY)


def _said(error: smtplib.SMTPResponseException) -> str:
    return f"{error.smtp_code} {_text(error.smtp_error)}"


def _text(value: bytes | str) -> str:
    return value.decode(errors="replace") if isinstance(value, bytes) else str(value)
