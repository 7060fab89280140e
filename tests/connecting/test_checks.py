"""Each check fails for its own reason, and says so in both languages."""

from datetime import timedelta
from typing import Any

import pytest

from kloppend.connecting.checks import CHECKS, checks_of, run_checks
from kloppend.connecting.draft import Draft
from kloppend.connecting.results import TEXTS, CheckResult, nothing_failed
from kloppend.records.models import Connection, Order
from kloppend.shops.opencart.simulator import Fault, SimulatedStore, StoreServer
from tests.connecting.conftest import NOON, Checker


def codes(result: CheckResult) -> list[str]:
    return [problem.code for problem in result.problems]


def test_a_good_draft_passes_with_warnings_only(check: Checker) -> None:
    results = check()
    failed = [result for result in results.values() if result.outcome not in ("ok", "warning")]
    assert not failed
    assert list(results) == [one.name for one in checks_of("files")]
    warned = {code for result in results.values() for code in codes(result)}
    assert warned == {"SHOP_ADDRESS_PLAIN_HTTP", "ONLY_DOWNLOAD_YET", "CHOICE_NOT_IN_SHOP", "RECENT_ORDERS_REFUSED"}
    assert "3.0.5.1" in results["extension"].sentence("nl")
    assert not Order.objects.exists()
    assert not Connection.objects.exists()


def test_the_trial_says_what_becomes_of_each_recent_order(check: Checker) -> None:
    result = check()["recent_orders"]
    states = {order.number: order.state for order in result.orders}
    assert states["6"] == "refused"
    assert [problem.code for order in result.orders if order.number == "6" for problem in order.problems] == [
        "MULTI_CURRENCY"
    ]
    assert sum(state == "ready" for state in states.values()) == int(result.detail["ready"]) > 0


@pytest.mark.parametrize("language", ["nl", "en"])
def test_every_check_has_its_words(check: Checker, language: Any) -> None:
    assert TEXTS.keys() == {one.name for one in CHECKS} | {"not_done"}
    for results in (check(), check(shop_address="nonsense")):
        for result in results.values():
            assert result.title(language)
            if result.outcome in ("ok", "not_done"):
                assert "{" not in result.sentence(language)


@pytest.mark.parametrize(
    ("fields", "name", "code"),
    [
        ({"name": " "}, "name", "CONNECTION_NAME_INVALID"),
        ({"name": "a\nb"}, "name", "CONNECTION_NAME_INVALID"),
        ({"shop_address": "mijnwinkel"}, "address", "SHOP_ADDRESS_INVALID"),
        ({"shop_address": "https://[x"}, "address", "SHOP_ADDRESS_INVALID"),
        ({"shop_address": "ftp://shop.example"}, "address", "SHOP_ADDRESS_INVALID"),
        ({"api_key": ""}, "api_key", "API_KEY_INVALID"),
        ({"api_key": "x" * 65}, "api_key", "API_KEY_INVALID"),
        ({"api_key": 'quote"quote"quote'}, "api_key", "API_KEY_INVALID"),
        ({"api_key": "kort1!"}, "api_key", "API_KEY_WEAK"),
        ({"api_key": "Andere!Sleutel(2026)*1"}, "key_fits", "SHOP_KEY_REFUSED"),
        ({"administration": ""}, "administration", "ADMINISTRATION_CODE_INVALID"),
        ({"administration": "twee woorden"}, "administration", "ADMINISTRATION_CODE_INVALID"),
        ({"licence_key": "ANDERS"}, "licence", "SHOP_LICENCE_DIFFERS"),
        ({"shop_kind": "magento"}, "settings", "SETTINGS_INVALID"),
        ({"books_kind": "ledger"}, "settings", "SETTINGS_INVALID"),
    ],
)
def test_what_is_wrong_with_a_field_is_told_at_its_check(check: Checker, fields: Any, name: str, code: str) -> None:
    assert codes(check(**fields)[name]) == [code]


@pytest.mark.parametrize(
    ("settings", "name", "code"),
    [
        ({"trigger_statuses": []}, "statuses", "TRIGGER_STATUS_MISSING"),
        ({"trigger_statuses": ["0"], "cancel_statuses": []}, "statuses", "TRIGGER_STATUS_MISSING"),
        ({"trigger_statuses": ["5", "99"]}, "statuses", "STATUS_NOT_IN_SHOP"),
        ({"trigger_statuses": ["5"], "cancel_statuses": ["5"]}, "statuses", "STATUS_TRIGGERS_AND_CANCELS"),
        ({"payment_codes": {}}, "payment_methods", "PAYMENT_METHODS_UNDECIDED"),
        ({"payment_codes": {"cod": "", "bank_transfer": ""}}, "payment_methods", "PAYMENT_METHODS_LEFT_OPEN"),
        ({"excluded_groups": ["77"]}, "other_choices", "CHOICE_NOT_IN_SHOP"),
        ({"vat_number_field": "custom_field:77"}, "other_choices", "CHOICE_NOT_IN_SHOP"),
        ({"books_closed_until": "2026-11-30"}, "start", "START_IN_CLOSED_PERIOD"),
        ({"start_date": "2027-01-01"}, "start", "START_IN_FUTURE"),
        ({"time_zone": "Mars/Olympus"}, "settings", "SETTINGS_INVALID"),
        ({"no_such_setting": 1}, "settings", "SETTINGS_INVALID"),
        ({"start_date": "2026-02-30"}, "settings", "SETTINGS_INVALID"),
        ({"payment_codes": {"cod": "a\0b"}}, "settings", "SETTINGS_INVALID"),
    ],
)
def test_what_is_wrong_with_a_setting_is_told_at_its_check(check: Checker, settings: Any, name: str, code: str) -> None:
    assert code in codes(check(settings)[name])


