"""What the shop says of itself: whether it answers, who it is, and whether it fits these books."""

from collections.abc import Iterator
from decimal import Decimal

from kloppend.connecting.trial import Trial, given
from kloppend.domain.problems import Problem
from kloppend.domain.vat.rates import rates_on
from kloppend.records import licences
from kloppend.records.models import Connection

CLOCK_MAY_DIFFER = 300
"""Seconds; the protocol survives more, but dates around midnight do not."""


def shop_answers(trial: Trial) -> Iterator[Problem]:
    """There is a web server at the address and it answers us."""
    if not trial.answered and trial.fault:
        yield trial.fault


def extension(trial: Trial) -> Iterator[Problem]:
    """It is our extension that answers, in a version we can speak with."""
    if not trial.extension_found and trial.fault:
        yield trial.fault
    if trial.identity:
        who = trial.identity
        trial.detail |= {"version": who.extension_version, "software": f"{who.software} {who.software_version}"}
    else:
        trial.detail |= {"version": "?", "software": "?"}


def key_fits(trial: Trial) -> Iterator[Problem]:
    """Both sides have the same key."""
    if trial.fault:
        yield trial.fault


def same_shop(trial: Trial) -> Iterator[Problem]:
    """A connection stays with its shop; and a shop with two live connections is worth a second look."""
    identity = given(trial.identity)
    own, draft = trial.connection, trial.draft
    if own and own.shop and own.shop.shop_id != identity.shop_id:
        yield Problem.of("SHOP_IS_ANOTHER", address=draft.shop_address)
        return
    others = Connection.objects.filter(shop__kind=draft.shop_kind, shop__shop_id=identity.shop_id, active=True)
    other = (others.exclude(pk=own.pk) if own else others).order_by("name").first()
    if other:
        yield Problem.of("SHOP_HAS_OTHER_CONNECTION", name=other.name)


def licence(trial: Trial) -> Iterator[Problem]:
    """The shop compares its licence key with ours; and it is one that we gave out, where that is demanded."""
    if trial.identity and trial.identity.licence == "differs":
        yield Problem.of("SHOP_LICENCE_DIFFERS")
    yield from licences.in_the_way(trial.draft.licence_key, trial.at)


def clock(trial: Trial) -> Iterator[Problem]:
    """Orders around midnight get their date from the shop's clock."""
    identity = given(trial.identity)
    if abs(identity.clock_ahead) > CLOCK_MAY_DIFFER:
        yield Problem.of("SHOP_CLOCK_OFF", minutes=round(abs(identity.clock_ahead) / 60))


def currency(trial: Trial) -> Iterator[Problem]:
    """Dutch books are kept in euro."""
    identity = given(trial.identity)
    if identity.base_currency != "EUR":
        yield Problem.of("SHOP_CURRENCY_NOT_EURO", currency=identity.base_currency)


def tax_rates(trial: Trial) -> Iterator[Problem]:
    """The shop's rates can be read and those for the Netherlands are Dutch ones."""
    if trial.catalogue is None:
        if trial.fault:
            yield trial.fault
        return
    rates, known = trial.catalogue.tax_rates, rates_on("NL", trial.today) | {Decimal(0)}
    trial.detail["rates"] = ", ".join(f"{rate.percentage.normalize():f}%" for rate in rates) or "-"
    small_business = trial.choices and trial.choices.kor
    if not small_business and not any(rate.percentage in known and rate.percentage for rate in rates):
        yield Problem.of("SHOP_HAS_NO_DUTCH_RATE", rates=trial.detail["rates"])
    odd = sorted({rate.name for rate in rates if "NL" in rate.countries and rate.percentage not in known})
    if odd:
        yield Problem.of("SHOP_RATE_NOT_DUTCH", rates=", ".join(odd))
