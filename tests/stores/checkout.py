"""A customer in OpenCart 1.5 to 3.0: fills a basket and walks through the steps of the checkout page."""

from tests.stores.afterwards import give
from tests.stores.browser import Browser
from tests.stores.furnish import VAT_FIELD
from tests.stores.furnish_more import OPTIONS, second_address
from tests.stores.install import Store
from tests.stores.shopping import Customer, Purchase
from tests.stores.trouble import StoreTrouble

PASSWORD = "Klant-2026"


def buy(store: Store, purchase: Purchase) -> None:
    """Place the order."""
    with Browser(second_address(store) if purchase.second_store else store.address) as browser:
        _Checkout(store, browser, purchase).walk()


def basket_fields(product: int, quantity: int) -> dict[str, str]:
    """What puts a product into the basket, with the option that it may need."""
    option, value = OPTIONS.get(product, ("", ""))
    chosen = {f"option[{option}]": value} if option else {}
    return {"product_id": str(product), "quantity": str(quantity), **chosen}


def buy_certificate(browser: Browser, store: Store) -> None:
    """Put a gift certificate of 25 euro into the basket."""
    route = "checkout/voucher" if store.release.numbers >= (4,) else "account/voucher"
    form = browser.get("index.php", route=route).form("to_email")
    people = {"to_name": "Oma", "to_email": "oma@example.nl", "from_name": "Jan", "from_email": "jan@example.nl"}
    page = browser.post(
        form.action, form.filled_in(**people, voucher_theme_id="8", message="Veel plezier", amount="25", agree="1")
    )
    if "oma@example.nl" in page.text or '"error"' in page.text:
        raise StoreTrouble(f"the shop does not sell a gift certificate: {page.said() or page.text[:300]}")


class _Checkout:
    def __init__(self, store: Store, browser: Browser, purchase: Purchase) -> None:
        self.store = store
        self.browser = browser
        self.purchase = purchase
        self.old = store.release.numbers < (2,)

    def walk(self) -> None:
        """From the first product to the confirmation."""
        if self.purchase.currency != "EUR":
            self._currency()
        for product, quantity in self.purchase.basket:
            self._ask("checkout/cart/add", basket_fields(product, quantity))
        if self.purchase.buys_certificate:
            buy_certificate(self.browser, self.store)
        self._codes()
        self.browser.get("index.php", route="checkout/checkout")
        self._who()
        self._points()
        self.browser.get("index.php", route="checkout/shipping_method")
        self._step("shipping_method", {"shipping_method": "flat.flat", "comment": ""})
        self.browser.get("index.php", route="checkout/payment_method")
        self._step("payment_method", {"payment_method": self.purchase.payment, "comment": "", "agree": "1"})
        page = self.browser.get("index.php", route="checkout/confirm")
        if self.purchase.payment not in page.text and not self.old:
            raise StoreTrouble(f"the checkout does not confirm: {page.text[:300]}")
        if self.purchase.confirmed:
            route = self.store.release.extension_route("payment", self.purchase.payment)
            self.browser.get("index.php", route=f"{route}/confirm")

    def _currency(self) -> None:
        if self.old:
            self.browser.post("index.php", {"currency_code": self.purchase.currency}, route="module/currency")
        else:
            data = {"code": self.purchase.currency, "redirect": self.store.address}
            self.browser.post("index.php", data, route="common/currency/currency")

    def _codes(self) -> None:
        for kind, code in (("coupon", self.purchase.coupon), ("voucher", self.purchase.certificate)):
            if not code:
                continue
            if self.old:
                page = self.browser.post("index.php", {kind: code, "next": kind}, route="checkout/cart")
                if code not in page.text:
                    raise StoreTrouble(f"the shop does not take {code}: {page.said()}")
            elif self.store.release.numbers < (2, 1):
                self._ask(f"checkout/{kind}/{kind}", {kind: code})
            else:
                self._ask(f"{self.store.release.extension_route('total', kind)}/{kind}", {kind: code})

    def _points(self) -> None:
        if self.purchase.credit or self.purchase.points:
            give(self.store, self.purchase.credit, self.purchase.points)
        if not self.purchase.points:
            return
        data = {"reward": str(self.purchase.points)}
        if self.old:
            self.browser.post("index.php", {**data, "next": "reward"}, route="checkout/cart")
        elif self.store.release.numbers < (2, 1):
            self._ask("checkout/reward/reward", data)
        else:
            self._ask(f"{self.store.release.extension_route('total', 'reward')}/reward", data)

    def _who(self) -> None:
        customer = self.purchase.customer
        data = {**customer.fields(), **self._vat_number(customer), "shipping_address": "1"}
        if customer.registers:
            self.browser.get("index.php", route="checkout/register")
            self._step("register", {**data, "password": PASSWORD, "confirm": PASSWORD, "agree": "1"})
        else:
            self.browser.get("index.php", route="checkout/guest")
            self._step("guest", data)

    def _vat_number(self, customer: Customer) -> dict[str, str]:
        if self.old:
            return {"tax_id": customer.vat_number, "company_id": "", "fax": ""}
        number = {f"custom_field[account][{VAT_FIELD}]": customer.vat_number} if customer.vat_number else {}
        return {"fax": "", **number}

    def _step(self, name: str, data: dict[str, str]) -> None:
        method = "validate" if self.old else "save"
        answer = self._ask(f"checkout/{name}/{method}", data)
        if isinstance(answer, dict) and answer.get("redirect"):
            raise StoreTrouble(f"the checkout's step {name} sends away to {answer['redirect']}")

    def _ask(self, route: str, data: dict[str, str]) -> object:
        return self.browser.post("index.php", data, route=route).json()
