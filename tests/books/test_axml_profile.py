"""A profile that cannot work is refused when it is loaded, with the path of what is wrong; a sound one is obeyed."""

from dataclasses import replace

import pytest

from kloppend.books.asperion.axml import AxmlBooks, ProfileError
from kloppend.books.asperion.axml.profile import builtin_profile, load_profile
from kloppend.books.port import BooksSettings
from kloppend.domain.order import Address

from .documents import HEADING, document
from .profiles import CUSTOM

PLACEHOLDER = builtin_profile("placeholder")


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ("[tree]", "[tree", "cannot be read"),
        ('name = "placeholder"', "", "missing required field `name`"),
        ("verified = false", 'verified = "no"', r"Expected `bool`.*\$.verified"),
        ('name = "Licence", field', 'name = "Licence", feild', r"unknown field `feild`.*\$.tree.children\[0\]"),
        ('escaping = "quotes"', 'escaping = "html"', r"Invalid enum value 'html'.*\$.switches.escaping"),
        ('class = "laag"', 'class = "0"', r"Invalid enum value '0'.*\$.vat\[1\].class"),
        ('rate = "9"', 'rate = "nine"', r"\$.vat\[1\].rate"),
        ('"order.number"', '"order.numbr"', "OrderNumber: unknown field 'order.numbr'; did you mean 'order.number'"),
        ('"heading.number"', '"order.number"', "/Asperion/Header/FileNumber: field .* is not available here"),
        ('"delivery.differs"', '"delivery.yes"', "/Debtor/Address: unknown field 'delivery.yes'"),
        ('"totals.vat", format = "decimal:0.00"', '"totals.vat", format = "decimal:2"', "TotalVat: unknown format"),
        ('"totals.vat", format = "decimal:0.00"', '"totals.vat", format = "decimal:0.0"', "at least two decimals"),
        ('"totals.vat", format = "decimal:0.00"', '"totals.vat"', "totals.vat is a money"),
        ('"totals.vat", format', '"totals.vat", max_length = 9, format', "never cut to a length"),
        ("date:yyyy-mm-dd", "date:yyyy-mm", "unknown format 'date:yyyy-mm'"),
        ("date:yyyy-mm-dd", "date:yyyy-mm-ddd", "unknown format"),
        ("date:yyyy-mm-dd", "upper", "heading.business_date is a date"),
        ('table = "vat_classes"', 'table = "vat"', "VatClass: there is no table 'vat'"),
        ('"debtor.name"', '"debtor.name", table = "vat_classes"', "only a code can go through a table"),
        ('"debtor.name"', '"debtor.name", max_length = 0', "max_length is at least 1"),
        ('"debtor.name"', '"debtor.name", text = "x"', "exclude each other"),
        ('name = "Licence"', 'name = "Lic ence"', "not a name that XML allows"),
        ('name = "Licence"', 'name = "xmlLicence"', "not a name that XML allows"),
        ('name = "Licence", field = "heading.administration"', 'name = "Licence"', "needs a field, a text or children"),
        ('text = "delivery"', 'text = "invoice"', "two children named 'Address'"),
        ('text = "delivery"', 'text = " delivery"', "begins or ends with white space"),
        ('text = "delivery"', 'text = "delivery", format = "upper"', "format, table and max_length need a field"),
        ('text = "delivery"', 'text = "delivery", children = [{name = "a", text = "b"}]', "attribute cannot repeat"),
        ('name = "Header", ', 'name = "Header", field = "heading.number", ', "can only have attributes as children"),
        ('name = "Header", ', 'name = "Header", repeat = "lines", ', "lines within a document, once each"),
        ('repeat = "lines", ', "", "not available here"),
        ('name = "Asperion"', 'name = "Asperion"\nwhen = "heading.number"', "outermost node"),
        ('"kloppend-{shop}', '"../{shop}', "switches.file_name"),
        ("-{number}.xml", ".xml", "switches.file_name"),
        ('rate = "9"', 'rate = "21"', "two rows for category S at 21%"),
        ('rounding_line = "hold"', 'rounding_line = "node"', "needs a node that carries totals.rounding"),
        ('voucher_payments = "hold"', 'voucher_payments = "node"', "needs a node that carries totals.payments"),
        ('"order.number"', '"order.currency"', None),
        ("declaration = true", "declaration = false", None),
    ],
)  # fmt: skip
def test_what_is_wrong_is_named(old: str, new: str, says: str | None) -> None:
    assert old in PLACEHOLDER
    toml = PLACEHOLDER.replace(old, new, 1)
    if says is None:
        assert load_profile(toml) != load_profile(PLACEHOLDER)
        return
    with pytest.raises(ProfileError, match=says):
        load_profile(toml)


def test_a_profile_must_carry_what_the_check_needs() -> None:
    without_number = PLACEHOLDER.replace('"order.number"', '"order.currency"').replace(
        '"order.description"', '"debtor.name"'
    )
    with pytest.raises(ProfileError, match=r"must carry order\.number"):
        load_profile(without_number)
    without_amount = PLACEHOLDER.replace('"line.net"', '"line.vat"').replace('"line.gross"', '"line.vat"')
    with pytest.raises(ProfileError, match=r"must carry line\.net"):
        load_profile(without_amount)
    no_lines = PLACEHOLDER.replace('repeat = "documents", ', "")
    with pytest.raises(ProfileError):
        load_profile(no_lines)


