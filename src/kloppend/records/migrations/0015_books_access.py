"""Consents that are under way, and what the books offer to choose from."""

import django.db.models.deletion
from django.db import migrations, models

import kloppend.records.secrets


class Migration(migrations.Migration):
    dependencies = [("records", "0014_read_back")]

    operations = [
        migrations.CreateModel(
            name="AskedConsent",
            fields=[
                ("state_hash", models.CharField(max_length=64, primary_key=True, serialize=False)),
                ("kind", models.CharField(max_length=40)),
                ("options", models.JSONField(default=dict)),
                ("verifier", kloppend.records.secrets.EncryptedTextField()),
                ("asked_by", models.CharField(blank=True, default="", max_length=100)),
                ("asked_at", models.DateTimeField()),
                (
                    "connection",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="asked_consents",
                        to="records.connection",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="BooksOffer",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("kind", models.CharField(max_length=40)),
                ("label", models.CharField(max_length=200)),
                ("name", models.CharField(blank=True, default="", max_length=200)),
                ("content", models.JSONField(default=dict)),
                ("read_at", models.DateTimeField()),
                (
                    "connection",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="books_offers",
                        to="records.connection",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("connection", "kind", "label"), name="one_offer_per_administration")
                ]
            },
        ),
    ]
