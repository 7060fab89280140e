"""What a person does with orders and files: front of the queue, imported, recalled, mailed, and who did it."""

import django.db.models.deletion
from django.db import migrations, models

MAY_CHANGE = """
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

CREATE TRIGGER batchevent_written_once BEFORE UPDATE OR DELETE ON records_batchevent
    FOR EACH ROW EXECUTE FUNCTION records_refuse_change();
"""

UNDO = """
CREATE OR REPLACE FUNCTION records_only_the_state_may_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF (to_jsonb(OLD) - 'state' - 'placed_at') IS DISTINCT FROM (to_jsonb(NEW) - 'state' - 'placed_at') THEN
        RAISE EXCEPTION 'a sealed file is written once: UPDATE refused' USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NEW;
END $$;

DROP TRIGGER batchevent_written_once ON records_batchevent;
"""


class Migration(migrations.Migration):
    dependencies = [
        ("records", "0003_schedule"),
    ]

    operations = [
        migrations.AddField(
            model_name="batch",
            name="imported_at",
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name="batch",
            name="imported_by",
            field=models.CharField(blank=True, default="", max_length=100),
        ),
        migrations.AddField(
            model_name="batch",
            name="verified",
            field=models.BooleanField(default=False),
        ),
        migrations.AddField(
            model_name="merchant",
            name="email",
            field=models.EmailField(blank=True, default="", max_length=254),
        ),
        migrations.AddField(
            model_name="order",
            name="front_at",
            field=models.DateTimeField(null=True),
        ),
        migrations.CreateModel(
            name="BatchEvent",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("sealed", "Sealed"),
                            ("placed", "Placed"),
                            ("fetched", "Fetched"),
                            ("imported", "Imported"),
                            ("not_imported", "Not Imported"),
                            ("recalled", "Recalled"),
                            ("mailed", "Mailed"),
                        ],
                        max_length=20,
                    ),
                ),
                ("at", models.DateTimeField()),
                ("by", models.CharField(blank=True, default="", max_length=100)),
                ("detail", models.JSONField(default=dict)),
                (
                    "batch",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="events", to="records.batch"
                    ),
                ),
            ],
            options={
                "ordering": ("id",),
            },
        ),
        migrations.CreateModel(
            name="MailSent",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("day", models.DateField()),
                ("tried_at", models.DateTimeField(null=True)),
                ("sent_at", models.DateTimeField(null=True)),
                (
                    "connection",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="mails", to="records.connection"
                    ),
                ),
            ],
            options={
                "constraints": [models.UniqueConstraint(fields=("connection", "day"), name="one_mail_a_day")],
            },
        ),
        migrations.RunSQL(MAY_CHANGE, UNDO),
    ]
