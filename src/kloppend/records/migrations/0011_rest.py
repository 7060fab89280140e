"""Books that answer: tokens, what was sent under which reference, and what became of it."""

import django.db.models.deletion
from django.db import migrations, models

import kloppend.records.secrets


class Migration(migrations.Migration):
    dependencies = [
        ("records", "0010_credits"),
    ]

    operations = [
        migrations.CreateModel(
            name="BooksTokens",
            fields=[
                (
                    "connection",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        primary_key=True,
                        related_name="tokens",
                        serialize=False,
                        to="records.connection",
                    ),
                ),
                ("content", kloppend.records.secrets.EncryptedTextField(blank=True, default="")),
                ("saved_at", models.DateTimeField(auto_now=True)),
            ],
        ),
        migrations.CreateModel(
            name="SentDocument",
            fields=[
                (
                    "delivery",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        primary_key=True,
                        related_name="document",
                        serialize=False,
                        to="records.delivery",
                    ),
                ),
                ("content", models.BinaryField()),
            ],
        ),
        migrations.AddField(
            model_name="administration",
            name="proved_look_up_at",
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name="debtorlink",
            name="creating_at",
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name="delivery",
            name="books_status",
            field=models.CharField(blank=True, default="", max_length=40),
        ),
        migrations.AddField(
            model_name="delivery",
            name="checked_at",
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name="delivery",
            name="debtor_number",
            field=models.CharField(blank=True, default="", max_length=60),
        ),
        migrations.AddField(
            model_name="delivery",
            name="debtor_shared",
            field=models.BooleanField(default=False),
        ),
        migrations.AddField(
            model_name="delivery",
            name="decided_by",
            field=models.CharField(blank=True, default="", max_length=100),
        ),
        migrations.AddField(
            model_name="delivery",
            name="look_ups",
            field=models.PositiveIntegerField(default=0),
        ),
        migrations.AddField(
            model_name="delivery",
            name="next_look_at",
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name="delivery",
            name="reference",
            field=models.CharField(max_length=60, null=True),
        ),
        migrations.AddField(
            model_name="delivery",
            name="sendings",
            field=models.PositiveIntegerField(default=0),
        ),
        migrations.AddField(
            model_name="delivery",
            name="sent_at",
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name="delivery",
            name="state",
            field=models.CharField(
                blank=True,
                choices=[
                    ("", "By File"),
                    ("intended", "Intended"),
                    ("sending", "Sending"),
                    ("unclear", "Unclear"),
                    ("confirmed", "Confirmed"),
                    ("rejected", "Rejected"),
                    ("withdrawn", "Withdrawn"),
                ],
                default="",
                max_length=10,
            ),
        ),
        migrations.AddField(
            model_name="delivery",
            name="vat_sent",
            field=models.JSONField(default=dict),
        ),
        migrations.AddField(
            model_name="timetable",
            name="next_look_at",
            field=models.DateTimeField(null=True),
        ),
        migrations.AddConstraint(
            model_name="delivery",
            constraint=models.UniqueConstraint(
                condition=models.Q(("state__in", ["rejected", "withdrawn"]), _negated=True),
                fields=("administration", "reference"),
                name="reference_used_once",
            ),
        ),
        migrations.AddConstraint(
            model_name="delivery",
            constraint=models.CheckConstraint(
                condition=models.Q(("state", ""), ("reference__isnull", False), _connector="OR"),
                name="what_is_posted_is_marked",
            ),
        ),
        migrations.AddConstraint(
            model_name="delivery",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("state__in", ["sending", "unclear"]), _negated=True),
                    models.Q(("sendings__gt", 0), ("sent_at__isnull", False)),
                    _connector="OR",
                ),
                name="what_was_sent_has_a_moment",
            ),
        ),
        migrations.AddConstraint(
            model_name="delivery",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("state", "confirmed"), _negated=True),
                    ("external_id__isnull", False),
                    models.Q(("decided_by", ""), _negated=True),
                    _connector="OR",
                ),
                name="confirmed_by_the_books_or_a_person",
            ),
        ),
    ]
