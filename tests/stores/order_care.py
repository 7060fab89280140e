"""The shopkeeper looks after orders in the admin: sets a status, adds a product. Each generation has its own way."""

import re
from collections.abc import Iterator
from typing import Any, Protocol

from tests.stores.admin import Admin
from tests.stores.browser import Fields, fields_of
from tests.stores.shopping import Purchase
from tests.stores.trouble import StoreTrouble

PENDING = "1"


class OrderCare(Protocol):
    """What the admin's order page can do."""

    def set_status(self, order: str, status: str) -> None:
        """Add a row to the order's history."""

    def add_product(self, order: str, purchase: Purchase, product: int) -> None:
        """Add one piece of a product, as the order editor does: everything is priced and taxed again."""


def order_care(admin: Admin) -> OrderCare:
    """The order page of this admin's version."""
    numbers = admin.store.release.numbers
    for first, kind in (((4, 1), _Version41), ((4,), _Version40), ((2,), _Version2And3), ((1, 5), _Version15)):
        if numbers >= first:
            return kind(admin)
    raise StoreTrouble(f"no order page is known for OpenCart {admin.store.release.version}")


def flattened(name: str, value: Any) -> Iterator[tuple[str, str]]:
    """Nested JSON as the fields of a form: `order_product[0][name]`."""
    if isinstance(value, dict | list):
        for key, inner in value.items() if isinstance(value, dict) else enumerate(value):
            yield from flattened(f"{name}[{key}]", inner)
    else:
        yield name, "" if value is None else str(value)


_CERTIFICATE = ("to_name", "to_email", "from_name", "from_email", "voucher_theme_id", "message", "amount")
"""Fields of another part of the same form, which sells a gift certificate."""


class _Version15:
    """The form holds the order; the store prices it again when a product is added, and the form is sent."""

    def __init__(self, admin: Admin) -> None:
        self.admin = admin

    def set_status(self, order: str, status: str) -> None:
        data = {"order_status_id": status, "notify": "0", "append": "0", "comment": ""}
        self.admin.send("sale/order/history", data, order_id=order)

    def add_product(self, order: str, purchase: Purchase, product: int) -> None:
        form = self.admin.open("sale/order/update", order_id=order).form("payment_firstname")
        zone = str(purchase.customer.zone)  # the page's script fills these two in
        form.fields = form.filled_in(payment_zone_id=zone, shipping_zone_id=zone)
        asked = [pair for pair in form.filled_in(product_id=str(product), quantity="1") if pair[0] not in _CERTIFICATE]
        priced = self.admin.browser.post("index.php", asked, route="checkout/manual").json()
        replaced = ("order_product", "order_voucher", "order_total")
        fields: Fields = [pair for pair in form.fields if not pair[0].startswith(replaced)]
        for name in replaced:
            for number, row in enumerate(priced.get(name) or []):
                own = {f"{name}_id": "0", **row}
                renamed = {"order_option": own.pop("option", []), "order_download": own.pop("download", [])}
                fields += flattened(f"{name}[{number}]", {**own, **(renamed if name == "order_product" else {})})
        self.admin.browser.post(form.action, fields)


