"""Which mail of which day went out."""

from django.db import models

from kloppend.records.models.connection import Connection


class MailSent(models.Model):
    """The one mail of a day about a connection: written before it is tried, `sent_at` follows when it went out."""

    connection = models.ForeignKey(Connection, on_delete=models.PROTECT, related_name="mails")
    day = models.DateField()
    tried_at = models.DateTimeField(null=True)
    sent_at = models.DateTimeField(null=True)

    class Meta:
        constraints = (models.UniqueConstraint(fields=["connection", "day"], name="one_mail_a_day"),)

    def __str__(self) -> str:
        return f"mail of {self.day}"
