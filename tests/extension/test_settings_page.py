"""The settings page in every generation: what is saved, refused, warned about, shown, kept and forgotten."""

import re
from collections.abc import Iterator
from html import unescape
from urllib.parse import urlencode

import httpx
import pytest

from tests.extension import tables
from tests.extension.shop import Host, InstalledShop

GOOD = "Geheim-2026!*@#()=".replace("-", "")
VERSIONS = tables.VERSIONS[:5]  # one of each generation


@pytest.fixture(scope="module", params=VERSIONS)
def _shop(request: pytest.FixtureRequest, _host: Host | None) -> Iterator[InstalledShop | None]:
    found = _host.shop(tables.store(request.param), api_key=GOOD) if _host else None
    yield found
    if found:
        found.close()


@pytest.fixture
def shop(_shop: InstalledShop | None, shops: Host) -> InstalledShop:
    assert _shop is not None
    return _shop


def form(shop: InstalledShop, **values: str) -> dict[str, str]:
    fields = {"status": "1", "package": "asperion", "licence_key": "KL-1", "api_key": GOOD, "platform_url": ""}
    fields |= {"vat_field": "", "trigger_status": "", "forget": "0"} | values
    return {shop.prefix + name: value for name, value in fields.items()}


def setting(shop: InstalledShop, name: str) -> str:
    return shop.sql(f"SELECT value FROM {shop.table('setting')} WHERE `key` = '{shop.prefix}{name}'").strip("\n")


def values(page: str, prefix: str) -> dict[str, str]:
    """What the form's inputs and selects show."""
    found = dict(re.findall(rf'<input[^>]* name="{prefix}(\w+)"[^>]* value="([^"]*)"', page))
    for name, options in re.findall(rf'<select name="{prefix}(\w+)"[^>]*>(.*?)</select>', page):
        chosen = re.findall(r'<option value="([^"]*)" selected', options)
        assert len(chosen) == 1
        found[name] = chosen[0]
    return {name: unescape(value) for name, value in found.items()}


def test_what_is_saved_is_shown_again(shop: InstalledShop) -> None:
    sent = form(shop, platform_url="https://platform.example/x", trigger_status="5", licence_key="KL-2026_a.b")
    answer = shop.admin(form=sent)
    assert answer.status_code == 302
    assert "&amp;" not in answer.headers["location"]
    assert "=admitted" in answer.headers["location"]
    page = shop.admin().text
    assert {shop.prefix + name: value for name, value in values(page, shop.prefix).items()} == sent
    assert "https://platform.example/x" in page
    assert 'data-kloppend="generate"' in page
    assert "Deprecated" not in page
    assert "Warning" not in page


@pytest.mark.parametrize("character", ["<", "&", '"', "'", "é", " ", "-", "+", "%", "\\", "€", ";"])
def test_a_key_with_other_characters_is_refused_with_a_clear_message(shop: InstalledShop, character: str) -> None:
    before = setting(shop, "api_key")
    key = f"Abcdefgh{character}1234567"
    answer = shop.admin(form=form(shop, api_key=key))
    assert answer.status_code == 200
    assert "only letters without accents, digits and ! * @ # ( ) =" in answer.text
    assert values(answer.text, shop.prefix)["api_key"] == key
    assert setting(shop, "api_key") == before


def test_lengths_of_keys(shop: InstalledShop) -> None:
    assert "at most 64 characters" in shop.admin(form=form(shop, api_key="aB3!" * 16 + "x")).text
    assert shop.admin(form=form(shop, api_key="aB3!dE5" + "fG7hI9" * 9 + "xyz")).status_code == 302
    assert "Your API key is easy to guess" not in shop.admin().text
    for weak in ("kort1A!", "aaaaaaaaaaaaaaaaaaaaaaaaA1", "abcdefghijklmnopqrst"):
        assert shop.admin(form=form(shop, api_key=weak)).status_code == 302
        assert setting(shop, "api_key") == weak
        assert "Your API key is easy to guess" in shop.admin().text
    assert "Enter an API key first" in shop.admin(form=form(shop, api_key="")).text
    assert shop.admin(form=form(shop, api_key="", status="0")).status_code == 302
    assert shop.admin(form=form(shop)).status_code == 302


def test_a_saved_key_opens_the_endpoint(shop: InstalledShop) -> None:
    key = "Nieuw!*@#()=2026abc"
    shop.admin(form=form(shop, api_key=f"  {key} "))
    client = shop.connected(secret=key, licence="KL-1")
    assert client.identify().licence == "ok"
    client.close()
    shop.admin(form=form(shop))


