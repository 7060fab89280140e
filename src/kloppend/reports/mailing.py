"""Sends each connection's daily mail, once: after the day's file was made, or at nine in the morning at the latest.

That a mail is to go out is committed before it is tried, and that it went out after. A process that dies in between
sends it again: twice the same mail (with the same Message-ID) is better than none. Two at once cannot both send,
because the row is locked while it is tried.
"""

import logging
from datetime import datetime, time, timedelta

from django.db import connection as database
from django.db import transaction

from kloppend.outside.mail import Mail, MailNotSent, send
from kloppend.records.models import Batch, BatchEvent, Connection, MailSent
from kloppend.reports.daily import daily_mail, new_files
from kloppend.reports.wording import zone_of

AT_THE_LATEST = time(9)
AGAIN_AFTER = timedelta(minutes=10)
ONE_AT_A_TIME = 0x6B6C6F7070  # the name of a lock of PostgreSQL's that ends with the session, however that ends
log = logging.getLogger(__name__)


def send_mails_alone(at: datetime) -> bool:
    """Send what is due, unless another process is at it; whether it was us.

    A mail server that hangs keeps one job waiting, minute after minute, and not one more each minute.
    """
    with database.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(%s)", [ONE_AT_A_TIME])
        if not cursor.fetchone()[0]:
            return False
        try:
            send_due_mails(at)
        finally:
            cursor.execute("SELECT pg_advisory_unlock(%s)", [ONE_AT_A_TIME])
    return True


def send_due_mails(at: datetime) -> list[Mail]:
    """Send what is due at this moment and return it; call it as often as you like, outside a transaction."""
    connections = Connection.objects.filter(active=True).exclude(merchant__email="").select_related("merchant")
    mails = (_send_once(connection, at) for connection in connections.order_by("pk") if _is_due(connection, at))
    return [mail for mail in mails if mail]


def _is_due(connection: Connection, at: datetime) -> bool:
    local = at.astimezone(zone_of(connection))
    if connection.mails.filter(day=local.date(), sent_at__isnull=False).exists():
        return False
    in_place = [Batch.State.PLACED, Batch.State.FETCHED]
    made = connection.batches.filter(kind=Batch.Kind.DAILY, business_date=local.date(), state__in=in_place)
    return local.time() >= AT_THE_LATEST or made.exists()


def _send_once(connection: Connection, at: datetime) -> Mail | None:
    if daily_mail(connection, at) is None:
        return None
    day = at.astimezone(zone_of(connection)).date()
    MailSent.objects.get_or_create(connection=connection, day=day)
    with transaction.atomic():
        waiting = MailSent.objects.select_for_update(skip_locked=True).filter(connection=connection, day=day)
        row = waiting.filter(sent_at=None).exclude(tried_at__gt=at - AGAIN_AFTER).first()
        files = new_files(connection, at)
        mail = daily_mail(connection, at, files) if row else None
        if row is None or mail is None:
            return None
        row.tried_at = at
        try:
            send(mail)
        except MailNotSent as error:
            log.warning("the mail of %s about connection %s was not sent: %s", day, connection.pk, error)
            mail = None
        else:
            row.sent_at = at
            BatchEvent.objects.bulk_create(BatchEvent(batch=file, kind=BatchEvent.Kind.MAILED, at=at) for file in files)
        row.save(update_fields=["tried_at", "sent_at"])
    return mail
