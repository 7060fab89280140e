"""Sends mail, over the server that KLOPPEND_SMTP_URL names; without one, mails become files to look at."""

import smtplib
from collections.abc import Mapping
from dataclasses import dataclass, field

from django.conf import settings
from django.core.mail import EmailMultiAlternatives


class MailNotSent(Exception):  # noqa: N818 - a finding; trying again is for the caller
    """The mail server could not be reached or did not take the mail."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Mail:
    """A mail in plain text and HTML. `name` is the same when the same mail is sent again, so that readers see one.

    `files` are zip files to go with it.
    """

    to: str
    subject: str
    text: str
    html: str
    name: str
    files: Mapping[str, bytes] = field(default_factory=dict)


def send(mail: Mail) -> None:
    """Hand the mail over. Raises MailNotSent."""
    domain = settings.DEFAULT_FROM_EMAIL.rpartition("@")[2].rstrip(">")
    message = EmailMultiAlternatives(
        subject=" ".join(mail.subject.split()),
        body=mail.text,
        to=[mail.to],
        headers={"Message-ID": f"<{mail.name}@{domain}>", "Auto-Submitted": "auto-generated"},
    )
    message.attach_alternative(mail.html, "text/html")
    for name, content in mail.files.items():
        message.attach(name, content, "application/zip")
    try:
        message.send()
    except (smtplib.SMTPException, OSError, ValueError) as error:
        raise MailNotSent(type(error).__name__) from error
