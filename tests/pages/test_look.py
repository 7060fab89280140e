"""What holds for every page and template: languages, nothing inline, the choice of light and dark."""

import re
import sys
from pathlib import Path

import polib
import pytest
from django.conf import settings
from django.test import Client

from kloppend.records.models import Connection

sys.path.insert(0, str(Path(__file__).parents[2] / "tools"))
import messages

PAGES = Path(settings.PAGES)


def test_nothing_is_untranslated_and_nothing_is_stale() -> None:
    stored = polib.pofile(str(messages.CATALOGUE))
    assert {(entry.msgid, entry.msgid_plural) for entry in stored} == set(messages.messages())
    assert [entry.msgid for entry in stored.untranslated_entries() + stored.fuzzy_entries()] == []
    for entry in stored:
        for translated in entry.msgstr_plural.values() or [entry.msgstr]:
            names = set(re.findall(r"%\((\w+)\)s", translated))
            assert names == set(re.findall(r"%\((\w+)\)s", entry.msgid)), entry.msgid


def test_the_compiled_catalogue_is_the_one_that_is_written() -> None:
    stored = polib.pofile(str(messages.CATALOGUE))
    assert messages.CATALOGUE.with_suffix(".mo").read_bytes() == stored.to_binary()


def test_no_template_holds_a_script_a_style_or_a_handler() -> None:
    for path in PAGES.rglob("*.html"):
        text = path.read_text()
        assert not re.search(r"<script|<style|\sstyle=|\son[a-z]+=|javascript:|hx-on|\|safe", text), path


def test_nothing_is_loaded_from_elsewhere() -> None:
    for path in [*PAGES.rglob("*.html"), *PAGES.rglob("*.css")]:
        assert not re.search(r"(src|href|url)\W{1,2}(https?:)?//", path.read_text()), path


@pytest.mark.django_db
def test_every_answer_carries_the_policy(fetched: Connection, owner: Client) -> None:
    for path in ("/account/login/", f"/c/{fetched.pk}/", "/no/such/page", "/account/second-factor/"):
        response = owner.get(path)
        policy = response["Content-Security-Policy"]
        assert "default-src 'none'" in policy
        assert "unsafe" not in policy
        assert response["X-Frame-Options"] == "DENY"
        assert "style=" not in response.content.decode()


@pytest.mark.django_db
def test_the_language_is_remembered(fetched: Connection, owner: Client) -> None:
    assert 'lang="nl"' in owner.get(f"/c/{fetched.pk}/").content.decode()
    owner.post("/language/", {"language": "en", "next": f"/c/{fetched.pk}/"})
    text = owner.get(f"/c/{fetched.pk}/").content.decode()
    assert 'lang="en"' in text
    assert "Overview" in text


@pytest.mark.django_db
def test_the_look_is_remembered_and_leads_nowhere_else(fetched: Connection, owner: Client) -> None:
    assert owner.post("/look/", {"look": "dark", "next": "//evil.example/"})["Location"] == "/"
    assert 'data-look="dark"' in owner.get(f"/c/{fetched.pk}/").content.decode()
    owner.post("/look/", {"look": '"><script>', "next": "/"})
    assert 'data-look="dark"' in owner.get(f"/c/{fetched.pk}/").content.decode()


@pytest.mark.django_db
def test_nobody_signs_up(client: Client) -> None:
    data = {"email": "x@example.nl", "username": "x", "password1": "Een-lang-wachtwoord-1"}
    client.post("/account/signup/", data)
    assert not client.session.get("_auth_user_id")
    from django.contrib.auth.models import User

    assert not User.objects.exists()
