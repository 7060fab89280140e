"""Calibration: what a sample has and we have not, what is surely the same under another name, and hostile samples."""

import json
import re
from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from typer.testing import CliRunner

from kloppend.books.asperion.axml.calibrate import OtherFormat, calibrate
from kloppend.books.asperion.axml.example import HEADING, example_documents
from kloppend.books.asperion.axml.profile import builtin_profile, load_profile
from kloppend.books.asperion.axml.render import render_bytes
from kloppend.books.xml_reading import LARGEST, UnreadableXmlError, parse_xml
from kloppend.cli.axml import app

from .profiles import CUSTOM

PLACEHOLDER = load_profile(builtin_profile("placeholder"))
OWN = render_bytes(PLACEHOLDER, HEADING, example_documents(PLACEHOLDER))

# Made up for this test; no element of the real format is known.
OFFICIAL = """<?xml version="1.0" encoding="ISO-8859-1"?>
<Verkoop xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xsi:noNamespaceSchemaLocation="x.xsd">
 <!-- voorbeeld --><Kop><Licentiecode>X</Licentiecode></Kop>
 <Bestellingen><Bestelling ordernr="12">
  <Omschrijving>Bestelling</Omschrijving><Factuurdatum>23-11-2026</Factuurdatum>
  <Klant><Naam>A</Naam><Post>a@b.nl</Post>
   <Adres><Straat>S</Straat><Plaats>X</Plaats><Postcode>1234AB</Postcode><Landcode>NL</Landcode></Adres></Klant>
  <Regels>
   <Regel><Omschrijving>a</Omschrijving><Aantal>1</Aantal><PrijsExBtw>12,50</PrijsExBtw><BtwCode>H</BtwCode></Regel>
   <Regel><Omschrijving>b</Omschrijving><Aantal>2</Aantal><PrijsExBtw>1,00</PrijsExBtw><BtwCode>L</BtwCode></Regel>
  </Regels>
 </Bestelling></Bestellingen></Verkoop>
"""
BILLION_LAUGHS = b"""<?xml version="1.0"?><!DOCTYPE l [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;">
<!ENTITY c "&b;&b;&b;&b;&b;&b;&b;&b;&b;&b;"><!ENTITY d "&c;&c;&c;&c;&c;&c;&c;&c;&c;&c;">]><l>&d;</l>"""


@pytest.mark.parametrize("toml", [builtin_profile("placeholder"), CUSTOM])
def test_a_profile_equals_its_own_file(toml: str) -> None:
    profile = load_profile(toml)
    found = calibrate(profile, render_bytes(profile, HEADING, example_documents(profile)))
    assert found.equal
    assert found.renames == ()


def test_a_sample_with_other_names_and_nesting() -> None:
    found = calibrate(PLACEHOLDER, OFFICIAL.encode("latin-1"))
    assert not found.equal
    assert "/Verkoop/Bestellingen/Bestelling/Regels" in found.missing
    assert "/Asperion/Orders/Order/Debtor/VatNumber" in found.extra
    order, theirs = "/Asperion/Orders/Order", "/Verkoop/Bestellingen/Bestelling"
    assert {rename.ours: rename.sample for rename in found.renames} == {
        "/Asperion": "/Verkoop",
        "/Asperion/Header": "/Verkoop/Kop",
        "/Asperion/Header/Licence": "/Verkoop/Kop/Licentiecode",
        "/Asperion/Orders": "/Verkoop/Bestellingen",
        order: theirs,
        f"{order}/OrderNumber": f"{theirs}/@ordernr",
        f"{order}/Description": f"{theirs}/Omschrijving",
        f"{order}/InvoiceDate": f"{theirs}/Factuurdatum",
        f"{order}/Debtor": f"{theirs}/Klant",
        f"{order}/Debtor/Name": f"{theirs}/Klant/Naam",
        f"{order}/Debtor/Email": f"{theirs}/Klant/Post",
        f"{order}/Debtor/Address": f"{theirs}/Klant/Adres",
        f"{order}/Debtor/Address/Street": f"{theirs}/Klant/Adres/Straat",
        f"{order}/Debtor/Address/Postcode": f"{theirs}/Klant/Adres/Postcode",
        f"{order}/Debtor/Address/City": f"{theirs}/Klant/Adres/Plaats",
        f"{order}/Debtor/Address/Country": f"{theirs}/Klant/Adres/Landcode",
        f"{order}/Orderline": f"{theirs}/Regels/Regel",
        f"{order}/Orderline/Description": f"{theirs}/Regels/Regel/Omschrijving",
        f"{order}/Orderline/Quantity": f"{theirs}/Regels/Regel/Aantal",
        f"{order}/Orderline/UnitPriceExVat": f"{theirs}/Regels/Regel/PrijsExBtw",
        f"{order}/Orderline/VatClass": f"{theirs}/Regels/Regel/BtwCode",
    }
    assert found.formats == (
        OtherFormat(f"{theirs}/Factuurdatum", "date:yyyy-mm-dd", "date:dd-mm-yyyy"),
        OtherFormat(f"{theirs}/Regels/Regel/PrijsExBtw", "decimal:0.0000", "decimal:0,00"),
    )
    assert [other.path for other in found.out_of_order] == [f"{theirs}/Klant/Adres"]
    assert {codes.field: codes.sample for codes in found.codes}["line.vat_class"] == ("H", "L")


