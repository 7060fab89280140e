"""A customer in OpenCart 4.x, where one form registers or not, and methods are asked for before they are chosen."""

from tests.stores.afterwards import give
from tests.stores.browser import Browser
from tests.stores.checkout import PASSWORD, basket_fields, buy_certificate
from tests.stores.furnish import VAT_FIELD
from tests.stores.furnish_more import second_address
from tests.stores.install import Store
from tests.stores.shopping import Purchase
from tests.stores.trouble import StoreTrouble


def buy(store: Store, purchase: Purchase) -> None:
    """Place the order."""
    with Browser(second_address(store) if purchase.second_store else store.address) as browser:
        _Checkout(store, browser, purchase).walk()


class _Checkout:
    def __init__(self, store: Store, browser: Browser, purchase: Purchase) -> None:
        self.store = store
        self.browser = browser
        self.purchase = purchase

    def walk(self) -> None:
        """From the first product to the confirmation."""
        purchase = self.purchase
        self.browser.get("index.php")
        if purchase.currency != "EUR":
            self.browser.post("index.php", {"code": purchase.currency}, route=self._method("common/currency", "save"))
        for product, quantity in purchase.basket:
            self._ask("checkout/cart", "add", basket_fields(product, quantity))
        if self.purchase.buys_certificate:
            buy_certificate(self.browser, self.store)
        self._codes()
        self.browser.get("index.php", route="checkout/checkout")
        self._ask("checkout/register", "save", self._who())
        if purchase.credit or purchase.points:
            give(self.store, purchase.credit, purchase.points)
        if purchase.points:
            self._ask(f"{self._place()}/reward", "save", {"reward": str(purchase.points)})
        quote = "quote" if self.store.release.numbers >= (4, 0, 2) else "getMethods"
        self._look("checkout/shipping_method", quote)
        self._ask("checkout/shipping_method", "save", {"shipping_method": "flat.flat"})
        self._look("checkout/payment_method", "getMethods")
        code = f"{purchase.payment}.{purchase.payment}" if self.store.release.numbers >= (4, 0, 2) else purchase.payment
        self._ask("checkout/payment_method", "save", {"payment_method": code})
        page = self.browser.get("index.php", route=self._method("checkout/confirm", "confirm"))
        if f"payment/{purchase.payment}" not in page.text:
            raise StoreTrouble(f"the checkout does not confirm: {page.text[:300]}")
        if purchase.confirmed:
            self._ask(self.store.release.extension_route("payment", purchase.payment), "confirm", {})

    def _codes(self) -> None:
        for kind, code in (("coupon", self.purchase.coupon), ("voucher", self.purchase.certificate)):
            if code:
                self._ask(f"{self._place()}/{kind}", "save", {kind: code})

    def _place(self) -> str:
        return "extension/opencart/checkout" if self.store.release.numbers >= (4, 1) else "extension/opencart/total"

    def _who(self) -> dict[str, str]:
        """A new store asks for the delivery address only, and so does this one."""
        fields = self.purchase.customer.fields()
        about = ("customer_group_id", "firstname", "lastname", "email", "telephone")
        data = {name: fields[name] for name in about}
        data |= {f"shipping_{name}": value for name, value in fields.items() if name not in ("email", "telephone")}
        data |= {"account": "0", "address_match": "0", "agree": "1"}
        if self.purchase.customer.vat_number:
            data[f"custom_field[account][{VAT_FIELD}]"] = self.purchase.customer.vat_number
        if self.purchase.customer.registers:
            data |= {"account": "1", "password": PASSWORD, "confirm": PASSWORD}
        return data

    def _method(self, route: str, name: str) -> str:
        return route + self.store.release.method_separator + name

    def _look(self, route: str, method: str) -> None:
        self.browser.get("index.php", route=self._method(route, method)).json()

    def _ask(self, route: str, method: str, data: dict[str, str]) -> None:
        answer = self.browser.post("index.php", data, route=self._method(route, method)).json()
        redirect = answer.get("redirect", "") if isinstance(answer, dict) else ""
        if redirect and method != "confirm":
            raise StoreTrouble(f"{route} sends away to {redirect}")