@pytest.mark.parametrize(
    ("fault", "value", "name", "code"),
    [
        (Fault.STATUS, "500", "shop_answers", "SHOP_SERVER_ERROR"),
        (Fault.REDIRECT, "https://elders.example", "shop_answers", "SHOP_REDIRECTS_ELSEWHERE"),
        (Fault.STATUS, "404", "extension", "SHOP_EXTENSION_NOT_FOUND"),
        (Fault.HTML, "", "extension", "SHOP_ANSWER_NOT_JSON"),
        (Fault.UNSIGNED, "", "extension", "SHOP_ANSWER_UNSIGNED"),
        (Fault.TOO_NEW, "", "extension", "SHOP_PROTOCOL_TOO_NEW"),
        (Fault.WRONG_SIGNATURE, "", "key_fits", "SHOP_SIGNATURE_WRONG"),
    ],
)
def test_trouble_with_the_shop_is_told_where_it_belongs(
    check: Checker, store: SimulatedStore, fault: Fault, value: str, name: str, code: str
) -> None:
    store.faults.switch_on(fault, value)
    results = check()
    assert codes(results[name]) == [code]
    assert [found for found in results.values() if code in codes(found)] == [results[name]]
    assert results["currency"].outcome == results["recent_orders"].outcome == "not_done"
    assert not nothing_failed(list(results.values()))


def test_a_shop_that_is_down(draft: Draft, db: None) -> None:
    results = {result.name: result for result in run_checks(draft.changed(shop_address="http://127.0.0.1:9"), NOON)}
    assert codes(results["shop_answers"]) == ["SHOP_UNREACHABLE"]
    assert results["extension"].outcome == "not_done"


def test_a_clock_that_is_off_is_a_warning(check: Checker, store: SimulatedStore) -> None:
    store.clock_offset = int(timedelta(minutes=40).total_seconds())
    result = check()["clock"]
    assert (result.outcome, codes(result)) == ("warning", ["SHOP_CLOCK_OFF"])
    assert result.problems[0].detail["minutes"] == "40"


def test_a_shop_in_another_currency_fails(check: Checker, store: SimulatedStore) -> None:
    store._rows["meta"]["store"] = {"default_currency": "GBP"}
    assert codes(check()["currency"]) == ["SHOP_CURRENCY_NOT_EURO"]


def test_a_shop_without_dutch_rates_fails(check: Checker, store: SimulatedStore) -> None:
    for rate in store._rows["reference"]["tax_rate"]:
        rate["rate"] = "19.0000"
    result = check()["tax_rates"]
    assert codes(result) == ["SHOP_HAS_NO_DUTCH_RATE", "SHOP_RATE_NOT_DUTCH"]
    assert check({"kor": True})["tax_rates"].outcome == "warning"


def test_a_start_far_back_tells_how_many_orders_would_go_at_once(check: Checker, store: SimulatedStore) -> None:
    record = next(record for record in store.records if record["order"]["order_status_id"] == "5")
    for _ in range(100):
        store.add_order(record)
    result = check({"start_date": "2026-01-01"})["start"]
    assert codes(result) == ["START_FAR_BACK"]
    assert int(result.problems[0].detail["count"]) >= 100


def test_a_folder_that_cannot_be_written(check: Checker, tmp_path: Any, settings: Any) -> None:
    (tmp_path / "blocked").write_text("a file where a folder should be")
    settings.KLOPPEND_FILES_DIR = str(tmp_path / "blocked")
    assert codes(check()["folder"]) == ["FOLDER_NOT_WRITABLE"]


def test_an_order_that_cannot_be_read_counts_as_refused(check: Checker, store: SimulatedStore) -> None:
    store.faults.switch_on(Fault.BAD_AMOUNT, "1")
    orders = {order.number: order for order in check()["recent_orders"].orders}
    assert orders["1"].state == "refused"
    assert orders["1"].problems


def test_no_secret_is_in_what_is_shown(draft: Draft, server: StoreServer) -> None:
    assert draft.api_key not in repr(draft)
    assert draft.api_key not in repr(draft.access)
