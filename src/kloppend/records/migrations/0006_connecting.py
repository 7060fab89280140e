"""What a connection remembers of the backup it was restored from."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("records", "0005_people")]

    operations = [
        migrations.AddField(
            model_name="connection", name="verify_before_sending", field=models.BooleanField(default=False)
        ),
        migrations.AddField(model_name="connection", name="backup_taken_at", field=models.DateTimeField(null=True)),
        migrations.AddField(model_name="connection", name="restored_at", field=models.DateTimeField(null=True)),
        migrations.AddField(
            model_name="connection", name="file_numbers_above", field=models.PositiveIntegerField(default=0)
        ),
    ]
