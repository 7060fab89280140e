"""A profile unlike the shipped one in every respect: names, attributes, nesting, formats, encoding, switches."""

CUSTOM = """
name = "custom"
verified = true
note = "made up for tests"
namespace = "urn:example:orders"

[switches]
encoding = "ISO-8859-1"
file_name = "{date}_{number}.axml"
escaping = "ascii"
negative_lines = "line"
rounding_line = "node"
voucher_payments = "node"
zero_class_means = "icp"

[[vat]]
class = "hoog"
category = "S"
rate = "21"
treatments = ["domestic"]
from = 2012-10-01

[[vat]]
class = "laag"
category = "S"
rate = "9"
treatments = ["domestic"]
from = 2019-01-01

[tables.vat]
hoog = "H"
laag = "L"
0 = "0%"

[tables.landen]
NL = "Nederland"
BE = "Belgie"

[tree]
name = "Pakket"
children = [
  { name = "aantal", kind = "attribute", field = "heading.order_count" },
  { name = "dag", kind = "attribute", field = "heading.business_date", format = "date:ddmmyy" },
  { name = "Verkoop", repeat = "documents", children = [
    { name = "nummer", kind = "attribute", field = "order.number", empty = "fail" },
    { name = "datum", kind = "attribute", field = "order.invoice_date", format = "date:dd-mm-yyyy" },
    { name = "Klant", field = "debtor.name", format = "upper", max_length = 10, fit = "cut", children = [
      { name = "land", kind = "attribute", field = "invoice_address.country", table = "landen" },
    ] },
    { name = "Levering", when = "delivery.differs", children = [
      { name = "munt", kind = "attribute", field = "order.currency" },
      { name = "Plaats", field = "delivery_address.city", empty = "empty" },
    ] },
    { name = "Regels", children = [
      { name = "Regel", repeat = "lines", children = [
        { name = "Bedrag", field = "line.net", format = "decimal:0,00", children = [
          { name = "btw", kind = "attribute", field = "line.vat", format = "decimal:0,000" },
          { name = "code", kind = "attribute", field = "line.vat_class", table = "vat" },
        ] },
        { name = "Prijs", field = "line.unit_price_inc_vat", format = "decimal:0,00", fit = "cut" },
      ] },
    ] },
    { name = "Afronding", field = "totals.rounding", format = "decimal:0,00" },
    { name = "Bon", field = "totals.payments", format = "decimal:0,00" },
    { name = "Totaal", field = "totals.inc_vat", format = "decimal:0,00" },
  ] },
]
"""
