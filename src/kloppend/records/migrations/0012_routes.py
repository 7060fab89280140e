"""How files travel: by which way, that one is uncertain or being taken back, and dates of a clock that was wrong."""

import django.db.models.deletion
from django.db import migrations, models

import kloppend.records.secrets

# A file may change its way only while nothing of it left the house.
MAY_CHANGE = """
CREATE OR REPLACE FUNCTION records_only_the_state_may_change() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    free text[] := ARRAY['state', 'placed_at', 'imported_at', 'imported_by', 'received_at', 'taking_back', 'route_id'];
BEGIN
    IF (to_jsonb(OLD) - free) IS DISTINCT FROM (to_jsonb(NEW) - free) THEN
        RAISE EXCEPTION 'a sealed file is written once: UPDATE refused' USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    IF OLD.state <> 'sealed' AND OLD.route_id IS DISTINCT FROM NEW.route_id THEN
        RAISE EXCEPTION 'a file on its way keeps to it: UPDATE refused' USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    IF OLD.state = 'recalled' AND to_jsonb(OLD) - 'taking_back' IS DISTINCT FROM to_jsonb(NEW) - 'taking_back' THEN
        RAISE EXCEPTION 'a recalled file stays recalled: UPDATE refused' USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NEW;
END $$;
"""

UNDO = """
CREATE OR REPLACE FUNCTION records_only_the_state_may_change() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    free text[] := ARRAY['state', 'placed_at', 'imported_at', 'imported_by'];
BEGIN
    IF (to_jsonb(OLD) - free) IS DISTINCT FROM (to_jsonb(NEW) - free) THEN
        RAISE EXCEPTION 'a sealed file is written once: UPDATE refused' USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    IF OLD.state = 'recalled' AND to_jsonb(OLD) IS DISTINCT FROM to_jsonb(NEW) THEN
        RAISE EXCEPTION 'a recalled file stays recalled: UPDATE refused' USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NEW;
END $$;
"""


class Migration(migrations.Migration):
    dependencies = [
        ("records", "0011_rest"),
    ]

    operations = [
        migrations.AddField(
            model_name="batch",
            name="received_at",
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name="batch",
            name="taking_back",
            field=models.BooleanField(default=False),
        ),
        migrations.AddField(
            model_name="connection",
            name="wrong_dates_until",
            field=models.DateField(null=True),
        ),
        migrations.AlterField(
            model_name="batch",
            name="state",
            field=models.CharField(
                choices=[
                    ("sealed", "Sealed"),
                    ("staged", "Staged"),
                    ("uncertain", "Uncertain"),
                    ("placed", "Placed"),
                    ("fetched", "Fetched"),
                    ("recalled", "Recalled"),
                ],
                default="sealed",
                max_length=10,
            ),
        ),
        migrations.AlterField(
            model_name="batchevent",
            name="kind",
            field=models.CharField(
                choices=[
                    ("sealed", "Sealed"),
                    ("placed", "Placed"),
                    ("fetched", "Fetched"),
                    ("taken", "Taken"),
                    ("received", "Received"),
                    ("uncertain", "Uncertain"),
                    ("decided", "Decided"),
                    ("imported", "Imported"),
                    ("not_imported", "Not Imported"),
                    ("recalled", "Recalled"),
                    ("mailed", "Mailed"),
                ],
                max_length=20,
            ),
        ),
        migrations.CreateModel(
            name="Route",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "kind",
                    models.CharField(choices=[("feed", "Feed"), ("folder", "Folder"), ("sftp", "Sftp")], max_length=10),
                ),
                ("current", models.BooleanField(default=False)),
                ("folder", models.CharField(blank=True, default="", max_length=500)),
                ("host", models.CharField(blank=True, default="", max_length=255)),
                ("port", models.PositiveIntegerField(default=22)),
                ("username", models.CharField(blank=True, default="", max_length=100)),
                ("password", kloppend.records.secrets.EncryptedTextField(blank=True, default="")),
                ("private_key", kloppend.records.secrets.EncryptedTextField(blank=True, default="")),
                ("host_key", models.TextField(blank=True, default="")),
                ("renames", models.BooleanField(default=True)),
                ("token_hash", models.CharField(max_length=64, null=True, unique=True)),
                ("since", models.DateTimeField(auto_now_add=True)),
                (
                    "connection",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="routes", to="records.connection"
                    ),
                ),
            ],
        ),
        migrations.AddField(
            model_name="batch",
            name="route",
            field=models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.PROTECT, related_name="batches", to="records.route"
            ),
        ),
        migrations.AddConstraint(
            model_name="route",
            constraint=models.UniqueConstraint(
                condition=models.Q(("current", True)), fields=("connection",), name="one_way_at_a_time"
            ),
        ),
        migrations.RunSQL(MAY_CHANGE, UNDO),
    ]
