"""Who is whom in the books: customers by keyed hashes only, so that these rows hold no name and no address."""

from django.db import models
from django.db.models import Q

from kloppend.records.models.connection import Administration
from kloppend.records.models.order import Order


class DebtorLink(models.Model):
    """A customer in the books, by a keyed hash of the e-mail; `number` is empty while the books do not tell it.

    The first customer of an address has `ordinal` 1; others follow when a person says that they are others.
    """

    class How(models.TextChoices):
        NOT_TOLD = ""
        FOUND = "found"  # in the books, by e-mail
        MADE = "made"  # by us
        CHOSEN = "chosen"  # a person named the number

    administration = models.ForeignKey(Administration, on_delete=models.PROTECT, related_name="debtor_links")
    email_hash = models.CharField(max_length=64)
    ordinal = models.PositiveIntegerField(default=1)
    number = models.CharField(max_length=60, blank=True, default="")
    how = models.CharField(max_length=10, choices=How, blank=True, default=How.NOT_TOLD)
    told_at = models.DateTimeField(null=True)  # when `number` came to be known, and how
    told_by = models.CharField(max_length=100, blank=True, default="")
    first_sent_at = models.DateTimeField(auto_now_add=True)
    creating_at = models.DateTimeField(null=True)  # committed before the books are asked to make this debtor

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=["administration", "email_hash", "ordinal"], name="one_link_per_customer_of_an_address"
            ),
            models.CheckConstraint(condition=~Q(email_hash=""), name="nobody_is_known_by_no_address"),
            models.CheckConstraint(condition=~Q(how="chosen") | ~Q(number=""), name="a_chosen_debtor_has_a_number"),
        )

    def __str__(self) -> str:
        return f"debtor {self.number or '(number not told)'}"


class KnownCustomer(models.Model):
    """To which debtor a company, VAT number or private person of an e-mail address belongs, and who said so."""

    class How(models.TextChoices):
        FIRST = "first"  # nobody else had this address
        ALIKE = "alike"  # the same company or VAT number as one that was known
        SAME = "same"  # a person: the same customer all the same
        DIFFERENT = "different"  # a person: another customer
        NUMBER = "number"  # a person: this debtor

    BY_A_PERSON = (How.SAME, How.DIFFERENT, How.NUMBER)

    administration = models.ForeignKey(Administration, on_delete=models.PROTECT, related_name="known_customers")
    email_hash = models.CharField(max_length=64)
    company_hash = models.CharField(max_length=64, blank=True, default="")
    vat_hash = models.CharField(max_length=64, blank=True, default="")
    link = models.ForeignKey(DebtorLink, on_delete=models.PROTECT, related_name="known_customers")
    order = models.ForeignKey(Order, on_delete=models.PROTECT, related_name="+")  # in which they were first seen so
    how = models.CharField(max_length=10, choices=How)
    since = models.DateTimeField()
    decided_by = models.CharField(max_length=100, blank=True, default="")

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=["administration", "email_hash", "company_hash", "vat_hash"], name="a_customer_has_one_debtor"
            ),
        )

    def __str__(self) -> str:
        return f"customer of order {self.order_id} ({self.how})"
