"""Mail leaves over the server that is named, or becomes a file to look at."""

from pathlib import Path

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.test import override_settings

from kloppend.outside.mail import Mail, MailNotSent, send
from kloppend.web.mail_url import mail_settings

MAIL = Mail(to="jansen@winkel.test", subject="Hallo\nBcc: x@y.test", text="Dag", html="<p>Dag</p>", name="daily-1")


def test_an_address_becomes_settings() -> None:
    found = mail_settings("smtps://jan%40x:p%2Fw@mail.test", "unused")
    assert (found["EMAIL_HOST"], found["EMAIL_PORT"]) == ("mail.test", 465)
    assert (found["EMAIL_HOST_USER"], found["EMAIL_HOST_PASSWORD"]) == ("jan@x", "p/w")
    assert (found["EMAIL_USE_SSL"], found["EMAIL_USE_TLS"]) == (True, False)
    assert found["EMAIL_TIMEOUT"] > 0
    found = mail_settings("smtp://mail.test:2525", "unused")
    assert (found["EMAIL_PORT"], found["EMAIL_USE_SSL"], found["EMAIL_USE_TLS"]) == (2525, False, True)
    assert not mail_settings("smtp+plain://localhost", "unused")["EMAIL_USE_TLS"]


@pytest.mark.parametrize("url", ["mail.test", "http://mail.test", "smtp://", "smtps://u:geheim@mail.test:x"])
def test_a_wrong_address_is_refused_without_repeating_it(url: str) -> None:
    with pytest.raises(ImproperlyConfigured) as error:
        mail_settings(url, "unused")
    assert "geheim" not in str(error.value)


def test_without_a_server_mails_become_files(tmp_path: Path) -> None:
    with override_settings(**mail_settings("", str(tmp_path / "mail"))):
        send(MAIL)
    (file,) = (tmp_path / "mail").iterdir()
    text = file.read_text()
    assert "Subject: Hallo Bcc: x@y.test" in text
    assert "\nBcc:" not in text
    assert "Message-ID: <daily-1@localhost>" in text


def test_a_server_that_is_not_there_is_told() -> None:
    with override_settings(**mail_settings("smtp+plain://127.0.0.1:9", "unused")), pytest.raises(MailNotSent):
        send(MAIL)
