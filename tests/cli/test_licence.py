"""`kloppend licence` from key to expiry, and the mail with the extension in it."""

import email
import email.policy
import io
import json
import zipfile
from pathlib import Path

import pytest
from django.conf import settings

from kloppend.records.models import Licence, Merchant
from tests.cli.test_upkeep import kloppend
from tests.upkeep.conftest import Elsewhere, elsewhere

__all__ = ["elsewhere"]


def mails(home: Path) -> list[email.message.EmailMessage]:
    files = sorted((home / "mail").glob("*.log"))
    return [email.message_from_bytes(file.read_bytes(), policy=email.policy.default) for file in files]


def test_from_a_trial_to_its_end(elsewhere: Elsewhere, tmp_path: Path) -> None:
    elsewhere("kloppend_cli_licence")
    made = kloppend("licence", "new", "--merchant", "Jansen", "--trial", "30", home=tmp_path)
    assert made.returncode == 0, made.stderr
    licence = Licence.objects.get()
    assert licence.key in made.stdout

    def listed() -> dict[str, object]:
        (row,) = json.loads(kloppend("licence", "list", "--json", home=tmp_path).stdout)["licences"]
        return dict(row)

    assert (listed()["state"], listed()["merchant"]) == ("trial", "Jansen")
    assert licence.key not in kloppend("licence", "list", home=tmp_path).stdout
    number = str(licence.pk)
    assert kloppend("licence", "end", number, home=tmp_path).returncode == 0
    assert listed()["state"] == "expired"
    assert kloppend("licence", "extend", number, "--until", "2099-12-31", home=tmp_path).returncode == 0
    assert (listed()["state"], listed()["last_day"]) == ("valid", "2099-12-31")
    assert kloppend("licence", "end", "999", home=tmp_path).returncode == 2
    both = kloppend("licence", "new", "--merchant", "X", "--trial", "1", "--until", "2099-01-01", home=tmp_path)
    assert both.returncode == 2
    assert Merchant.objects.count() == 1


@pytest.mark.parametrize(("language", "word"), [("nl", "licentiesleutel"), ("en", "licence key")])
def test_the_extension_comes_by_mail_filled_in(elsewhere: Elsewhere, tmp_path: Path, language: str, word: str) -> None:
    elsewhere(f"kloppend_cli_licence_{language}")
    arguments = ("--merchant", "Jansen", "--email", "jansen@winkel.test", "--language", language)
    assert kloppend("licence", "new", *arguments, "--send", home=tmp_path).returncode == 0
    licence = Licence.objects.get()
    (mail,) = mails(tmp_path)
    assert mail["To"] == "jansen@winkel.test"
    body = mail.get_body(("plain",))
    assert body is not None
    assert word in body.get_content()
    assert licence.key in body.get_content()
    names = [part.get_filename() for part in mail.iter_attachments()]
    assert len(names) == 5
    (one,) = [part for part in mail.iter_attachments() if part.get_filename() == "kloppend-oc30.ocmod.zip"]
    with zipfile.ZipFile(io.BytesIO(one.get_content())) as package:
        preset = package.read("upload/system/library/kloppend/preset.php").decode()
    assert licence.key in preset
    assert settings.KLOPPEND_BASE_URL in preset

    again = kloppend("licence", "send", str(licence.pk), "--opencart", "4.1.0.4", "--language", language, home=tmp_path)
    assert again.returncode == 0, again.stderr
    newest = max(mails(tmp_path), key=lambda found: "Modules" in str(found.get_body(("plain",)).get_content()))  # type: ignore[union-attr]
    assert [part.get_filename() for part in newest.iter_attachments()] == ["kloppend.ocmod.zip"]


def test_without_an_address_nothing_is_sent_and_the_licence_stays(elsewhere: Elsewhere, tmp_path: Path) -> None:
    elsewhere("kloppend_cli_licence_none")
    done = kloppend("licence", "new", "--merchant", "Jansen", "--send", home=tmp_path)
    assert done.returncode == 1
    assert "no e-mail address" in done.stderr
    licence = Licence.objects.get()
    Merchant.objects.update(email="jansen@winkel.test")
    odd = kloppend("licence", "send", str(licence.pk), "--opencart", "7.0", home=tmp_path)
    assert (odd.returncode, "no package for OpenCart" in odd.stderr) == (1, True)
