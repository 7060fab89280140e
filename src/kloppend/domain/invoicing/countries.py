"""Where goods can go: the member states of the EU, all other countries, and the Dutch rates with their validity."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

_MEMBER_STATES = "AT BE BG CY CZ DE DK EE ES FI FR GR HR HU IE IT LT LU LV MT NL PL PT RO SE SI SK"
EU_COUNTRIES = frozenset(_MEMBER_STATES.split())

_OTHER_COUNTRIES = """
AD AE AF AG AI AL AM AO AQ AR AS AU AW AX AZ BA BB BD BF BH BI BJ BL BM BN BO BQ BR BS BT BV BW BY BZ CA CC CD CF
CG CH CI CK CL CM CN CO CR CU CV CW CX DJ DM DO DZ EC EG EH ER ET FJ FK FM FO GA GB GD GE GF GG GH GI GL GM GN GP
GQ GS GT GU GW GY HK HM HN HT ID IL IM IN IO IQ IR IS JE JM JO JP KE KG KH KI KM KN KP KR KW KY KZ LA LB LC LI LK
LR LS LY MA MC MD ME MF MG MH MK ML MM MN MO MP MQ MR MS MU MV MW MX MY MZ NA NC NE NF NG NI NO NP NR NU NZ OM PA
PE PF PG PH PK PM PN PR PS PW PY QA RE RS RU RW SA SB SC SD SG SH SJ SL SM SN SO SR SS ST SV SX SY SZ TC TD TF TG
TH TJ TK TL TM TN TO TR TT TV TW TZ UA UG UM US UY UZ VA VC VE VG VI VN VU WF WS YE YT ZA ZM ZW
"""

COUNTRIES = EU_COUNTRIES | frozenset(_OTHER_COUNTRIES.split())
"""ISO 3166-1 alpha-2, the form in which shops hand over countries."""


@dataclass(frozen=True, slots=True)
class _RatePeriod:
    rate: Decimal
    valid_from: date
    valid_to: date = date.max


_DUTCH_RATES = (
    _RatePeriod(Decimal(19), date(2001, 1, 1), date(2012, 9, 30)),
    _RatePeriod(Decimal(21), date(2012, 10, 1)),
    _RatePeriod(Decimal(6), date(1986, 10, 1), date(2018, 12, 31)),
    _RatePeriod(Decimal(9), date(2019, 1, 1)),
)


def dutch_rates(day: date) -> frozenset[Decimal]:
    """The percentages of Dutch VAT on this day (bookkeeping 1.1 and 1.2)."""
    return frozenset(period.rate for period in _DUTCH_RATES if period.valid_from <= day <= period.valid_to)