@pytest.mark.parametrize(
    "inner",
    [
        "<Date>2026-11-23</Date><Datum>2026-11-24</Datum>",
        "<Price>1</Price>",
        "<Total>9</Total>",
        "<TotaalBtw>9</TotaalBtw><BtwBedrag>9</BtwBedrag>",
    ],
)
def test_a_doubtful_rename_is_not_proposed(inner: str) -> None:
    """Two can be it; or it might be with VAT as well as without."""
    sample = f"<Asperion><Orders><Order>{inner}</Order></Orders></Asperion>"
    assert calibrate(PLACEHOLDER, sample.encode()).renames == ()


def test_applying_what_was_found_makes_it_equal() -> None:
    sample = OWN.replace(b"OrderNumber>", b"Bestelnummer>").replace(b"Orderline>", b"Regel>")
    sample = re.sub(rb"(InvoiceDate>)(\d{4})-(\d\d)-(\d\d)", rb"\1\4-\3-\2", sample)
    found = calibrate(PLACEHOLDER, sample)
    assert {rename.sample.rpartition("/")[2] for rename in found.renames} >= {"Bestelnummer", "Regel"}
    toml = builtin_profile("placeholder").replace('"OrderNumber"', '"Bestelnummer"').replace('"Orderline"', '"Regel"')
    toml = toml.replace(
        '"order.invoice_date", format = "date:yyyy-mm-dd"', '"order.invoice_date", format = "date:dd-mm-yyyy"'
    )
    assert calibrate(load_profile(toml), sample).equal


def test_two_of_ours_cannot_become_one_of_theirs() -> None:
    """Two nodes of ours carry the VAT number, and the sample has one place for it."""
    toml = builtin_profile("placeholder").replace('"debtor.contact"', '"debtor.vat_number"')
    sample = b"<Asperion><Orders><Order><Debtor><BtwNummer>A</BtwNummer></Debtor></Order></Orders></Asperion>"
    assert calibrate(load_profile(toml), sample).renames == ()
    assert len(calibrate(PLACEHOLDER, sample).renames) == 1


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (BILLION_LAUGHS, "DOCTYPE"),
        (b'<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]><a>&x;</a>', "DOCTYPE"),
        (b'<!DOCTYPE a SYSTEM "http://example.com/a.dtd"><a/>', "DOCTYPE"),
        ('<?xml version="1.0" encoding="UTF-16"?><!DOCTYPE a><a/>'.encode("utf-16"), "DOCTYPE"),
        (b"<a>&unknown;</a>", "not well-formed"),
        (b"", "not well-formed"),
        (b"PK\x03\x04", "not well-formed"),
        (b"<a><b></a>", "not well-formed"),
        (b"<a>" * 5000 + b"</a>" * 5000, "not well-formed"),
        (b'<?xml version="1.0" encoding="klingon"?><a/>', "not well-formed"),
        (b"<a>" + b"x" * LARGEST + b"</a>", "larger than"),
    ],
)
def test_hostile_or_broken_samples(content: bytes, says: str) -> None:
    with pytest.raises(UnreadableXmlError, match=says):
        parse_xml(content)


@given(st.binary(max_size=200) | st.text(st.sampled_from('<>&/!?;"a ][')).map(str.encode))
@settings(max_examples=300, deadline=None)
def test_no_bytes_do_anything_but_read_or_refuse(content: bytes) -> None:
    with suppress(UnreadableXmlError):
        calibrate(PLACEHOLDER, content)


