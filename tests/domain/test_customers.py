"""Who is who: what makes two orders of one e-mail address those of two customers, and what does not."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kloppend.domain.customers import Who, company_key, email_key, is_no_customer, same_customer, who_of


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("An@Example.NL", " an@example.nl "),
        ("an@B\N{LATIN SMALL LETTER U WITH DIAERESIS}cher.example", "an@xn--bcher-kva.example"),
        ("an@example.nl.", "an@example.nl"),
        ("\N{FULLWIDTH LATIN SMALL LETTER A}n@example.nl", "an@example.nl"),
    ],
)
def test_one_address_in_two_spellings(one: str, other: str) -> None:
    assert email_key(one) == email_key(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("an+winkel@example.nl", "an@example.nl"),
        ("a.n@gmail.com", "an@gmail.com"),
        ("an@example.nl", "an@example.be"),
        ("weiß@example.nl", "weiss@example.nl"),
    ],
)
def test_what_may_be_two_people_stays_two_addresses(one: str, other: str) -> None:
    assert email_key(one) != email_key(other)


@given(st.text(max_size=80))
def test_every_text_has_a_key_that_is_its_own_key(text: str) -> None:
    assert email_key(email_key(text)) == email_key(text)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Bakkerij De Zon B.V.", "bakkerij de zon bv"),
        ("Bakkerij De Zon B. V.", "BAKKERIJ DE ZON"),
        ("V.O.F. Jansen & Zn.", "Jansen en Zn vof"),
        ("Café 't Hoekje", "Cafe t Hoekje"),
        ("Müller GmbH & Co. KG", "Muller GmbH"),
        ("De-Zon", "De Zon"),
    ],
)
def test_one_company_in_two_spellings(one: str, other: str) -> None:
    assert company_key(one) == company_key(other)


@pytest.mark.parametrize(
    ("one", "other"), [("De Zon", "De Maan"), ("Jansen Holding BV", "Jansen BV"), ("BV", ""), ("Zon 1", "Zon 2")]
)
def test_two_companies(one: str, other: str) -> None:
    assert company_key(one) != company_key(other)


ZON, MAAN, PRIVATE = Who("zon"), Who("maan"), Who()
ZON_1, MAAN_1, ZON_2, NUMBER_1 = Who("zon", "NL1"), Who("maan", "NL1"), Who("zon", "NL2"), Who("", "NL1")


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        (ZON, ZON, True),
        (PRIVATE, PRIVATE, True),
        (ZON, MAAN, False),
        (ZON_1, ZON_2, False),
        (ZON_1, MAAN_1, True),  # a trade name
        (ZON_1, ZON, True),  # the number was not filled in
        (ZON_1, MAAN, False),
        (ZON, PRIVATE, False),
        (NUMBER_1, PRIVATE, False),
        (NUMBER_1, ZON_1, True),
        (NUMBER_1, ZON, False),
    ],
)
def test_two_vat_numbers_decide_and_else_the_companies(one: Who, other: Who, same: bool) -> None:
    assert same_customer(one, other) is same
    assert same_customer(other, one) is same


def test_what_is_no_vat_number_counts_as_none() -> None:
    assert who_of("", "n.v.t.", "NL") == PRIVATE
    assert who_of("", "0000.99.998.B57", "NL") == who_of("", "NL000099998B57", "NL")
    assert who_of("", "BE0123456789", "NL").vat_number == "BE0123456789"


def test_addresses_that_are_no_customer_s() -> None:
    listed = ("*@marketplace.amazon.*", "telefoon@winkel.nl", "no-reply@*", "")
    assert is_no_customer("x1y2@Marketplace.Amazon.nl", listed)
    assert is_no_customer("Telefoon@winkel.nl ", listed)
    assert is_no_customer("no-reply@bol.example", listed)
    assert not is_no_customer("an@winkel.nl", listed)
    assert not is_no_customer("xtelefoon@winkel.nl", listed)
    assert not is_no_customer("", ("",))
