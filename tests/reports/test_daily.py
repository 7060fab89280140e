"""A mail a day, when there is a file or a problem: once, in the merchant's language, and about no customer."""

import logging
import smtplib
import threading
from datetime import UTC, datetime, timedelta

import pytest
from django.core import mail as outbox
from django.core.mail import EmailMultiAlternatives
from django.db import connections

from kloppend.domain.problems import Problem
from kloppend.records import problems
from kloppend.records.models import Batch, Connection, MailSent, Merchant, Order
from kloppend.reports.daily import daily_mail
from kloppend.reports.mailing import send_due_mails
from kloppend.shops.opencart.simulator import SimulatedStore
from kloppend.sync.files.download import open_download
from kloppend.sync.files.recall import recall
from tests.sync.conftest import NOON, sync
from tests.sync.test_make_file import now
from tests.sync.test_process import change
from tests.sync.test_trouble import TOMORROW

pytestmark = pytest.mark.django_db
EARLY = datetime(2026, 11, 24, 5, 30, tzinfo=UTC)  # 06:30 in Amsterdam
NINE = datetime(2026, 11, 24, 8, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)


@pytest.fixture(autouse=True)
def _address(connection: Connection) -> None:
    Merchant.objects.update(email="jansen@winkel.test")


@pytest.fixture
def fine(connection: Connection) -> Connection:
    """A connection without any problem, and no file."""
    change(connection, trigger_statuses=["99"])
    sync(connection, EARLY)
    assert not connection.problems.filter(closed_at=None).exists()
    return Connection.objects.get(pk=connection.pk)


def sent() -> list[str]:
    return [str(message.subject) for message in outbox.outbox]


def unreachable(connection: Connection, at: datetime, code: str = "SHOP_UNREACHABLE") -> None:
    found = Problem.of(code, host="winkel.test", address="winkel.test", what="x", status="503")
    problems.now_stand(connection, None, [found], at, source="fetch")


def test_file_ready_and_orders_held(connection: Connection) -> None:
    sync(connection, EARLY)
    (mail,) = send_due_mails(EARLY)
    (message,) = outbox.outbox
    assert isinstance(message, EmailMultiAlternatives)
    assert mail.subject == "De Proef: bestand klaar, facturen: 5, bestellingen die u moet bekijken: 8"
    assert message.to == ["jansen@winkel.test"]
    base = f"http://localhost:8000/c/{connection.pk}"
    html = str(message.alternatives[0][0])
    for text in (str(message.body), html):
        for address in (f"{base}/files/", f"{base}/problems/", f"{base}/orders/6/"):
            assert address in text
        assert "MULTI_CURRENCY" in text
        assert Batch.objects.get().name in text
        assert "alleen om te bekijken" in text
    assert message.extra_headers["Auto-Submitted"] == "auto-generated"


def test_no_customer_is_in_it(connection: Connection) -> None:
    sync(connection)
    mail = daily_mail(connection, NOON)
    assert mail
    everything = mail.subject + mail.text + mail.html
    for secret in ("example.test", "Vries", "Geheim", "LIC", "Utrecht"):
        assert secret not in everything


def test_in_the_merchant_s_language(connection: Connection) -> None:
    change(connection, language="en")
    sync(connection)
    mail = daily_mail(Connection.objects.get(pk=connection.pk), NOON)
    assert mail
    assert mail.subject == "De Proef: file ready, invoices: 5, orders for you to look at: 8"
    assert '<html lang="en">' in mail.html


def test_once_a_day(connection: Connection) -> None:
    sync(connection, EARLY)
    for at in (EARLY, EARLY + HOUR, NINE, NOON):
        send_due_mails(at)
    assert len(sent()) == 1
    assert send_due_mails(TOMORROW)  # the orders are still held
    assert "bestand klaar" not in sent()[1]


def test_before_nine_only_when_the_file_is_there(connection: Connection) -> None:
    change(connection, file_time="18:00")
    sync(connection, EARLY)
    assert not send_due_mails(EARLY)
    assert not send_due_mails(NINE - timedelta(minutes=1))
    assert len(send_due_mails(NINE)) == 1
    sync(connection, NOON + timedelta(hours=7))
    assert not send_due_mails(NOON + timedelta(hours=7))
    send_due_mails(TOMORROW)
    assert "bestand klaar, facturen: 5" in sent()[1]


def test_a_file_of_later_that_day_comes_when_there_was_nothing_to_tell(fine: Connection, store: SimulatedStore) -> None:
    assert not send_due_mails(NINE)
    assert not MailSent.objects.exists()
    number = store.add_order(store.records[0])
    change(fine, trigger_statuses=["1", "2", "3", "5", "15"], start_order_number=int(number))
    now(fine)
    assert len(send_due_mails(NOON + HOUR)) == 1


def test_nothing_to_tell_is_no_mail(fine: Connection) -> None:
    assert daily_mail(fine, NOON) is None
    assert not send_due_mails(NOON)