def test_too_much_is_refused() -> None:
    with pytest.raises(ProfileError, match="longer than"):
        load_profile("#" * 200_001)
    with pytest.raises(ProfileError):
        load_profile("x = " + "[" * 90_000)
    deep = '{name = "A", children = [' * 30 + '{name = "B", text = "x"}' + "]}" * 30
    with pytest.raises(ProfileError, match="nested too deeply"):
        load_profile('name = "deep"\nverified = false\nnote = ""\nvat = []\ntree = ' + deep)


@pytest.mark.parametrize(
    ("options", "says"),
    [
        ({"profil": "placeholder"}, "unknown option profil"),
        ({"profile": "axml-1.6"}, "no profile 'axml-1.6'; built in are: axml-1.4, axml-1.5.1, placeholder"),
        ({"profile": "placeholder", "profile_toml": CUSTOM}, "exclude each other"),
        ({"switches": {"negative_line": "hold"}}, "unknown field `negative_line`"),
        ({"switches": {"zero_class_means": "margin"}}, "Invalid enum value 'margin'"),
        ({"switches": ["x"]}, "cannot be read"),
        ({"switches": {"verified": True}}, "unknown field `verified`"),
    ],
)
def test_options_that_cannot_be_used(options: dict[str, object], says: str) -> None:
    with pytest.raises(ProfileError, match=says):
        AxmlBooks(BooksSettings(administration="", options=options))


def test_the_shipped_profile_calls_itself_a_placeholder() -> None:
    profile = load_profile(PLACEHOLDER)
    assert profile.verified is False
    assert "OUR OWN PLACEHOLDERS" in profile.note
    assert profile.switches.zero_class_means == ""
    assert (profile.switches.rounding_line, profile.switches.voucher_payments) == ("hold", "hold")


def test_a_custom_profile_is_obeyed() -> None:
    books = AxmlBooks(BooksSettings(administration="A", options={"profile_toml": CUSTOM}))
    plain = document("V02", delivery_address=Address(city="Liège", country="BE"))
    collected = replace(document("V06"), delivery_address=document("V06").debtor.address)
    file = books.render(HEADING, [plain, collected])
    assert books.verified
    assert file.name == "2026-11-23_12.axml"
    assert file.content.decode("ascii").startswith(
        """<?xml version="1.0" encoding="ISO-8859-1"?>
<Pakket xmlns="urn:example:orders" aantal="2" dag="231126">
  <Verkoop nummer="1002" datum="23-11-2026">
    <Klant land="Nederland">ANNA JANSE</Klant>
    <Levering munt="EUR">
      <Plaats>Li&#232;ge</Plaats>
    </Levering>
    <Regels>
      <Regel>
        <Bedrag btw="8,680" code="H">41,32</Bedrag>
        <Prijs>25,00</Prijs>
      </Regel>
"""
    )
    second = file.content.decode("ascii").partition('nummer="1006"')[2]
    assert "<Levering" not in second
    assert "<Bon>20,00</Bon>" in second
    assert books.check(file.content, [plain, collected]) == ()


def test_no_names_of_the_real_format_are_claimed_in_code() -> None:
    """The tree's names stand in the profile only: the same code writes a file without any of them."""
    books = AxmlBooks(BooksSettings(administration="A", options={"profile_toml": CUSTOM}))
    content = books.render(HEADING, [document("V02")]).content
    for name in (b"Asperion", b"Header", b"Orders", b"Debtor", b"Address", b"Orderline"):
        assert name not in content


@pytest.mark.parametrize("name", ["axml-1.4", "axml-1.5.1"])
def test_each_version_of_the_format_is_a_profile_of_its_own_and_unverified(name: str) -> None:
    channel = AxmlBooks(BooksSettings(administration="A", options={"profile": name}))
    assert channel.profile.name == name
    assert not channel.verified
    assert channel.profile.tree == load_profile(PLACEHOLDER).tree
    assert "-UNVERIFIED" in channel.render(HEADING, [document()]).name


def test_a_profile_based_on_another_overrides_what_it_says_itself() -> None:
    own = 'name = "mine"\nverified = true\nnote = ""\nbased_on = "axml"\n'
    with pytest.raises(ProfileError, match="there is no profile 'axml'"):
        load_profile(own)
    found = load_profile(own.replace('"axml"', '"placeholder"') + '[switches]\nzero_class_means = "icp"\n')
    assert (found.name, found.verified, found.switches.zero_class_means) == ("mine", True, "icp")
    assert found.switches.negative_lines == "line"
    for wrong in ('based_on = "axml-1.4"', "based_on = 1", 'based_on = "placeholder"\nswitches = 1'):
        with pytest.raises(ProfileError):
            load_profile(f'name = "mine"\nnote = ""\nverified = false\n{wrong}\n')
    with pytest.raises(ProfileError, match="verified"):
        load_profile('name = "mine"\nnote = ""\nbased_on = "placeholder"\n')
