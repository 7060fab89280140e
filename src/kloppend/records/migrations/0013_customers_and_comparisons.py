"""Who is whom in the books, and what came of comparing with an export of them."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("records", "0012_routes"),
    ]

    operations = [
        migrations.CreateModel(
            name="Comparison",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("made_at", models.DateTimeField()),
                ("made_by", models.CharField(max_length=100)),
                ("kind", models.CharField(choices=[("xaf", "Xaf"), ("csv", "Csv")], max_length=3)),
                ("sha256", models.CharField(max_length=64)),
                ("size", models.PositiveBigIntegerField()),
                ("columns", models.JSONField(default=dict)),
                ("first_day", models.DateField()),
                ("last_day", models.DateField()),
                ("entries", models.PositiveIntegerField()),
                ("counts", models.JSONField()),
                ("findings", models.JSONField()),
                ("reported_at", models.DateTimeField(null=True)),
                ("reported_by", models.CharField(blank=True, default="", max_length=100)),
            ],
        ),
        migrations.CreateModel(
            name="KnownCustomer",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("email_hash", models.CharField(max_length=64)),
                ("company_hash", models.CharField(blank=True, default="", max_length=64)),
                ("vat_hash", models.CharField(blank=True, default="", max_length=64)),
                (
                    "how",
                    models.CharField(
                        choices=[
                            ("first", "First"),
                            ("alike", "Alike"),
                            ("same", "Same"),
                            ("different", "Different"),
                            ("number", "Number"),
                        ],
                        max_length=10,
                    ),
                ),
                ("since", models.DateTimeField()),
                ("decided_by", models.CharField(blank=True, default="", max_length=100)),
            ],
        ),
        migrations.RemoveConstraint(
            model_name="debtorlink",
            name="one_link_per_customer",
        ),
        migrations.AddField(
            model_name="debtorlink",
            name="how",
            field=models.CharField(
                blank=True,
                choices=[("", "Not Told"), ("found", "Found"), ("made", "Made"), ("chosen", "Chosen")],
                default="",
                max_length=10,
            ),
        ),
        migrations.AddField(
            model_name="debtorlink",
            name="ordinal",
            field=models.PositiveIntegerField(default=1),
        ),
        migrations.AddField(
            model_name="debtorlink",
            name="told_at",
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name="debtorlink",
            name="told_by",
            field=models.CharField(blank=True, default="", max_length=100),
        ),
        migrations.AddConstraint(
            model_name="debtorlink",
            constraint=models.UniqueConstraint(
                fields=("administration", "email_hash", "ordinal"), name="one_link_per_customer_of_an_address"
            ),
        ),
        migrations.AddConstraint(
            model_name="debtorlink",
            constraint=models.CheckConstraint(
                condition=models.Q(("email_hash", ""), _negated=True), name="nobody_is_known_by_no_address"
            ),
        ),
        migrations.AddConstraint(
            model_name="debtorlink",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("how", "chosen"), _negated=True), models.Q(("number", ""), _negated=True), _connector="OR"
                ),
                name="a_chosen_debtor_has_a_number",
            ),
        ),
        migrations.AddField(
            model_name="comparison",
            name="connection",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="comparisons", to="records.connection"
            ),
        ),
        migrations.AddField(
            model_name="knowncustomer",
            name="administration",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="known_customers", to="records.administration"
            ),
        ),
        migrations.AddField(
            model_name="knowncustomer",
            name="link",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="known_customers", to="records.debtorlink"
            ),
        ),
        migrations.AddField(
            model_name="knowncustomer",
            name="order",
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to="records.order"),
        ),
        migrations.AddConstraint(
            model_name="knowncustomer",
            constraint=models.UniqueConstraint(
                fields=("administration", "email_hash", "company_hash", "vat_hash"), name="a_customer_has_one_debtor"
            ),
        ),
    ]
