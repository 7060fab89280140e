"""What the settings form lets people choose from, where the shop has no say in it."""

from django.utils.translation import gettext_lazy as _

INVOICE_DATES = [
    ("order_date", _("the date of the order")),
    ("trigger_date", _("the date on which the order got its status")),
    ("sending_date", _("the date of the file")),
]
CLOSED_PERIOD = [("hold", _("hold the order")), ("first_open_day", _("date the invoice on the first open day"))]
FOREIGN_CURRENCY = [
    ("refuse", _("refuse the order")),
    ("book_in_base", _("book the shop's euro amounts, with a warning")),
]
VIES = [("on", _("check them with VIES, the register of the EU")), ("off", _("do not check them"))]
UNCHECKED = [("hold", _("hold the order")), ("accept", _("book it without VAT, at my own risk"))]
CREDIT_ON_CANCEL = [
    ("propose", _("propose a credit note")),
    ("automatic", _("make the credit note by itself, with the day's file")),
]
LANGUAGES = [("nl", "Nederlands"), ("en", "English")]
TIME_ZONES = (
    "Europe/Amsterdam",
    "Europe/Athens",
    "Europe/Berlin",
    "Europe/Brussels",
    "Europe/Bucharest",
    "Europe/Copenhagen",
    "Europe/Dublin",
    "Europe/Helsinki",
    "Europe/Lisbon",
    "Europe/London",
    "Europe/Luxembourg",
    "Europe/Madrid",
    "Europe/Paris",
    "Europe/Rome",
    "Europe/Stockholm",
    "Europe/Vienna",
    "Europe/Warsaw",
    "Europe/Zurich",
    "America/Aruba",
    "America/Curacao",
    "America/Kralendijk",
)
