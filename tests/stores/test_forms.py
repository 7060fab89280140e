"""What the store test reads from pages, without a store."""

import httpx
import pytest

from tests.stores.browser import Page
from tests.stores.order_care import flattened
from tests.stores.trouble import StoreTrouble

PAGE = """<html><body>
<form action="index.php?route=other"><input name="search" value="x"></form>
<form action="index.php?route=module/kloppend&amp;token=abc" method="post">
  <input type="hidden" name="licence_key" value="L&amp;1">
  <input type="checkbox" name="off" value="1"><input type="checkbox" name="on" value="1" checked>
  <select name="status"><option value="0">Off</option><option value="1" selected="selected">On</option></select>
  <textarea name="note">two
lines</textarea>
  <button name="save" value="1">Save</button>
</form>
<div class="alert alert-danger">  The key is
 too short. <button class="close">x</button></div></body></html>"""


def page(text: str, status: int = 200, url: str = "http://127.0.0.1:1/admin/index.php?route=a&token=abc") -> Page:
    return Page(httpx.Response(status, text=text, request=httpx.Request("GET", url)))


def test_a_form_is_found_by_a_field_and_sent_as_a_browser_would() -> None:
    form = page(PAGE).form("licence_key")
    assert form.action == "http://127.0.0.1:1/admin/index.php?route=module/kloppend&token=abc"
    assert form.fields == [("licence_key", "L&1"), ("on", "1"), ("status", "1"), ("note", "two\nlines")]


def test_filling_in_replaces_and_adds() -> None:
    filled = page(PAGE).form("licence_key").filled_in(status="0", api_key="k")
    assert filled == [("licence_key", "L&1"), ("on", "1"), ("note", "two\nlines"), ("status", "0"), ("api_key", "k")]


def test_without_the_form_the_page_s_own_words_are_told() -> None:
    with pytest.raises(StoreTrouble, match="The key is too short"):
        page(PAGE).form("password")


def test_an_error_in_json_is_trouble() -> None:
    with pytest.raises(StoreTrouble, match="No permission"):
        page('{"error": "No permission"}').json()
    with pytest.raises(StoreTrouble, match="did not answer JSON"):
        page("<b>Notice</b>: x").json()
    noticed = "<b>Notice</b>: Undefined variable: expire in <b>/shop/template.php</b> on line <b>9</b>"
    assert page(noticed + '{"success": "ok"}').json() == {"success": "ok"}
    assert page('{"redirect": "x", "error": []}').json() == {"redirect": "x", "error": []}


def test_the_token_is_read_from_the_address() -> None:
    assert page("").query("token") == "abc"
    assert page("").query("user_token") == ""


def test_nested_json_becomes_fields_of_a_form() -> None:
    rows = [{"product_id": 4, "option": {"7": None}}]
    assert list(flattened("product", rows)) == [("product[0][product_id]", "4"), ("product[0][option][7]", "")]
