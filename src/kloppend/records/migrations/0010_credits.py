"""Credit notes: which invoice one takes back, never more than there is, and a new invoice only after the whole of it."""

from typing import Any

import django.db.models.deletion
from django.db import migrations, models
from django.db.models import Q

MAY_CHANGE = """
CREATE OR REPLACE FUNCTION records_only_void_may_change() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    free text[] := ARRAY['void', 'credited'];
BEGIN
    IF (to_jsonb(OLD) - free) IS DISTINCT FROM (to_jsonb(NEW) - free) OR (OLD.void AND NOT NEW.void) THEN
        RAISE EXCEPTION 'an invoice is written once: UPDATE refused' USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NEW;
END $$;
"""

# At the end of the transaction, as tables of a backup come in by name. The row lock makes two at once wait here.
NEVER_TOO_MUCH = """
CREATE FUNCTION records_credits_fit() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    whole records_invoice%ROWTYPE;
    so_far numeric;
    notes integer;
BEGIN
    SELECT * INTO whole FROM records_invoice WHERE id = COALESCE(NEW.credits_id, NEW.id) FOR UPDATE;
    SELECT -COALESCE(SUM(total_inc_vat), 0), COUNT(*) INTO so_far, notes
        FROM records_invoice WHERE credits_id = whole.id AND NOT void;
    IF notes > 0 AND (whole.void OR whole.kind <> 'invoice'
            OR so_far NOT BETWEEN LEAST(whole.total_inc_vat, 0) AND GREATEST(whole.total_inc_vat, 0)) THEN
        RAISE EXCEPTION 'credits exceed invoice %', whole.id USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    IF whole.credited AND (notes = 0 OR so_far <> whole.total_inc_vat) THEN
        RAISE EXCEPTION 'invoice % is not credited in full', whole.id USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    IF EXISTS (SELECT FROM records_invoice WHERE credits_id = whole.id AND order_id <> whole.order_id) THEN
        RAISE EXCEPTION 'a credit is of the order of its invoice' USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NULL;
END $$;

CREATE FUNCTION records_credited_lines_fit() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    whole records_invoiceline%ROWTYPE;
    fits boolean;
BEGIN
    IF NEW.credits_id IS NULL THEN
        RETURN NULL;
    END IF;
    SELECT * INTO whole FROM records_invoiceline WHERE id = NEW.credits_id;
    PERFORM FROM records_invoice WHERE id = whole.invoice_id FOR UPDATE;
    SELECT -COALESCE(SUM(line.net), 0) BETWEEN LEAST(whole.net, 0) AND GREATEST(whole.net, 0)
            AND -COALESCE(SUM(line.vat), 0) BETWEEN LEAST(whole.vat, 0) AND GREATEST(whole.vat, 0)
            AND COALESCE(SUM(line.pieces), 0) <= whole.quantity
            AND BOOL_AND(note.credits_id = whole.invoice_id) INTO fits
        FROM records_invoiceline line JOIN records_invoice note ON note.id = line.invoice_id AND NOT note.void
        WHERE line.credits_id = whole.id;
    IF NOT fits THEN
        RAISE EXCEPTION 'credits exceed line %', whole.id USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NULL;
END $$;

CREATE CONSTRAINT TRIGGER invoice_credits_fit AFTER INSERT OR UPDATE ON records_invoice
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION records_credits_fit();
CREATE CONSTRAINT TRIGGER invoiceline_credits_fit AFTER INSERT ON records_invoiceline
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION records_credited_lines_fit();
"""

UNDO = """
DROP TRIGGER invoiceline_credits_fit ON records_invoiceline;
DROP TRIGGER invoice_credits_fit ON records_invoice;
DROP FUNCTION records_credited_lines_fit();
DROP FUNCTION records_credits_fit();
"""

ONLY_VOID_MAY_CHANGE = """
CREATE OR REPLACE FUNCTION records_only_void_may_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF (to_jsonb(OLD) - 'void') IS DISTINCT FROM (to_jsonb(NEW) - 'void') THEN
        RAISE EXCEPTION 'an invoice is written once: UPDATE refused' USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NEW;
END $$;
"""


def _link(to: str, related_name: str) -> "models.ForeignKey[Any, Any]":
    return models.ForeignKey(
        null=True, on_delete=django.db.models.deletion.PROTECT, related_name=related_name, to=f"records.{to}"
    )


class Migration(migrations.Migration):
    dependencies = [("records", "0009_vat_checks")]

    operations = [
        migrations.AddField("invoice", "credits", _link("invoice", "credit_notes")),
        migrations.AddField("invoice", "credited", models.BooleanField(default=False)),
        migrations.AddField("invoice", "payment_code", models.TextField(blank=True, default="")),
        migrations.AddField("invoice", "credit_reason", models.CharField(blank=True, default="", max_length=20)),
        migrations.AddField("invoice", "order_status", models.CharField(blank=True, default="", max_length=20)),
        migrations.AddField("invoice", "order_fingerprint", models.CharField(blank=True, default="", max_length=64)),
        migrations.AddField("invoiceline", "credits", _link("invoiceline", "credit_lines")),
        migrations.AddField("invoiceline", "pieces", models.PositiveIntegerField(default=0)),
        migrations.AddField("delivery", "by_hand", models.BooleanField(default=False)),
        migrations.RemoveConstraint("invoice", "one_living_invoice_per_order"),
        migrations.AddConstraint(
            "invoice",
            models.UniqueConstraint(
                fields=["order"],
                condition=Q(kind="invoice", void=False, credited=False),
                name="one_living_invoice_per_order",
            ),
        ),
        migrations.AddConstraint(
            "invoice",
            models.CheckConstraint(
                condition=Q(kind="invoice", credits=None) | Q(kind="credit", credits__isnull=False, credited=False),
                name="a_credit_has_its_invoice",
            ),
        ),
        migrations.AddConstraint(
            "invoiceline", models.UniqueConstraint(fields=["invoice", "credits"], name="a_line_credited_once_per_note")
        ),
        migrations.AddConstraint(
            "delivery",
            models.CheckConstraint(
                condition=Q(by_hand=False) | Q(batch=None, external_id=None), name="by_hand_is_in_no_file"
            ),
        ),
        migrations.RunSQL(MAY_CHANGE, ONLY_VOID_MAY_CHANGE),
        migrations.RunSQL(NEVER_TOO_MUCH, UNDO),
    ]
