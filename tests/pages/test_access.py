"""Who gets to see what: every address of a connection, tried by everybody."""

from datetime import date

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.urls import URLPattern, get_resolver, reverse

from kloppend.pages.urls import of_connection
from kloppend.records.models import Batch, Comparison, Connection, Invoice, Order, Route
from kloppend.sync.comparing import Export, compare_books
from kloppend.sync.credits.proposals import make_credit
from tests.sync.conftest import NOON

pytestmark = pytest.mark.django_db

OWNERS_ONLY = {
    "settings",
    "layout",
    "verify",
    "fetch_now",
    "pause",
    "booked",
    "process",
    "file_now",
    "file_trial",
    "file_recall",
}
POST_ONLY = {"fetch_now", "process", "pause", "file_now", "file_trial", "file_download", "file_imported", "file_recall"}
OF_DELIVERY = {"delivery", "delivery_choose", "delivery_sftp", "delivery_confirm", "file_decide", "file_clock"}
OF_CREDITS = {"credit", "new_invoice", "credit_withdraw", "credit_by_hand"}
OF_BOOKS = {"books", "books_ask", "books_read", "order_try", "order_decide"}
OWNERS_ONLY |= OF_CREDITS | OF_BOOKS | OF_DELIVERY | {"customers", "customer_decide", "comparison_problems"}
POST_ONLY |= OF_CREDITS | (OF_BOOKS | OF_DELIVERY) - {"books", "books_ask", "delivery"}
POST_ONLY |= {"customer_decide", "compare_upload", "comparison_problems"}
KEY = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIGmK0aMmPDpdZB2C3bTlrXMQAZ8yFbcYP3hOW8GkTzpV"
NAMES = [str(pattern.name) for pattern in of_connection]


def address(name: str, connection: Connection) -> str:
    more = {
        "process": {"number": "6"},
        "order": {"number": "1"},
        "credit": {"number": "1"},
        "customer_decide": {"number": "1"},
        "order_decide": {"number": "1"},
        "order_try": {"number": "1"},
        "new_invoice": {"number": "1"},
        "month_file": {"month": "2026-11"},
    }.get(name, {})
    if name == "delivery_confirm":
        more = {"route_id": str(_route(connection).pk)}
    if name in {"file_download", "file_imported", "file_recall", "file_decide"}:
        more = {"batch_id": str(Batch.objects.get().pk)}
    if name in {"comparison", "comparison_file", "comparison_problems"}:
        more = {"comparison_id": str(_comparison(connection).pk)}
    if name in {"credit_withdraw", "credit_by_hand"}:
        more = {"credit_id": str(_credit(connection).pk)}
    return reverse(name, kwargs={"connection_id": connection.pk, **more})


def _comparison(connection: Connection) -> Comparison:
    export = Export(kind=Comparison.Kind.XAF, entries=(), sha256="0" * 64, size=0, columns={})
    made = Comparison.objects.filter(connection=connection).first()
    return made or compare_books(connection, export, date(2026, 1, 1), date(2026, 12, 31), NOON, "")


def _route(connection: Connection) -> Route:
    return Route.objects.get_or_create(connection=connection, kind="sftp", host_key=KEY)[0]


def _credit(connection: Connection) -> Invoice:
    made = Invoice.objects.filter(kind="credit").first()
    order = Order.objects.get(connection=connection, shop_order_id="2")
    return made or make_credit(connection, order, "all", NOON, "", "returned", seen=0)


def status(client: Client, name: str, connection: Connection) -> int:
    method = client.post if name in POST_ONLY else client.get
    return method(address(name, connection)).status_code


def statuses(client: Client, connection: Connection) -> dict[str, int]:
    return {name: status(client, name, connection) for name in NAMES}


def test_nobody_gets_in_without_logging_in(fetched: Connection) -> None:
    for name in NAMES:
        method = Client().post if name in POST_ONLY else Client().get
        response = method(address(name, fetched))
        assert response.status_code == 302, name
        assert response["Location"].startswith("/account/login/"), name


def test_a_stranger_s_connection_does_not_exist(fetched: Connection, stranger: Client) -> None:
    assert statuses(stranger, fetched) == dict.fromkeys(NAMES, 404)


def test_an_accountant_reads_downloads_and_marks_as_imported(fetched: Connection, accountant: Client) -> None:
    forbidden = {name for name, code in statuses(accountant, fetched).items() if code == 403}
    assert forbidden == OWNERS_ONLY


@pytest.mark.parametrize("who", ["owner", "operator"])
def test_owner_and_operator_may_do_everything(who: str, fetched: Connection, request: pytest.FixtureRequest) -> None:
    client: Client = request.getfixturevalue(who)
    wrong = {name: code for name, code in statuses(client, fetched).items() if code not in {200, 302}}
    assert wrong == {"books_ask": 404}, "these books take files: there is no access to give"


def test_no_link_changes_anything(fetched: Connection, owner: Client) -> None:
    assert {owner.get(address(name, fetched)).status_code for name in POST_ONLY} == {405}


def test_a_form_of_another_site_changes_nothing(fetched: Connection, owner: Client) -> None:
    owner.handler.enforce_csrf_checks = True
    assert {owner.post(address(name, fetched)).status_code for name in POST_ONLY | {"settings", "booked"}} == {403}


def test_a_file_of_another_connection_does_not_exist(fetched: Connection, stranger: Client) -> None:
    user = User.objects.get(username="vreemde")
    merchant = user.memberships.get().merchant
    own = Connection.objects.create(
        merchant=merchant, name="Own", shop_kind="opencart", api_key="k", administration=fetched.administration
    )
    for name in ("file_download", "file_imported", "file_recall"):
        path = reverse(name, kwargs={"connection_id": own.pk, "batch_id": Batch.objects.get().pk})
        assert stranger.post(path).status_code == 404
    assert stranger.get(reverse("order", kwargs={"connection_id": own.pk, "number": "1"})).status_code == 404


def test_every_address_of_a_connection_is_guarded() -> None:
    """A new page is in the lists above by itself; this one finds pages beside them."""
    beside = {
        pattern.name
        for pattern in get_resolver("kloppend.pages.urls").url_patterns
        if isinstance(pattern, URLPattern) and "connection_id" in str(pattern.pattern)
    }
    assert not beside
    assert len(NAMES) == len(set(NAMES)) == len(of_connection)


def test_who_has_left_sees_nothing(fetched: Connection, owner: Client) -> None:
    User.objects.get(username="jansen").memberships.all().delete()
    assert status(owner, "overview", fetched) == 404
    assert b"De Proef" not in owner.get("/").content


def test_the_only_connection_opens_at_once(fetched: Connection, owner: Client) -> None:
    assert owner.get("/")["Location"] == f"/c/{fetched.pk}/"