class _Version2And3:
    """The page's script replays the basket through the store's own API and then saves it."""

    def __init__(self, admin: Admin) -> None:
        self.admin = admin

    def set_status(self, order: str, status: str) -> None:
        page = self.admin.open("sale/order/info", order_id=order)
        data = {"order_status_id": status, "notify": "0", "override": "0", "append": "0", "comment": ""}
        self._call(self._token(page.text), "api/order/history", data, order_id=order)

    def add_product(self, order: str, purchase: Purchase, product: int) -> None:
        token = self._token(self.admin.open("sale/order/edit", order_id=order).text)
        customer = {**purchase.customer.fields(), "customer_id": "0", "fax": ""}
        basket = [*purchase.basket, (product, 1)]
        products = flattened("product", [{"product_id": one, "quantity": count} for one, count in basket])
        shipping, payment = {"shipping_method": "flat.flat"}, {"payment_method": purchase.payment}
        last = {**shipping, **payment, "order_status_id": PENDING, "comment": "", "affiliate_id": "0"}
        if self.admin.store.release.numbers >= (2, 0, 3, 1):
            self._call(token, "api/currency", {"currency": purchase.currency})
        self._call(token, "api/customer", customer)
        self._call(token, "api/cart/add", dict(products))
        self._call(token, "api/payment/address", customer)
        self._call(token, "api/shipping/address", customer)
        self._call(token, "api/shipping/methods", {})
        self._call(token, "api/shipping/method", shipping)
        self._call(token, "api/payment/methods", {})
        self._call(token, "api/payment/method", payment)
        self._call(token, "api/order/edit", last, order_id=order)

    def _token(self, page: str) -> str:
        """The page's token for the store's API; up to 2.0 the admin passes calls on itself, later the page logs in."""
        if self.admin.store.release.numbers < (2, 1):
            return ""
        given = re.search(r"api_token=(\w+)", page)
        if given:
            return given.group(1)
        key = re.search(r"data: 'key=([^']+)'", page)
        number = re.search(r"api_id=(\d+)", page)
        if not (key and number):
            raise StoreTrouble("the order page has no key for the store's API")
        self.admin.send("user/api/addip", {"ip": "127.0.0.1"}, api_id=number.group(1))
        answer = self.admin.browser.post("index.php", {"key": key.group(1)}, route="api/login").json()
        return str(answer["token"])

    def _call(self, token: str, route: str, data: dict[str, str], **params: str) -> None:
        numbers = self.admin.store.release.numbers
        if numbers < (2, 1):
            self.admin.send("sale/order/api", data, api=route, store_id="0", **params).json()
            return
        name = "api_token" if numbers >= (3,) else "token"
        params |= {name: token, "store_id": "0"}
        self.admin.browser.post("index.php", data, route=route, **params).json()


class _Version40:
    """The admin calls the store's API inside itself; opening the order loads it."""

    def __init__(self, admin: Admin) -> None:
        self.admin = admin

    def set_status(self, order: str, status: str) -> None:
        self._open(order)
        data = {"order_id": order, "order_status_id": status, "notify": "0", "override": "0", "comment": ""}
        self._call("sale/order", "addHistory", data, order_id=order)

    def add_product(self, order: str, purchase: Purchase, product: int) -> None:
        self._open(order)
        self._call("sale/cart", "add", {"product_id": str(product), "quantity": "1"})
        if (4, 0, 2) <= self.admin.store.release.numbers < (4, 0, 2, 2):  # loads the order without its methods
            self._choose("shipping", "flat.flat")
            self._choose("payment", f"{purchase.payment}.{purchase.payment}")
        self._call("sale/order", "confirm", {"order_id": order, "order_status_id": PENDING})

    def _choose(self, kind: str, code: str) -> None:
        self.admin.send(self.admin.method("sale/order", "call"), action=f"sale/{kind}_method", store_id="0", data={})
        self._call(f"sale/{kind}_method", "save", {f"{kind}_method": code})

    def _open(self, order: str) -> None:
        self.admin.open(self.admin.method("sale/order", "info"), order_id=order)

    def _call(self, route: str, method: str, data: dict[str, str], **params: str) -> None:
        action = self.admin.method(route, method)
        self.admin.send(self.admin.method("sale/order", "call"), data, action=action, store_id="0", **params).json()


class _Version41:
    """Every call carries the whole order."""

    def __init__(self, admin: Admin) -> None:
        self.admin = admin

    def set_status(self, order: str, status: str) -> None:
        data = {"order_id": order, "order_status_id": status, "notify": "0", "override": "0", "comment": ""}
        self._call("history_add", list(data.items()), order_id=order)

    def add_product(self, order: str, purchase: Purchase, product: int) -> None:
        page = self.admin.open(self.admin.method("sale/order", "info"), order_id=order)
        fields: Fields = [
            pair for form in page.tree.forms for pair in fields_of(form) if not pair[0].startswith("product[")
        ]
        basket = [*purchase.basket, (product, 1)]
        fields += flattened("product", [{"product_id": one, "quantity": count} for one, count in basket])
        self._call("confirm", [*fields, ("order_id", order)])

    def _call(self, call: str, data: Fields, **params: str) -> None:
        route = self.admin.method("sale/order", "call")
        about = {"call": call, "store_id": "0", "language": "en-gb", "currency": "EUR"}
        self.admin.send(route, data, **about, **params).json()
