"""Recognises customers by what was kept of them, and keeps new ones. Nothing here guesses: two companies are asked."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from django.db.models import Max

from kloppend.domain.customers import Who, same_customer, who_is
from kloppend.domain.invoice import Debtor
from kloppend.domain.problems import Problem, Refused
from kloppend.records.models import Administration, DebtorLink, KnownCustomer, Order
from kloppend.records.secrets import email_hash, keyed_hash


def keys_of(debtor: Debtor) -> Who:
    """Keyed hashes of the company and the VAT number, that can be compared as those can; nothing stays nothing."""
    who = who_is(debtor)
    company = keyed_hash(f"company {who.company}") if who.company else ""
    return Who(company, keyed_hash(who.vat_number) if who.vat_number else "")


def known_customers(administration: int, email: str) -> list[KnownCustomer]:
    """Everybody known by this e-mail address, the first one first."""
    rows = KnownCustomer.objects.filter(administration=administration, email_hash=email_hash(email))
    return list(rows.select_related("link", "order").order_by("pk"))


def link_of(administration: int, debtor: Debtor) -> DebtorLink | None:
    """The debtor this customer is known as, by the same facts or by alike ones; None for somebody unclear or new."""
    return _link_among(known_customers(administration, debtor.email), keys_of(debtor))


def _link_among(known: Sequence[KnownCustomer], who: Who) -> DebtorLink | None:
    exact = [row.link for row in known if _who(row) == who]
    alike = {row.link_id: row.link for row in known if same_customer(_who(row), who)}
    found = exact or list(alike.values())
    return found[0] if len(found) == 1 else None


def recognised(administration: int, debtor: Debtor, order_number: str) -> Debtor:
    """The debtor with what is known of them. Raises Refused with SAME_EMAIL_OTHER_CUSTOMER when a person must say."""
    if not debtor.email:
        return debtor
    known = known_customers(administration, debtor.email)
    link = _link_among(known, keys_of(debtor))
    if link is not None:
        chosen = link.how == DebtorLink.How.CHOSEN
        return replace(debtor, number=link.number if chosen else "", separate=link.ordinal > 1 and not chosen)
    if known:
        numbers = ", ".join(dict.fromkeys(row.order.shop_order_id for row in known))
        raise Refused(Problem.of("SAME_EMAIL_OTHER_CUSTOMER", order=order_number, known=numbers))
    return debtor


def lock_customers(administration: int) -> None:
    """Whoever makes customers known, or decides about them, waits here for others. Until the transaction ends."""
    Administration.objects.select_for_update(no_key=True).get(pk=administration)


def remember(administration: int, order: Order, debtor: Debtor, at: datetime) -> None:
    """From now on this customer is known; `recognised` came first, under the lock. Without an e-mail nobody is."""
    if not debtor.email:
        return
    who, link, address = keys_of(debtor), link_of(administration, debtor), email_hash(debtor.email)
    how = KnownCustomer.How.ALIKE if link else KnownCustomer.How.FIRST
    if link is None:
        link, _ = DebtorLink.objects.get_or_create(administration_id=administration, email_hash=address, ordinal=1)
    KnownCustomer.objects.get_or_create(
        administration_id=administration,
        email_hash=address,
        company_hash=who.company,
        vat_hash=who.vat_number,
        defaults={"link": link, "order": order, "how": how, "since": at},
    )


def another_link(administration: int, email: str) -> DebtorLink:
    """A debtor more for this address. The caller holds the lock."""
    rows = DebtorLink.objects.filter(administration=administration, email_hash=email_hash(email))
    highest = rows.aggregate(highest=Max("ordinal"))["highest"] or 0
    return DebtorLink.objects.create(
        administration_id=administration, email_hash=email_hash(email), ordinal=highest + 1
    )


def _who(row: KnownCustomer) -> Who:
    return Who(row.company_hash, row.vat_hash)
