"""Collects what was looked at and what was not as it should be, and says so at the end."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from tests.stores.figures import Invoiced, StoreOrder, differences
from tests.stores.shopping import Customer, Purchase


@dataclass(slots=True)
class Verdict:
    """The findings of one store test."""

    console: Console
    faults: list[str] = field(default_factory=list)
    looks: int = 0

    def expect(self, what: str, wrong: object) -> None:
        """One look: `what` in words; `wrong` is empty when all is well, else it says what was seen."""
        self.looks += 1
        if wrong:
            self.faults.append(f"{what}: {wrong}")
        self.console.print(f"  {'[red]NO[/red] ' if wrong else 'yes'} {escape(what)}", soft_wrap=True)

    def orders(
        self,
        purchases: Mapping[str, Purchase],
        orders: Mapping[str, StoreOrder],
        invoices: Mapping[str, Invoiced],
        outcomes: Mapping[str, tuple[str, str]],
    ) -> None:
        """Compare each order's rows with its invoice and print the table."""
        table = Table("Order", "What", "Store total", "Invoice total", "Became", "Equal")
        for number, purchase in purchases.items():
            self.looks += 1
            state, reason = outcomes.get(number, ("not fetched", ""))
            invoice = invoices.get(number)
            wrong = judged(purchase, orders[number], invoice, reason)
            self.faults += [f"order {number}, {purchase.what}: {text}" for text in wrong]
            equal = "[red]NO[/red]" if wrong else ("yes" if invoice else "-")
            total = str(invoice.total) if invoice else ""
            became = f"{state} {reason}".strip()
            table.add_row(
                number, purchase.what, f"{orders[number].total} {orders[number].currency}", total, became, equal
            )
        self.console.print(table)

    def close(self, version: str, php: str) -> int:
        """Print the last line; returns the exit status."""
        for fault in self.faults:
            self.console.print(f"[red]{escape(fault)}[/red]", soft_wrap=True)
        outcome = f"{len(self.faults)} WRONG" if self.faults else "ALL EQUAL"
        self.console.print(f"OpenCart {version}, PHP {php}: {self.looks} looks, {outcome}", soft_wrap=True)
        return 1 if self.faults else 0


def judged(purchase: Purchase, order: StoreOrder, invoice: Invoiced | None, reason: str) -> list[str]:
    """What is wrong with the outcome of this purchase, in words."""
    if invoice is not None:
        found = [*differences(order, invoice), *misnamed(purchase.customer, invoice, order.name)]
        return found if purchase.invoiced or purchase.refusals else ["must not be invoiced", *found]
    if purchase.invoiced:
        return [f"no invoice ({reason or 'no reason told'})"]
    if purchase.refusals and reason not in purchase.refusals:
        return [f"refused as {reason}, expected one of {', '.join(sorted(purchase.refusals))}"]
    return []


def misnamed(customer: Customer, invoice: Invoiced, kept: str) -> Iterator[str]:
    """Where the invoice's debtor is not the customer who ordered; tables before 3.0.5 cannot keep every character."""
    name = kept if max(customer.full_name) > "\uffff" else customer.full_name
    wanted = {
        "Name": customer.company or name.strip(),
        "Email": customer.email,
        "VatNumber": customer.vat_number,
    }
    for name, value in wanted.items():
        if invoice.debtor.get(name, "") != value:
            yield f"debtor's {name} is {invoice.debtor.get(name, '')!r}, the customer gave {value!r}"
