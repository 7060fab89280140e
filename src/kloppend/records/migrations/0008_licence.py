"""Licences, and connections that can be found by the mark of their licence key."""

import django.db.models.deletion
from cryptography.fernet import InvalidToken
from django.db import migrations, models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.state import StateApps

from kloppend.domain.licence import licence_mark
from kloppend.records.secrets import EncryptedTextField, decrypt, licence_fingerprint


def fill(apps: StateApps, editor: BaseDatabaseSchemaEditor) -> None:
    """Rows that our keys do not open stay without: the doctor tells of those keys, which it could not if we failed."""
    connections = apps.get_model("records", "Connection").objects
    with editor.connection.cursor() as cursor:
        cursor.execute("SELECT id, licence_key FROM records_connection")
        for pk, sealed in cursor.fetchall():
            try:
                key = decrypt(sealed.encode()).decode()
            except InvalidToken:
                continue
            connections.filter(pk=pk).update(licence_fingerprint=licence_fingerprint(licence_mark(key)))


class Migration(migrations.Migration):
    dependencies = [("records", "0007_treatments")]

    operations = [
        migrations.CreateModel(
            name="Licence",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("key", EncryptedTextField()),
                ("fingerprint", models.CharField(max_length=64, unique=True)),
                ("trial", models.BooleanField(default=False)),
                ("last_day", models.DateField(null=True)),
                ("made_at", models.DateTimeField()),
                ("ended_at", models.DateTimeField(null=True)),
                (
                    "merchant",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="licences", to="records.merchant"
                    ),
                ),
            ],
        ),
        migrations.AddField(
            "connection",
            "licence_fingerprint",
            models.CharField(blank=True, db_index=True, default="", max_length=64),
        ),
        migrations.RunPython(fill, migrations.RunPython.noop),
    ]