def run(*arguments: str) -> tuple[int, str]:
    result = CliRunner().invoke(app, ["calibrate", *arguments])
    assert result.exception is None or isinstance(result.exception, SystemExit)
    return result.exit_code, result.output


def test_the_command(tmp_path: Path) -> None:
    own, other, hostile = (tmp_path / name for name in ("own.xml", "other.xml", "hostile.xml"))
    own.write_bytes(OWN)
    other.write_text(OFFICIAL, encoding="latin-1")
    hostile.write_bytes(BILLION_LAUGHS)
    assert run(str(own))[0] == 0
    assert "Only a person can mark a profile verified" in run(str(own))[1]
    code, output = run(str(other))
    assert code == 1
    assert "/Asperion/Header/Licence  ->  /Verkoop/Kop/Licentiecode" in output
    assert run(str(hostile))[0] == 2
    assert "DOCTYPE" in run(str(hostile))[1]
    assert run(str(tmp_path / "absent.xml"))[0] == 2
    assert run(str(own), "--profile", "absent")[0] == 2
    custom = tmp_path / "custom.toml"
    custom.write_text(CUSTOM, encoding="utf-8")
    assert run(str(own), "--profile", str(custom))[0] == 1
    custom.write_text(CUSTOM.replace('hoog = "H"', ""), encoding="utf-8")
    code, output = run(str(own), "--profile", str(custom))
    assert code == 2
    assert "the example orders" in output


def test_the_command_for_programs(tmp_path: Path) -> None:
    sample = tmp_path / "sample.xml"
    sample.write_text(OFFICIAL, encoding="latin-1")
    code, output = run(str(sample), "--json")
    answer = json.loads(output)
    assert (code, answer["equal"], answer["verified"]) == (1, False, False)
    assert {"ours": "/Asperion", "sample": "/Verkoop"} in answer["renames"]
    code, output = run(str(tmp_path / "absent"), "--json")
    assert code == 2
    assert "error" in json.loads(output)


ANYTHING = """<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema">{extra}<xs:element name="{root}"><xs:complexType>
<xs:sequence><xs:any processContents="skip" maxOccurs="unbounded"/></xs:sequence></xs:complexType></xs:element>
</xs:schema>
"""


@pytest.mark.parametrize(("root", "status"), [("Asperion", 0), ("Verkoop", 1)])
def test_a_schema_has_a_say_when_there_is_one(tmp_path: Path, root: str, status: int) -> None:
    sample, schema = tmp_path / "sample.xml", tmp_path / "axml.xsd"
    sample.write_bytes(OWN)
    schema.write_text(ANYTHING.format(root=root, extra=""))
    answer = CliRunner().invoke(app, ["calibrate", str(sample), "--xsd", str(schema)])
    assert answer.exit_code == status
    assert ("The schema says" in answer.output) is bool(status)


@pytest.mark.parametrize(
    "extra", ['<xs:include schemaLocation="file:///etc/passwd"/>', '<xs:import namespace="x" schemaLocation="y.xsd"/>']
)
def test_a_schema_that_leads_elsewhere_is_refused(tmp_path: Path, extra: str) -> None:
    sample, schema = tmp_path / "sample.xml", tmp_path / "axml.xsd"
    sample.write_bytes(OWN)
    schema.write_text(ANYTHING.format(root="Asperion", extra=extra))
    assert CliRunner().invoke(app, ["calibrate", str(sample), "--xsd", str(schema)]).exit_code == 2
    schema.write_text("<a/>")
    assert CliRunner().invoke(app, ["calibrate", str(sample), "--xsd", str(schema)]).exit_code == 2


def test_a_person_can_verify_what_does_not_differ(tmp_path: Path) -> None:
    sample, profile = tmp_path / "sample.xml", tmp_path / "mine.toml"
    sample.write_bytes(OWN)
    text = builtin_profile("axml-1.5.1")
    profile.write_text(text)

    def verify(*by: str) -> int:
        return CliRunner().invoke(app, ["verify", str(profile), str(sample), "--by", *by]).exit_code

    assert verify(" ") == 1
    assert profile.read_text() == text
    sample.write_text(OFFICIAL)
    assert verify("Bo") == 1
    assert not load_profile(profile.read_text()).verified
    sample.write_bytes(OWN)
    assert verify('Bo "de Vries" \\1') == 0
    found = load_profile(profile.read_text())
    assert (found.verified, found.verified_by) == (True, 'Bo "de Vries" \\1')
    assert verify("Bo") == 1