def test_without_an_address_or_for_an_ended_connection_nothing_goes(connection: Connection) -> None:
    sync(connection)
    Merchant.objects.update(email="")
    assert not send_due_mails(NOON)
    Merchant.objects.update(email="jansen@winkel.test")
    Connection.objects.update(active=False)
    assert not send_due_mails(NOON)


def test_a_recalled_file_is_no_news_and_a_fetched_one_is(connection: Connection) -> None:
    sync(connection)
    batch = Batch.objects.get()
    open_download(batch, NOON, "user-7")
    mail = daily_mail(connection, NOON)
    assert mail
    assert batch.name in mail.text
    recall(batch, NOON, "user-7", not_in_books=True)
    mail = daily_mail(connection, NOON)
    assert mail
    assert batch.name not in mail.text


def test_a_shop_out_of_reach_is_told_after_a_day(fine: Connection) -> None:
    for hours in range(24):
        unreachable(fine, EARLY + hours * HOUR, "SHOP_UNREACHABLE" if hours < 12 else "SHOP_NOT_UTF8")
        assert daily_mail(fine, EARLY + hours * HOUR) is None
    mail = daily_mail(fine, EARLY + 24 * HOUR)
    assert mail
    assert mail.subject == "De Proef: de koppeling werkt niet"
    problems.now_stand(fine, None, [], EARLY + 25 * HOUR, source="fetch")
    unreachable(fine, EARLY + 26 * HOUR)
    assert daily_mail(fine, EARLY + 30 * HOUR) is None


def test_wrong_settings_are_told_at_once_whatever_they_are(connection: Connection) -> None:
    change(connection, time_zone="Mars/X", language=["nl"])
    sync(connection)
    (mail,) = send_due_mails(NOON)
    assert "SETTINGS_INVALID" in mail.text


def test_an_order_changed_after_booking_is_told(connection: Connection, store: SimulatedStore) -> None:
    sync(connection)
    store.change_order("1", payment_city="Elders")
    sync(connection, TOMORROW)
    mail = daily_mail(connection, TOMORROW)
    assert mail
    assert "ORDER_CHANGED_AFTER_BOOKING" in mail.text


def test_a_shop_cannot_put_a_page_or_a_header_into_the_mail(connection: Connection) -> None:
    sync(connection)
    Connection.objects.update(name="<script>alert(1)</script>\nBcc: x@y.test")
    Order.objects.filter(shop_order_id="6").update(shop_order_id='"><script>')
    send_due_mails(NOON)
    (message,) = outbox.outbox
    assert isinstance(message, EmailMultiAlternatives)
    assert "<script" not in str(message.alternatives[0][0])
    assert "\n" not in message.subject


def test_many_held_orders_are_named_up_to_a_point(connection: Connection, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("kloppend.reports.daily.NAMED", 3)
    sync(connection)
    mail = daily_mail(connection, NOON)
    assert mail
    assert mail.text.count("/orders/") == 3
    assert "+ 5" in mail.text


def test_a_mail_that_was_not_taken_is_tried_again(
    connection: Connection, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    sync(connection)

    def refuse(*_: object) -> int:
        raise smtplib.SMTPServerDisconnected("gone")

    with monkeypatch.context() as patch, caplog.at_level(logging.WARNING):
        patch.setattr(EmailMultiAlternatives, "send", refuse)
        assert not send_due_mails(NOON)
    assert "was not sent" in caplog.text
    assert "winkel.test" not in caplog.text
    assert not send_due_mails(NOON + timedelta(minutes=5))
    (mail,) = send_due_mails(NOON + timedelta(minutes=10))
    assert "bestand klaar" in mail.subject
    assert MailSent.objects.get().sent_at


@pytest.mark.django_db(transaction=True)
def test_a_mail_that_died_half_way_goes_again_under_the_same_name(connection: Connection) -> None:
    sync(connection)

    class PowerCutError(BaseException):
        pass

    real = EmailMultiAlternatives.send

    def die(self: EmailMultiAlternatives, fail_silently: bool = False) -> int:
        real(self, fail_silently)
        raise PowerCutError

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(EmailMultiAlternatives, "send", die)
        with pytest.raises(PowerCutError):
            send_due_mails(NOON)
    assert len(send_due_mails(NOON)) == 1
    assert len({message.extra_headers["Message-ID"] for message in outbox.outbox}) == 1
    assert len(sent()) == 2


@pytest.mark.django_db(transaction=True)
def test_two_at_once_send_one(connection: Connection) -> None:
    sync(connection)
    found: list[int] = []
    start = threading.Barrier(2)

    def tick() -> None:
        start.wait()
        try:
            found.append(len(send_due_mails(NOON)))
        finally:
            connections.close_all()

    both = [threading.Thread(target=tick) for _ in range(2)]
    for each in both:
        each.start()
    for each in both:
        each.join(timeout=60)
    assert sorted(found) == [0, 1]
    assert len(sent()) == 1
    assert Batch.objects.get().events.filter(kind="mailed").count() == 1
