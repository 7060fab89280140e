"""What a profile does not declare is held with a code, and goes once it is declared."""

from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from kloppend.books.asperion.axml import AxmlBooks
from kloppend.books.asperion.axml.profile import builtin_profile
from kloppend.books.port import BooksSettings
from kloppend.domain.invoice import PaymentTerms
from kloppend.domain.problems import Problem, Refused

from .documents import HEADING, credit_of, document, with_text

PLACEHOLDER = builtin_profile("placeholder")


def books(**switches: str) -> AxmlBooks:
    return AxmlBooks(BooksSettings(administration="A", options={"switches": switches}))


def custom(old: str, new: str) -> AxmlBooks:
    assert old in PLACEHOLDER
    return AxmlBooks(BooksSettings(administration="A", options={"profile_toml": PLACEHOLDER.replace(old, new)}))


def code_of(problem: Problem | None) -> str | None:
    return problem.code if problem else None


@pytest.mark.parametrize(
    ("case_id", "switches", "code"),
    [
        ("V06", {}, "AXML_PAYMENT_NOT_DECLARED"),
        ("V07", {}, "AXML_PAYMENT_NOT_DECLARED"),
        ("V24", {}, "AXML_PAYMENT_NOT_DECLARED"),
        ("V19", {}, "AXML_ROUNDING_NOT_DECLARED"),
        ("V02", {"negative_lines": "hold"}, "AXML_NEGATIVE_LINE_NOT_DECLARED"),
        ("V08", {"negative_lines": "hold"}, "AXML_NEGATIVE_LINE_NOT_DECLARED"),
        ("V02", {}, None),
        ("V13", {}, "VAT_CODE_NOT_MAPPED"),
        ("V13", {"zero_class_means": "icp"}, None),
        ("V13", {"zero_class_means": "export"}, "VAT_CODE_NOT_MAPPED"),
        ("V16", {}, "VAT_CODE_NOT_MAPPED"),
        ("V16", {"zero_class_means": "export"}, None),
        ("V20", {}, "VAT_CODE_NOT_MAPPED"),
        ("V20", {"zero_class_means": "kor"}, None),
        ("V20", {"zero_class_means": "exempt"}, "VAT_CODE_NOT_MAPPED"),
        ("V20", {"zero_class_means": "icp"}, "VAT_CODE_NOT_MAPPED"),
        ("V17", {}, "VAT_CODE_NOT_MAPPED"),
        ("V17", {"zero_class_means": "export"}, "VAT_CODE_NOT_MAPPED"),
        ("V21", {}, "VAT_CODE_NOT_MAPPED"),
        ("V21", {"zero_class_means": "exempt"}, "VAT_CODE_NOT_MAPPED"),
    ],
)
def test_worked_cases(case_id: str, switches: dict[str, str], code: str | None) -> None:
    channel = books(**switches)
    assert code_of(channel.cannot_carry(document(case_id))) == code
    if code:
        with pytest.raises(Refused) as refused:
            channel.render(HEADING, [document("V01"), document(case_id)])
        assert refused.value.problem == channel.cannot_carry(document(case_id))


def test_another_countrys_21_percent_is_not_hoog() -> None:
    belgian = document("V01", invoice=replace(document("V01").invoice, treatment="oss"))
    assert code_of(books().cannot_carry(belgian)) == "VAT_CODE_NOT_MAPPED"


@pytest.mark.parametrize(("day", "code"), [(date(2018, 12, 31), "VAT_CODE_NOT_MAPPED"), (date(2019, 1, 1), None)])
def test_a_rate_holds_from_its_first_day(day: date, code: str | None) -> None:
    assert code_of(books().cannot_carry(document("V02", invoice_date=day))) == code


def test_a_rate_holds_until_its_last_day() -> None:
    channel = custom("from = 2019-01-01", "from = 2019-01-01\nuntil = 2026-11-22")
    assert code_of(channel.cannot_carry(document("V02"))) == "VAT_CODE_NOT_MAPPED"
    assert channel.cannot_carry(document("V02", invoice_date=date(2026, 11, 22))) is None


def test_a_declared_payment_and_rounding_go() -> None:
    node = '{ name = "OrderNumber", '
    nodes = (
        '{ name = "Bon", field = "totals.payments", format = "decimal:0.00" },'
        '{ name = "Afronding", field = "totals.rounding", format = "decimal:0.00" },'
    )
    toml = PLACEHOLDER.replace(node, nodes + node)
    switches = {"voucher_payments": "node", "rounding_line": "node"}
    channel = AxmlBooks(BooksSettings(administration="A", options={"profile_toml": toml, "switches": switches}))
    documents = [document("V06"), document("V19")]
    assert [channel.cannot_carry(each) for each in documents] == [None, None]
    content = channel.render(HEADING, documents).content
    assert b"<Bon>20.00</Bon>" in content
    assert b"<Afronding>0.03</Afronding>" in content
    assert channel.check(content, documents) == ()


def test_a_credit_note_waits_until_it_is_declared() -> None:
    credit = credit_of(document("V02"))
    problem = books().cannot_carry(credit)
    assert code_of(problem) == "CREDIT_NOT_DECLARED"
    declared = custom('credit_notes = "hold"', 'credit_notes = "negative"')
    content = declared.render(HEADING, [credit]).content
    assert b"<TotalIncVat>-63.47</TotalIncVat>" in content
    assert declared.check(content, [credit]) == ()


