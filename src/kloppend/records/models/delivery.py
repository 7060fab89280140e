"""How invoices leave the house: a delivery each, packed in batches (files)."""

from django.db import models
from django.db.models import Q

from kloppend.records.models.connection import Administration, Connection
from kloppend.records.models.invoice import Invoice
from kloppend.records.models.route import Route


class Batch(models.Model):
    """One file. Its bytes are stored when it is sealed; what lies in a folder is a copy of them."""

    class Kind(models.TextChoices):
        DAILY = "daily"
        NOW = "now"
        TRIAL = "trial"

    class State(models.TextChoices):
        SEALED = "sealed"
        STAGED = "staged"
        UNCERTAIN = "uncertain"  # sent to a server that cannot rename, and not found there: a person decides
        PLACED = "placed"
        FETCHED = "fetched"
        RECALLED = "recalled"

    connection = models.ForeignKey(Connection, on_delete=models.PROTECT, related_name="batches")
    kind = models.CharField(max_length=10, choices=Kind, default=Kind.DAILY)
    business_date = models.DateField()
    sequence = models.PositiveIntegerField()
    state = models.CharField(max_length=10, choices=State, default=State.SEALED)
    name = models.CharField(max_length=200)
    sha256 = models.CharField(max_length=64)
    size = models.PositiveIntegerField()
    notes = models.JSONField(default=list)
    verified = models.BooleanField(default=False)  # whether a person had compared its layout with the real one
    route = models.ForeignKey(Route, on_delete=models.PROTECT, null=True, related_name="batches")  # null: download
    taking_back = models.BooleanField(default=False)  # a recall from elsewhere was begun; what it left is to be tidied
    received_at = models.DateTimeField(null=True)  # who fetched it by the feed has all of it, by its sha256
    sealed_at = models.DateTimeField(auto_now_add=True)
    placed_at = models.DateTimeField(null=True)
    imported_at = models.DateTimeField(null=True)  # only a person says so: a file gets no answer
    imported_by = models.CharField(max_length=100, blank=True, default="")

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=["connection", "business_date"], condition=Q(kind="daily"), name="one_daily_file_per_day"
            ),
            models.UniqueConstraint(fields=["connection", "sequence"], name="file_number_used_once"),
            models.UniqueConstraint(fields=["connection", "name"], name="file_name_used_once"),
        )

    def __str__(self) -> str:
        return f"{self.name} ({self.state})"


class Delivery(models.Model):
    """The one way an invoice goes out; committed before anything leaves.

    By file: a batch, and no state. To books that answer: a state and a reference. INTENDED has provably not gone out
    (or a person says so); SENDING is committed before it leaves, so whoever finds it later holds it for UNCLEAR.
    """

    class State(models.TextChoices):
        BY_FILE = ""
        INTENDED = "intended"
        SENDING = "sending"
        UNCLEAR = "unclear"
        CONFIRMED = "confirmed"
        REJECTED = "rejected"
        WITHDRAWN = "withdrawn"

    NOT_IN_BOOKS = (State.REJECTED, State.WITHDRAWN)
    PERHAPS_IN_BOOKS = (State.SENDING, State.UNCLEAR)
    UNDECIDED = (State.INTENDED, *PERHAPS_IN_BOOKS)

    invoice = models.OneToOneField(Invoice, on_delete=models.PROTECT, related_name="delivery")
    administration = models.ForeignKey(Administration, on_delete=models.PROTECT, related_name="deliveries")
    batch = models.ForeignKey(Batch, on_delete=models.PROTECT, null=True, related_name="deliveries")
    external_id = models.CharField(max_length=100, null=True)  # null: the books have not named it
    delivered_at = models.DateTimeField(null=True)
    by_hand = models.BooleanField(default=False)  # a credit note that a person put into the books
    state = models.CharField(max_length=10, choices=State, blank=True, default=State.BY_FILE)
    reference = models.CharField(max_length=60, null=True)  # our mark in the description
    debtor_number = models.CharField(max_length=60, blank=True, default="")
    debtor_shared = models.BooleanField(default=False)  # a collective debtor: not this customer alone
    vat_sent = models.JSONField(default=dict)  # base and VAT per VAT code of the books
    sendings = models.PositiveIntegerField(default=0)  # those that may have arrived
    sent_at = models.DateTimeField(null=True)  # the latest of them
    look_ups = models.PositiveIntegerField(default=0)  # since then
    next_look_at = models.DateTimeField(null=True)  # null while unclear: a person decides
    decided_by = models.CharField(max_length=100, blank=True, default="")  # who said that it is there, or is not
    checked_at = models.DateTimeField(null=True)  # when it was last read back
    books_status = models.CharField(max_length=40, blank=True, default="")
    read_back = models.JSONField(default=dict)  # what the books showed then: amounts, date and debtor number
    attached_at = models.DateTimeField(null=True)  # when the books took the PDF
    attach_tries = models.PositiveIntegerField(default=0)  # since then nothing of the posting depends on it

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["administration", "external_id"], name="one_delivery_per_external_id"),
            models.CheckConstraint(
                condition=Q(by_hand=False) | Q(batch=None, external_id=None), name="by_hand_is_in_no_file"
            ),
            models.UniqueConstraint(
                fields=["administration", "reference"],
                condition=~Q(state__in=["rejected", "withdrawn"]),
                name="reference_used_once",
            ),
            models.CheckConstraint(condition=Q(state="") | Q(reference__isnull=False), name="what_is_posted_is_marked"),
            models.CheckConstraint(
                condition=~Q(state__in=["sending", "unclear"]) | Q(sent_at__isnull=False, sendings__gt=0),
                name="what_was_sent_has_a_moment",
            ),
            models.CheckConstraint(
                condition=~Q(state="confirmed") | Q(external_id__isnull=False) | ~Q(decided_by=""),
                name="confirmed_by_the_books_or_a_person",
            ),
        )

    def __str__(self) -> str:
        return f"delivery of invoice {self.invoice_id}"
