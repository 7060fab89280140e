"""Logging in: by name or e-mail, not endlessly, with a second factor whose secret nobody reads in the database."""

import re

import pytest
from allauth.mfa.adapter import get_adapter
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP, format_hotp_value, generate_totp_secret, hotp_value
from allauth.mfa.totp.internal.auth import yield_hotp_counters_from_time as counters
from cryptography.fernet import Fernet
from django.conf import settings
from django.contrib.auth.models import User
from django.core.cache import cache
from django.test import Client

from kloppend.pages.accounts.giving import give_login
from kloppend.records.models import Connection
from kloppend.upkeep.keys import rotate
from tests.pages.conftest import PASSWORD, make_user

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _no_attempts_remembered() -> None:
    cache.clear()


@pytest.fixture
def user() -> User:
    return make_user("jansen")


def log_in(client: Client, login: str, password: str = PASSWORD) -> bool:
    client.post("/account/login/", {"login": login, "password": password})
    return "_auth_user_id" in client.session


@pytest.mark.parametrize("login", ["jansen", "jansen@example.nl", "JANSEN@example.nl"])
def test_by_name_or_by_e_mail(client: Client, user: User, login: str) -> None:
    assert log_in(client, login)


def test_guessing_is_stopped(client: Client, user: User) -> None:
    for number in range(10):
        assert not log_in(client, "jansen", f"guess {number}")
    assert not log_in(client, "jansen")  # even the right one, for a while


def test_the_second_factor_is_asked_for_and_encrypted_at_rest(client: Client, user: User) -> None:
    secret = generate_totp_secret()
    TOTP.activate(user, secret)
    stored = Authenticator.objects.get(user=user, type=Authenticator.Type.TOTP)
    assert secret not in str(stored.data)
    assert not log_in(client, "jansen")
    client.post("/account/second-factor/authenticate/", {"code": "000000"})
    assert "_auth_user_id" not in client.session
    client.post("/account/second-factor/authenticate/", {"code": code_now(secret)})
    assert "_auth_user_id" in client.session


def code_now(secret: str) -> str:
    return str(format_hotp_value(hotp_value(secret, next(iter(counters())))))


def test_a_new_key_locks_nobody_out(client: Client, user: User, monkeypatch: pytest.MonkeyPatch) -> None:
    secret = generate_totp_secret()
    TOTP.activate(user, secret)
    unused = RecoveryCodes.activate(user).get_unused_codes()
    migrated = make_user("oud")
    TOTP.activate(migrated, generate_totp_secret())
    codes = {"migrated_codes": [get_adapter().encrypt("11112222")], "used_mask": 0}
    Authenticator.objects.create(user=migrated, type=Authenticator.Type.RECOVERY_CODES, data=codes)

    new = Fernet.generate_key().decode()
    monkeypatch.setattr(settings, "KLOPPEND_ENCRYPTION_KEYS", [new, *settings.KLOPPEND_ENCRYPTION_KEYS])
    assert rotate() == 4
    monkeypatch.setattr(settings, "KLOPPEND_ENCRYPTION_KEYS", [new])
    for name, code in (("jansen", code_now(secret)), ("jansen", unused[0]), ("oud", "11112222")):
        visitor = Client()
        assert not log_in(visitor, name)
        visitor.post("/account/second-factor/authenticate/", {"code": code})
        assert "_auth_user_id" in visitor.session


def test_a_login_is_given_out_and_changed(connection: Connection, client: Client) -> None:
    give_login("Jan@Example.nl", PASSWORD, role="accountant", connection=connection.name)
    assert log_in(client, "jan@example.nl")
    assert client.get(f"/c/{connection.pk}/").status_code == 200
    assert client.get(f"/c/{connection.pk}/settings/").status_code == 403
    assert give_login("beheer@example.nl", PASSWORD, role="operator").is_staff
    give_login("jan@example.nl", PASSWORD + "2", role="owner", connection=connection.name)
    other = Client()
    assert log_in(other, "jan@example.nl", PASSWORD + "2")
    assert other.get(f"/c/{connection.pk}/settings/").status_code == 200


@pytest.mark.parametrize(
    ("email", "password", "role"),
    [("no address", PASSWORD, "operator"), ("a@example.nl", "short", "operator"), ("a@example.nl", PASSWORD, "owner")],
)
def test_a_login_that_cannot_be_is_not_made(email: str, password: str, role: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        give_login(email, password, role=role, connection="none")
    assert not User.objects.exists()


def test_a_way_back_to_elsewhere_is_not_taken(client: Client, user: User) -> None:
    data = {"login": "jansen", "password": PASSWORD, "next": "https://evil.example/"}
    assert "evil" not in client.post("/account/login/", data)["Location"]
    form = client.get("/account/password/change/").content.decode()
    assert 'name="oldpassword"' in form


def test_allauth_s_texts_say_u_like_all_others(client: Client) -> None:
    client.cookies["language"] = "nl"
    for page in ("password/reset/", "password/reset/done/", "signup/"):
        text = re.sub(r"<[^>]+>", " ", client.get(f"/account/{page}").content.decode())
        assert not re.search(r"\b(je|jij|jou|jouw)\b", text, re.IGNORECASE), page
    wrong = client.post("/account/login/", {"login": "nobody", "password": "wrong"}).content.decode()
    assert "klopt niet" in wrong
