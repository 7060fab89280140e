"""What VIES said of VAT numbers, and on which of it an invoice rests."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("records", "0008_licence")]

    operations = [
        migrations.CreateModel(
            name="VatCheck",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("number_hash", models.CharField(max_length=64)),
                ("country", models.CharField(max_length=2)),
                (
                    "outcome",
                    models.CharField(
                        choices=[("valid", "Valid"), ("invalid", "Invalid"), ("unavailable", "Unavailable")],
                        default="unavailable",
                        max_length=12,
                    ),
                ),
                ("checked_at", models.DateTimeField()),
                ("consultation_number", models.CharField(blank=True, default="", max_length=60)),
                ("fault", models.CharField(blank=True, default="", max_length=60)),
                ("tries", models.PositiveIntegerField(default=0)),
                ("next_try_at", models.DateTimeField(null=True)),
                (
                    "connection",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="vat_checks", to="records.connection"
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(fields=["connection", "number_hash", "-checked_at"], name="vat_check_newest_first")
                ],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("outcome", "unavailable")),
                        fields=("connection", "number_hash"),
                        name="one_open_question_per_vat_number",
                    )
                ],
            },
        ),
        migrations.AddField(
            "invoice",
            "vat_check",
            models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.PROTECT, related_name="invoices", to="records.vatcheck"
            ),
        ),
    ]
