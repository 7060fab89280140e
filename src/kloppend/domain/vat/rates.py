"""VAT rates with their dates, from the table beside this module, so that a change of rates is a change of data."""

import csv
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from importlib import resources
from types import MappingProxyType


@dataclass(frozen=True, slots=True, kw_only=True)
class RatePeriod:
    """One percentage of one kind (standard, reduced, super_reduced, temporary), valid from and to these days."""

    kind: str
    rate: Decimal
    valid_from: date
    valid_to: date

    def valid_on(self, day: date) -> bool:
        """Both days count."""
        return self.valid_from <= day <= self.valid_to


def rates_on(area: str, day: date) -> frozenset[Decimal]:
    """The percentages above zero of this area on this day; the area is a country, XI, or a region such as PT-30.

    Raises KeyError for an area without VAT of the EU.
    """
    return frozenset(period.rate for period in RATES[area] if period.valid_on(day))


def _load() -> Mapping[str, tuple[RatePeriod, ...]]:
    text = resources.files(__package__).joinpath("rates.csv").read_text(encoding="utf-8")
    rows = csv.DictReader(line for line in text.splitlines() if not line.startswith("#"))
    areas: dict[str, tuple[RatePeriod, ...]] = {}
    for row in rows:
        period = RatePeriod(
            kind=row["kind"],
            rate=Decimal(row["rate"]),
            valid_from=date.fromisoformat(row["valid_from"]),
            valid_to=date.fromisoformat(row["valid_to"]) if row["valid_to"] else date.max,
        )
        areas[row["area"]] = (*areas.get(row["area"], ()), period)
    return MappingProxyType(areas)


RATES = _load()
