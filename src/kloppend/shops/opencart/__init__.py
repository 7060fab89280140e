"""OpenCart, 1.5.6 to 4.1, through the Kloppend extension in the store.

`client` is the Shop; it speaks through `conversation` (signed requests, routes, redirects, clock), judges answers in
`answers`, keeps its place with `paging`, and turns the wire's JSON (`wire`) into orders with `translate` and `moments`.
`recordings` are rows of real stores, which `simulator` serves as the extension would. docs/protocol.md is the contract.
"""

from kloppend.shops.opencart.client import OpenCartShop

__all__ = ["OpenCartShop"]
