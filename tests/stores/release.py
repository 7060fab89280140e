"""An unpacked OpenCart release, and the few names that differ between its generations."""

import re
from dataclasses import dataclass
from pathlib import Path

from tests.stores.trouble import StoreTrouble

_VERSION = re.compile(r"""define\(\s*['"]VERSION['"]\s*,\s*['"]([0-9.]+)['"]""")


@dataclass(frozen=True, slots=True)
class Release:
    """A version as text (`3.0.5.1`) and the folder that holds its `index.php`."""

    version: str
    folder: Path

    @property
    def numbers(self) -> tuple[int, ...]:
        """`(3, 0, 5, 1)`: versions compare as tuples."""
        return tuple(int(part) for part in self.version.split("."))

    @property
    def generation(self) -> str:
        """The extension package that fits: `1.5`, `2.0`, `2.3`, `3.0` or `4.x`."""
        for first, name in (((4,), "4.x"), ((3,), "3.0"), ((2, 3), "2.3"), ((2,), "2.0"), ((1, 5), "1.5")):
            if self.numbers >= first:
                return name
        raise StoreTrouble(f"OpenCart {self.version} is older than 1.5")

    @property
    def token(self) -> str:
        """The name of the admin's token in addresses."""
        return "user_token" if self.numbers >= (3,) else "token"

    @property
    def module_route(self) -> str:
        """The route of our extension, in the admin and in the store."""
        if self.numbers >= (4,):
            return "extension/kloppend/module/kloppend"
        return "extension/module/kloppend" if self.numbers >= (2, 3) else "module/kloppend"

    def extension_route(self, kind: str, code: str) -> str:
        """The store's route of an extension that comes with OpenCart, such as `payment` `cod`."""
        if self.numbers >= (4,):
            return f"extension/opencart/{kind}/{code}"
        return f"extension/{kind}/{code}" if self.numbers >= (2, 3) else f"{kind}/{code}"

    def setting(self, kind: str, key: str) -> str:
        """The name of an extension's setting: from 3.0 with its kind in front."""
        return f"{kind}_{key}" if self.numbers >= (3,) else key

    @property
    def method_separator(self) -> str:
        """What stands between route and method."""
        if self.numbers >= (4, 0, 2):
            return "."
        return "|" if self.numbers >= (4,) else "/"


def release_in(folder: Path) -> Release:
    """The release in `folder`, or in its `upload`. Raises StoreTrouble when there is none."""
    for place in (folder, folder / "upload"):
        index = place / "index.php"
        found = _VERSION.search(index.read_text(encoding="utf-8")) if index.is_file() else None
        if found:
            return Release(found.group(1), place)
    raise StoreTrouble(f"{folder} is no unpacked OpenCart release: there is no index.php with a VERSION in it")
