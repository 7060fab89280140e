from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = (("records", "0013_customers_and_comparisons"),)

    operations = (
        migrations.AddField(model_name="delivery", name="read_back", field=models.JSONField(default=dict)),
        migrations.AddField(model_name="delivery", name="attached_at", field=models.DateTimeField(null=True)),
        migrations.AddField(model_name="delivery", name="attach_tries", field=models.PositiveIntegerField(default=0)),
    )
