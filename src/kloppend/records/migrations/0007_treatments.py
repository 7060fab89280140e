"""Whose VAT an invoice bears, what the ICP listing asks for, and the treatment of each line."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("records", "0006_connecting")]

    operations = [
        migrations.AddField("invoice", "vat_country", models.CharField(default="NL", max_length=2)),
        migrations.AddField("invoice", "icp", models.JSONField(null=True)),
        migrations.AddField("invoiceline", "treatment", models.CharField(blank=True, default="", max_length=20)),
    ]