@pytest.mark.parametrize(
    "address", ["platform.example", "javascript:alert(1)", "https://a b", "https://a/?x=1", "ftp://a"]
)
def test_odd_platform_addresses_are_refused(shop: InstalledShop, address: str) -> None:
    answer = shop.admin(form=form(shop, platform_url=address))
    assert answer.status_code == 200
    assert "must begin with https://" in answer.text


def test_without_permission_nothing_is_saved(shop: InstalledShop) -> None:
    before = setting(shop, "licence_key")
    answer = shop.admin("unpermitted=1", form=form(shop, licence_key="stolen"))
    assert "You have no permission" in answer.text
    assert setting(shop, "licence_key") == before


def test_without_token_there_is_no_page(shop: InstalledShop) -> None:
    url = f"{shop.address}/admin/index.php?route={shop.route}"
    assert httpx.post(url, data=form(shop, licence_key="stolen")).headers["location"].endswith("common/login")


def test_arrays_in_the_form_are_no_values(shop: InstalledShop) -> None:
    text = urlencode({**form(shop), f"{shop.prefix}licence_key[a]": "x", f"{shop.prefix}api_key[]": "y"})
    url = f"{shop.address}/admin/index.php?route={shop.route}&user_token=admitted&token=admitted"
    kind = {"Content-Type": "application/x-www-form-urlencoded"}
    answer = httpx.post(url, content=text, headers=kind)
    assert answer.status_code == 200
    assert "Enter an API key first" in answer.text


def test_names_and_values_cannot_become_html(shop: InstalledShop) -> None:
    evil = "<script>alert('x')</script>\"'"
    status = shop.table("order_status")
    literal = tables.literal(evil)
    shop.sql(f"UPDATE {status} SET name = {literal} WHERE order_status_id = 5")
    if "shop7_custom_field_description" in shop.sql("SHOW TABLES"):
        shop.sql(f"UPDATE {shop.table('custom_field_description')} SET name = {literal} WHERE custom_field_id = 1")
    answer = shop.admin(
        form=form(shop, api_key=evil, licence_key=evil, platform_url=evil, vat_field=evil, package=evil)
    )
    page = answer.text.replace("<script>/* Kloppend", "")
    assert answer.status_code == 200
    assert "<script>" not in page
    assert "alert('x')" not in page
    assert "&lt;script&gt;" in page


def test_dutch(shop: InstalledShop) -> None:
    folder = "dutch" if shop.version.startswith(("1", "2.0")) else "nl-nl"
    page = shop.admin(f"language={folder}").text
    assert "Verbinding testen" in page
    assert "Boekhoudpakket" in page


def test_a_language_without_texts_of_ours_is_english_in_4(shops: Host) -> None:
    """Before 4 OpenCart itself falls back to English."""
    shop = shops.shop(tables.store("4.0.2.3"))
    assert "Test connection" in shop.admin("language=de-de").text
    shop.close()


def test_visits_of_the_platform_are_shown(shop: InstalledShop) -> None:
    shop.sql(f"DELETE FROM {shop.table('kloppend')} WHERE name LIKE 'seen:%'")
    assert "has not read anything yet" in shop.admin().text
    client = shop.connected(secret=GOOD)
    count = sum(len(page.orders) for page in client.changed_orders("", None))
    client.close()
    page = shop.admin().text
    assert "New and changed orders" in page
    assert re.search(rf"New and changed orders.*?>{count}<", page, re.DOTALL)


def test_key_and_identity_survive_uninstalling_unless_the_merchant_says_otherwise(shop: InstalledShop) -> None:
    def identity() -> str:
        client = shop.connected(secret=GOOD)
        found = client.identify().shop_id
        client.close()
        return found

    shop.admin(form=form(shop))
    before = identity()
    for forgets in ("0", "1"):
        shop.admin(form=form(shop, forget=forgets))
        shop.admin("method=uninstall")
        shop.sql(f"DELETE FROM {shop.table('setting')} WHERE `key` LIKE '{shop.prefix}%'")
        shop.admin("method=install")
        assert setting(shop, "api_key") == ("" if forgets == "1" else GOOD)
        assert setting(shop, "status") == ("" if forgets == "1" else "1")
        if forgets == "0":
            assert identity() == before
    shop.admin(form=form(shop))
    assert identity() != before
