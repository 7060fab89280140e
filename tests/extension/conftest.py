"""One web server and one database server for all tests of the extension."""

import shutil
from collections.abc import Iterator

import pytest

from tests.extension.shop import Host, host
from tests.plugins.tools import MariaDb, php_name, tool


@pytest.fixture(scope="session")
def _host(_mariadb: MariaDb | None, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Host | None]:
    php = shutil.which(php_name())
    if php is None or _mariadb is None:
        yield None
        return
    with host(php, _mariadb, tmp_path_factory.mktemp("packages")) as found:
        yield found


@pytest.fixture(scope="session")
def shops(_host: Host | None) -> Host:
    """Where shops are installed."""
    if _host is None:
        tool(php_name())
        tool("mariadbd")
    assert _host is not None
    return _host
