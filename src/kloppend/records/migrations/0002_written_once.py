"""The database itself refuses to change what is written once: amounts, lines and the trail."""

from typing import ClassVar

from django.db import migrations

REFUSE = """
CREATE FUNCTION records_refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% is written once: % refused', TG_TABLE_NAME, TG_OP USING ERRCODE = 'integrity_constraint_violation';
END $$;

CREATE FUNCTION records_only_void_may_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF (to_jsonb(OLD) - 'void') IS DISTINCT FROM (to_jsonb(NEW) - 'void') THEN
        RAISE EXCEPTION 'an invoice is written once: UPDATE refused' USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NEW;
END $$;

CREATE FUNCTION records_only_the_state_may_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF (to_jsonb(OLD) - 'state' - 'placed_at') IS DISTINCT FROM (to_jsonb(NEW) - 'state' - 'placed_at') THEN
        RAISE EXCEPTION 'a sealed file is written once: UPDATE refused' USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NEW;
END $$;

CREATE TRIGGER batch_written_once BEFORE UPDATE ON records_batch
    FOR EACH ROW EXECUTE FUNCTION records_only_the_state_may_change();
CREATE TRIGGER batch_kept BEFORE DELETE ON records_batch
    FOR EACH ROW EXECUTE FUNCTION records_refuse_change();
CREATE TRIGGER batchcontent_written_once BEFORE UPDATE ON records_batchcontent
    FOR EACH ROW EXECUTE FUNCTION records_refuse_change();
CREATE TRIGGER event_written_once BEFORE UPDATE OR DELETE ON records_event
    FOR EACH ROW EXECUTE FUNCTION records_refuse_change();
CREATE TRIGGER invoiceline_written_once BEFORE UPDATE OR DELETE ON records_invoiceline
    FOR EACH ROW EXECUTE FUNCTION records_refuse_change();
CREATE TRIGGER invoice_written_once BEFORE UPDATE ON records_invoice
    FOR EACH ROW EXECUTE FUNCTION records_only_void_may_change();
CREATE TRIGGER invoice_kept BEFORE DELETE ON records_invoice
    FOR EACH ROW EXECUTE FUNCTION records_refuse_change();
"""

UNDO = """
DROP TRIGGER batch_written_once ON records_batch;
DROP TRIGGER batch_kept ON records_batch;
DROP TRIGGER batchcontent_written_once ON records_batchcontent;
DROP FUNCTION records_only_the_state_may_change();
DROP TRIGGER event_written_once ON records_event;
DROP TRIGGER invoiceline_written_once ON records_invoiceline;
DROP TRIGGER invoice_written_once ON records_invoice;
DROP TRIGGER invoice_kept ON records_invoice;
DROP FUNCTION records_refuse_change();
DROP FUNCTION records_only_void_may_change();
"""


class Migration(migrations.Migration):
    dependencies: ClassVar[list[tuple[str, str]]] = [("records", "0001_records")]
    operations: ClassVar[list[migrations.RunSQL]] = [migrations.RunSQL(REFUSE, UNDO)]
