"""The layout's page: chosen, changed, tried on a real order, compared with a sample, and vouched for by a person."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from kloppend.books.asperion.axml.channel import AxmlBooks
from kloppend.books.asperion.axml.example import HEADING, example_documents
from kloppend.books.asperion.axml.layout import Profile
from kloppend.books.asperion.axml.profile import builtin_profile, load_profile, mark_of
from kloppend.books.asperion.axml.render import render_bytes
from kloppend.records.models import Administration, Connection, LayoutVerified
from kloppend.sync.means import files_of, means_of
from tests.sync.conftest import sync

pytestmark = pytest.mark.django_db
PLACEHOLDER = builtin_profile("placeholder")
RENAMES = {"OrderNumber": "Ordernummer", "InvoiceDate": "Factuurdatum", "Email": "Emailadres", "Postcode": "Zipcode"}


def sample_of(text: str, renames: dict[str, str] | None = None) -> bytes:
    """What the layout makes of the examples, under other names: a made-up official sample."""
    profile = load_profile(text)
    content = render_bytes(profile, HEADING, example_documents(profile)).decode()
    for ours, theirs in (renames or {}).items():
        content = content.replace(f"<{ours}>", f"<{theirs}>").replace(f"</{ours}>", f"</{theirs}>")
    return content.encode()


def upload(content: bytes) -> SimpleUploadedFile:
    return SimpleUploadedFile("sample.xml", content, content_type="text/xml")


def do(client: Client, connection: Connection, what: str, **data: object) -> str:
    client.cookies["language"] = "en"
    response = client.post(f"/c/{connection.pk}/layout/", {"do": what, **data}, follow=True)
    assert response.status_code == 200, response.status_code
    return response.content.decode()


def page(client: Client, connection: Connection) -> str:
    client.cookies["language"] = "en"
    return client.get(f"/c/{connection.pk}/layout/").content.decode()


def profile_of(connection: Connection) -> Profile:
    books = files_of(means_of(Connection.objects.get(pk=connection.pk)).books)
    assert isinstance(books, AxmlBooks)
    return books.profile


def mark(connection: Connection) -> str:
    return mark_of(profile_of(connection))


def test_it_is_for_owners_and_operators(
    fetched: Connection, owner: Client, operator: Client, accountant: Client, stranger: Client
) -> None:
    seen = [client.get(f"/c/{fetched.pk}/layout/").status_code for client in (owner, operator, accountant, stranger)]
    assert seen == [200, 200, 403, 404]
    assert accountant.post(f"/c/{fetched.pk}/layout/", {"do": "choose", "layout": "axml-1.4"}).status_code == 403
    assert owner.post(f"/c/{fetched.pk}/layout/", {"do": "format the disk"}).status_code == 404


def test_other_books_have_no_such_page(fetched: Connection, owner: Client) -> None:
    ubl, _ = Administration.objects.get_or_create(kind="ubl", label="1")
    Connection.objects.update(administration=ubl)
    assert owner.get(f"/c/{fetched.pk}/layout/").status_code == 404


def test_what_is_in_use_is_told_with_a_real_order_beside_it(fetched: Connection, owner: Client) -> None:
    text = page(owner, fetched)
    assert "Example layout of our own" in text
    assert "Not verified" in text
    assert "hold the order" in text
    assert "&lt;OrderNumber&gt;" in text
    assert "The invoice as it will be" in text
    assert "Debiteursoort" in text
    assert "layout/" in owner.get(f"/c/{fetched.pk}/settings/").content.decode()


def test_a_built_in_layout_is_chosen_and_the_own_one_is_kept(fetched: Connection, owner: Client) -> None:
    assert "The next file is made with this layout" in do(owner, fetched, "choose", layout="axml-1.5.1")
    assert profile_of(fetched).name == "axml-1.5.1"
    own = PLACEHOLDER.replace('"placeholder"', '"mine"', 1)
    assert "is saved" in do(owner, fetched, "save", text=own)
    assert profile_of(fetched).name == "mine"
    do(owner, fetched, "choose", layout="axml-1.4")
    assert profile_of(fetched).name == "axml-1.4"
    do(owner, fetched, "choose", layout="custom")
    assert profile_of(fetched).name == "mine"
    assert "there is no profile" in do(owner, fetched, "choose", layout="axml-9")
    assert profile_of(fetched).name == "mine"


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ('name = "Header"', "name = Header", "Line 49:"),
        ('field = "order.number"', 'field = "order.nummer"', "did you mean"),
        ('"order.invoice_date", format = "date:yyyy-mm-dd"', '"order.invoice_date", format = "date:jjjj"', "Line 60:"),
        ('rounding_line = "hold"', 'rounding_line = "node"', "totals.rounding"),
        ("[tree]", "[[tree]]", "Expected"),
    ],
)
def test_a_mistake_is_told_with_its_place_and_what_was_typed_stays(
    fetched: Connection, owner: Client, old: str, new: str, told: str
) -> None:
    for what in ("try", "save"):
        text = do(owner, fetched, what, text=PLACEHOLDER.replace(old, new, 1))
        assert told in text
        assert new.replace('"', "&quot;") in text
    assert "profile_toml" not in Connection.objects.get(pk=fetched.pk).settings.get("books_options", {})


def test_a_layout_is_tried_without_being_saved(fetched: Connection, owner: Client) -> None:
    text = do(owner, fetched, "try", text=PLACEHOLDER.replace("OrderNumber", "Bestelnr"), order="1")
    assert "&lt;Bestelnr&gt;1&lt;/Bestelnr&gt;" in text
    assert "as typed, not saved" in text
    assert profile_of(fetched).name == "placeholder"


def test_a_sample_is_compared_its_names_taken_over_and_a_person_vouches(fetched: Connection, owner: Client) -> None:
    sample = sample_of(PLACEHOLDER, RENAMES)
    told = do(owner, fetched, "compare", sample=upload(sample))
    assert "The layout differs" in told
    assert "/Asperion/Orders/Order/Ordernummer" in told
    assert "differs from this sample" in do(
        owner, fetched, "verify", sample=upload(sample), mark=mark(fetched), seen="yes"
    )
    found = owner.post(f"/c/{fetched.pk}/layout/", {"do": "compare", "sample": upload(sample)}).context["compared"]
    pairs = {"ours": [r.ours for r in found.sample.renames], "theirs": [r.sample for r in found.sample.renames]}
    assert "taken over" in do(owner, fetched, "rename", **pairs)
    assert "Nothing differs" in do(owner, fetched, "compare", sample=upload(sample))
    assert not profile_of(fetched).verified

    assert "tick the box" in do(owner, fetched, "verify", sample=upload(sample), mark=mark(fetched))
    assert "changed meanwhile" in do(owner, fetched, "verify", sample=upload(sample), mark="0" * 64, seen="yes")
    assert "in your name" in do(owner, fetched, "verify", sample=upload(sample), mark=mark(fetched), seen="yes")
    said = LayoutVerified.objects.get()
    assert (said.connection_id, said.withdrawn_at, len(said.sample_sha256)) == (fetched.pk, None, 64)
    assert profile_of(fetched).verified
    assert "verified by jansen on" in page(owner, fetched)


def vouched(connection: Connection, client: Client) -> None:
    sample = sample_of(PLACEHOLDER)
    assert "in your name" in do(client, connection, "verify", sample=upload(sample), mark=mark(connection), seen="yes")


def test_what_was_vouched_for_is_what_is_sealed(connection: Connection, owner: Client) -> None:
    vouched(connection, owner)
    sync(connection)
    batch = connection.batches.get()
    assert batch.verified
    assert "UNVERIFIED" not in batch.name
    assert b"UNVERIFIED" not in bytes(batch.content.content)


def test_a_changed_layout_is_unverified_and_taking_it_back_is_kept(fetched: Connection, owner: Client) -> None:
    vouched(fetched, owner)
    do(owner, fetched, "save", text=PLACEHOLDER.replace("decimal:0.0000", "decimal:0.00"))
    assert not profile_of(fetched).verified
    assert "changed since" in page(owner, fetched)
    do(owner, fetched, "choose", layout="placeholder")
    assert profile_of(fetched).verified
    fetched.refresh_from_db()
    for switches, verified in (({"zero_class_means": "icp"}, True), ({"negative_lines": "hold"}, False)):
        fetched.settings["books_options"] = {"profile": "placeholder", "switches": switches}
        fetched.save()
        assert profile_of(fetched).verified is verified
    fetched.settings["books_options"] = {}
    fetched.save()
    assert "not count as verified any more" in do(owner, fetched, "take_back")
    assert not profile_of(fetched).verified
    said = LayoutVerified.objects.get()
    assert said.withdrawn_at is not None
    assert said.withdrawn_by == said.by
    assert "taken back by jansen" in page(owner, fetched)


def test_no_text_calls_itself_verified(fetched: Connection, owner: Client) -> None:
    for says in ("verified = true", "verified=true # sure", '"verified" = true'):
        do(owner, fetched, "save", text=PLACEHOLDER.replace("verified = false", says, 1))
        assert not profile_of(fetched).verified


def test_one_that_the_command_line_marked_can_be_taken_back(fetched: Connection, owner: Client) -> None:
    text = PLACEHOLDER.replace("verified = false", 'verified = true\nverified_by = "Bo"', 1)
    fetched.settings["books_options"] = {"profile_toml": text}
    fetched.save()
    assert profile_of(fetched).verified
    assert "own word verified by Bo" in page(owner, fetched)
    do(owner, fetched, "take_back")
    assert not profile_of(fetched).verified


EVIL = b'<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]><a>&x;</a>'


@pytest.mark.parametrize("content", [EVIL, b"<a>", b"", b"\x00\xff", b"<a>" + b" " * 5_000_001 + b"</a>"])
@pytest.mark.parametrize("name", ["sample", "schema"])
def test_an_upload_that_cannot_be_read_is_told(fetched: Connection, owner: Client, content: bytes, name: str) -> None:
    text = do(owner, fetched, "compare", **{name: upload(content)})
    assert "That did not work" in text
    assert "root:" not in text


def test_a_schema_is_used_and_fetches_nothing(fetched: Connection, owner: Client) -> None:
    xs = 'xmlns:xs="http://www.w3.org/2001/XMLSchema"'
    schema = f'<xs:schema {xs}><xs:element name="Other"/></xs:schema>'.encode()
    assert "What the schema says" in do(owner, fetched, "compare", schema=upload(schema))
    outside = f'<xs:schema {xs}><xs:include schemaLocation="http://127.0.0.1:9/x.xsd"/></xs:schema>'.encode()
    assert "refers to other files" in do(owner, fetched, "compare", schema=upload(outside))


def test_settings_that_cannot_be_read_do_not_hide_the_page(fetched: Connection, owner: Client) -> None:
    fetched.settings["books_options"] = {"profile": "axml-9"}
    fetched.save()
    assert "nothing is forwarded now" in page(owner, fetched)
    do(owner, fetched, "choose", layout="placeholder")
    assert profile_of(fetched).name == "placeholder"


def test_no_order_has_a_zero_byte_in_its_number(fetched: Connection, owner: Client) -> None:
    assert owner.get(f"/c/{fetched.pk}/layout/", {"order": "1\0"}).status_code == 200
