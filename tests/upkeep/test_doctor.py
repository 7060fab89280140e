"""What the doctor says of the set-up itself; the command as a whole is in tests/cli/test_upkeep.py."""

from datetime import UTC, datetime
from pathlib import Path

import pytest
from pytest_django import Settings

from kloppend.upkeep.doctor import proxies
from kloppend.upkeep.safety import Setup


@pytest.mark.parametrize(
    ("base_url", "count", "told"),
    [
        ("https://kloppend.example", 0, ["proxies"]),
        ("https://kloppend.example", 1, []),
        ("http://localhost:8000", 0, []),
    ],
)
def test_a_proxy_that_nobody_named(
    tmp_path: Path, settings: Settings, base_url: str, count: int, told: list[str]
) -> None:
    settings.KLOPPEND_BASE_URL, settings.ALLAUTH_TRUSTED_PROXY_COUNT = base_url, count
    found = proxies(Setup(home=tmp_path, address="127.0.0.1"), datetime.now(UTC))
    assert [item.name for item in found] == told
