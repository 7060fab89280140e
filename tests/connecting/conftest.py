"""A draft that passes every check, for the simulated store."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest

from kloppend.connecting.checks import run_checks
from kloppend.connecting.draft import Draft
from kloppend.connecting.results import CheckResult
from kloppend.demo.stores import choices_for
from kloppend.shops.opencart.simulator import StoreServer
from tests.sync.conftest import API_KEY, _files, server, store

__all__ = ["_files", "server", "store"]

NOON = datetime(2026, 11, 24, 11, 0, tzinfo=UTC)
Checker = Callable[..., dict[str, CheckResult]]


@pytest.fixture
def draft(server: StoreServer) -> Draft:
    """What the merchant of the 3.0.5.1 store would fill in."""
    return Draft(
        name="De Proef",
        merchant="Jansen",
        shop_address=server.address,
        api_key=API_KEY,
        licence_key="LIC",
        administration="ADM-1234",
        settings=choices_for("3.0.5.1"),
    )


@pytest.fixture
def check(draft: Draft, db: None) -> Checker:
    """Run all checks on the draft with these fields, or with these settings, changed; results by name."""

    def changed(settings: dict[str, Any] | None = None, **fields: Any) -> dict[str, CheckResult]:
        asked = draft.changed(**fields).with_settings(**(settings or {}))
        return {result.name: result for result in run_checks(asked, NOON)}

    return changed
