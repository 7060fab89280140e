"""What the shop offers to choose from, remembered for a while so that the page does not ask at every visit."""

from django.core.cache import cache

from kloppend.connecting.draft import Draft
from kloppend.connecting.trial import Offer, ask_shop, names_of
from kloppend.records.models import Connection
from kloppend.shops.port import ShopFault

REMEMBERED = 600
NO_ANSWER_REMEMBERED = 60
NO_ANSWER = "no answer"


def offer_of(connection: Connection, draft: Draft, *, afresh: bool = False) -> Offer | None:
    """None when the shop cannot say now: the form then shows what was chosen before."""
    key = f"offer-{connection.pk}"
    known = None if afresh else cache.get(key)
    if known is None:
        try:
            known = ask_shop(draft)
            Connection.objects.filter(pk=connection.pk).update(shop_names=names_of(known.catalogue))
        except ShopFault:
            known = NO_ANSWER
        cache.set(key, known, NO_ANSWER_REMEMBERED if known == NO_ANSWER else REMEMBERED)
    return known if isinstance(known, Offer) else None