def test_a_text_that_does_not_fit() -> None:
    node = 'field = "debtor.name", empty = "fail"'
    long = replace(document(), debtor=replace(document().debtor, name="Anna Jansen-van der Meer"))
    problem = custom(node, node + ", max_length = 12").cannot_carry(long)
    assert problem == Problem(
        "AXML_VALUE_DOES_NOT_FIT", {"order": "1001", "field": "debtor.name", "limit": "12", "needed": "24"}
    )
    assert custom(node, node + ", max_length = 12").check(books().render(HEADING, [long]).content, [long])
    channel = custom(node, node + ', max_length = 12, fit = "cut"')
    assert channel.cannot_carry(long) is None
    content = channel.render(HEADING, [long]).content
    assert b"<Name>Anna Jansen-</Name>" in content
    assert channel.check(content, [long]) == ()


def test_a_decimal_that_does_not_fit() -> None:
    wide = 'field = "line.unit_price", format = "decimal:0.0000"'
    problem = custom(wide, wide.replace("0.0000", "0.00")).cannot_carry(document("V01"))
    assert problem
    assert (problem.code, problem.detail["field"], problem.detail["needed"]) == (
        "AXML_VALUE_DOES_NOT_FIT", "line.unit_price", "4",
    )  # fmt: skip
    channel = custom(wide, wide.replace("0.0000", "0.00") + ', fit = "cut"')
    content = channel.render(HEADING, [document("V01")]).content
    assert b"<UnitPriceExVat>8.22</UnitPriceExVat>" in content
    assert channel.check(content, [document("V01")]) == ()


@pytest.mark.parametrize("name", ["", "  ", "\x00\ud800\n"])
def test_a_missing_value_that_must_be_there(name: str) -> None:
    nameless = replace(document(), debtor=replace(document().debtor, name=name))
    assert books().cannot_carry(nameless) == Problem("AXML_VALUE_MISSING", {"order": "1001", "field": "debtor.name"})


def test_a_code_that_no_table_has() -> None:
    channel = custom('laag = "laag"\n0 =', "0 =")
    assert channel.cannot_carry(document("V01")) is None
    assert channel.cannot_carry(document("V02")) == Problem(
        "AXML_VALUE_NOT_IN_TABLE", {"order": "1002", "table": "vat_classes", "value": "laag"}
    )


def test_an_element_left_out_takes_its_attributes_with_it() -> None:
    node = '{ name = "Contact", field = "debtor.contact" }'
    attribute = '{ name = "munt", kind = "attribute", field = "order.currency" }'
    channel = custom(node, node.replace(" }", f", children = [{attribute}] }}"))
    without = document()
    present = replace(without, debtor=replace(without.debtor, contact="Bo"))
    content = channel.render(HEADING, [without, present]).content
    assert content.count(b'<Contact munt="EUR">Bo</Contact>') == content.count(b"<Contact") == 1
    assert channel.check(content, [without, present]) == ()


def test_no_problem_tells_what_a_customer_typed() -> None:
    secret = "Geheim"
    for change in (", max_length = 3", ""):
        for field in ("debtor.name", "order.description"):
            channel = custom(f'field = "{field}", empty = "fail"', f'field = "{field}", empty = "fail"{change}')
            problem = channel.cannot_carry(with_text(secret))
            assert secret not in str(problem)
            content = channel.render(HEADING, [document()]).content if not problem else b""
            assert secret not in str(channel.check(content, [with_text(secret)]))


def test_notes_of_a_file() -> None:
    plain = document("V01")
    off = replace(plain.invoice.vat_summary[0], vat_recalculated=Decimal("5.19"))
    cent_off = replace(plain, invoice=replace(plain.invoice, vat_summary=(off,)))
    notes = books().render(HEADING, [plain, cent_off, plain]).notes
    assert notes == (
        Problem("AXML_LAYOUT_UNVERIFIED", {"profile": "placeholder"}),
        Problem("AXML_CENT_DIFFERENCE_POSSIBLE", {"count": "1", "total": "3"}),
    )
    verified = custom("verified = false\nnote", "verified = true\nnote")
    assert verified.render(HEADING, [plain]).notes == ()


@pytest.mark.parametrize("verified", ["true", "false"])
def test_an_unverified_file_says_so(verified: str) -> None:
    channel = custom("verified = false\nnote", f"verified = {verified}\nnote")
    file = channel.render(HEADING, [document()])
    says: Any = channel.verified is False
    assert ("UNVERIFIED" in file.name) is says
    assert (b"NIET GECONTROLEERD" in file.content) is says
    assert file.name == f"kloppend-thee-zo-2026-11-23-12{'-UNVERIFIED' if says else ''}.xml"


@pytest.mark.parametrize(
    ("terms", "field"),
    [
        (PaymentTerms(condition="2"), "order.payment_condition"),
        (PaymentTerms(journal="70"), "order.journal"),
        (PaymentTerms(debtor="1300"), "order.fixed_debtor"),
    ],
)
def test_what_goes_with_a_payment_method_is_written_or_held(terms: PaymentTerms, field: str) -> None:
    paid = document("V01", payment=terms)
    assert code_of(books().cannot_carry(paid)) == "AXML_PAYMENT_TERMS_NOT_DECLARED"
    toml = builtin_profile("placeholder").replace(
        '{ name = "Currency"', f'{{ name = "Terms", field = "{field}" }}, {{ name = "Currency"'
    )
    declared = AxmlBooks(BooksSettings(administration="A", options={"profile_toml": toml}))
    assert declared.cannot_carry(paid) is None
    written = declared.render(HEADING, [paid]).content.decode()
    assert f"<Terms>{terms.condition or terms.journal or terms.debtor}</Terms>" in written
