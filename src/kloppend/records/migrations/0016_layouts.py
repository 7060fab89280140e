"""Who says that a file layout is right, a merchant's own layout, the shop's names for its codes, and lists per state."""

import django.db.models.deletion
from django.db import migrations, models
from django.db.models import Q


class Migration(migrations.Migration):
    dependencies = [
        ("records", "0015_books_access"),
    ]

    operations = [
        migrations.CreateModel(
            name="LayoutVerified",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("mark", models.CharField(max_length=64)),
                ("name", models.CharField(max_length=200)),
                ("sample_sha256", models.CharField(max_length=64)),
                ("at", models.DateTimeField()),
                ("by", models.CharField(max_length=40)),
                ("withdrawn_at", models.DateTimeField(null=True)),
                ("withdrawn_by", models.CharField(blank=True, default="", max_length=40)),
                (
                    "connection",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="layouts_verified",
                        to="records.connection",
                    ),
                ),
            ],
        ),
        migrations.AddConstraint(
            model_name="layoutverified",
            constraint=models.UniqueConstraint(
                fields=["connection", "mark"], condition=Q(withdrawn_at=None), name="one_standing_word_per_layout"
            ),
        ),
        migrations.AddField("connection", "own_layout", models.TextField(blank=True, default="")),
        migrations.AddField("connection", "shop_names", models.JSONField(default=dict)),
        migrations.RemoveIndex("order", "order_by_state"),
        migrations.AddIndex("order", models.Index(fields=["connection", "state", "id"], name="order_by_state")),
    ]
