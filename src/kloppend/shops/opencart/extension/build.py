"""Packs the extension in the form that each OpenCart generation's installer expects, the same bytes every time."""

import json
import re
import zipfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from importlib import resources
from importlib.resources.abc import Traversable
from pathlib import Path

_LONG_AGO = (2026, 1, 1, 0, 0, 0)
_TEXTS = (".txt",)
_PLATFORM_IN_INSTALL = {
    "INSTALL.nl.txt": ("Verbinding testen\n", " Het platform, waar ook je dashboard is: "),
    "INSTALL.en.txt": ("Test connection\n", " The platform, where your dashboard is too: "),
}
"""The heading in each text, and what is put below it for one merchant, before the address."""
_PLATFORM_URL = re.compile(r"https?://[A-Za-z0-9.-]+(:[0-9]{1,5})?(/[A-Za-z0-9._~/-]*)?")
_LICENCE_KEY = re.compile(r"[A-Za-z0-9._-]{1,64}")


class BuildError(ValueError):
    """A value cannot go into the package."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Generation:
    """Where things stand in one generation's package."""

    name: str
    package: str
    root: str
    core: str
    languages: Mapping[str, str]
    """Folder of OpenCart's language -> our file with its texts."""
    language_file: str
    """Within such a folder."""
    view: str = ""
    """Where the template stands that 2.0 to 2.3 share."""


_MODULE = "module/kloppend.php"
_EXTENSION_MODULE = "extension/module/kloppend.php"
_OLD = {"dutch": "nl.php", "english": "en.php"}
_NEW = {"nl-nl": "nl.php", "en-gb": "en.php"}
_CORE = "system/library/kloppend/"

GENERATIONS = (
    Generation(
        name="oc15", package="kloppend-oc15.zip", root="upload/", core=_CORE, languages=_OLD, language_file=_MODULE
    ),
    Generation(
        name="oc20",
        package="kloppend-oc20.ocmod.zip",
        root="upload/",
        core=_CORE,
        languages=_OLD | _NEW,
        language_file=_MODULE,
        view="admin/view/template/module/kloppend.tpl",
    ),
    Generation(
        name="oc23",
        package="kloppend-oc23.ocmod.zip",
        root="upload/",
        core=_CORE,
        languages=_NEW,
        language_file=_EXTENSION_MODULE,
        view="admin/view/template/extension/module/kloppend.tpl",
    ),
    Generation(
        name="oc30",
        package="kloppend-oc30.ocmod.zip",
        root="upload/",
        core=_CORE,
        languages=_NEW,
        language_file=_EXTENSION_MODULE,
    ),
    Generation(name="oc4", package="kloppend.ocmod.zip", root="", core=_CORE, languages=_NEW, language_file=_MODULE),
)


def build(folder: Path, *, platform_url: str = "", licence_key: str = "") -> list[Path]:
    """Write one package per generation into this folder; their paths. Raises BuildError for unfit values."""
    preset = _preset(platform_url, licence_key)
    folder.mkdir(parents=True, exist_ok=True)
    written = []
    for generation in GENERATIONS:
        written.append(folder / generation.package)
        files = contents(generation, preset)
        for name, words in _PLATFORM_IN_INSTALL.items():
            if platform_url:
                files[name] = files[name].replace(
                    words[0].encode(), (words[0] + words[1] + platform_url + "\n").encode()
                )
        _pack(written[-1], files)
    return written


def version() -> str:
    """The extension's version, as the core says it."""
    found = re.search(r"const VERSION = '([0-9.]+)';", (_source() / "core" / "kloppend.php").read_text("utf-8"))
    if not found:
        raise BuildError("the core does not say its version")
    return found[1]


def contents(generation: Generation, preset: bytes | None = None) -> dict[str, bytes]:
    """Path in the package -> bytes."""
    found: dict[str, bytes] = {"LICENSE.txt": (_source() / "LICENSE").read_bytes()}
    for path, data in _files(_source() / generation.name):
        found[path if "/" not in path and path.endswith(_TEXTS) else generation.root + path] = data
    for path, data in _files(_source() / "core"):
        found[generation.root + generation.core + path] = preset if preset and path == "preset.php" else data
    for folder, texts in generation.languages.items():
        path = f"{generation.root}admin/language/{folder}/{generation.language_file}"
        found[path] = (_source() / "language" / texts).read_bytes()
    if generation.view:
        found[generation.root + generation.view] = (_source() / "views" / "bootstrap3.tpl").read_bytes()
    if "install.json" in found:
        manifest = json.loads(found["install.json"]) | {"version": version()}
        found["install.json"] = (json.dumps(manifest, indent=2, ensure_ascii=False) + "\n").encode("utf-8")
    return found


def _source() -> Traversable:
    return resources.files("kloppend.shops.opencart") / "extension"


def _files(folder: Traversable, prefix: str = "") -> Iterator[tuple[str, bytes]]:
    for entry in sorted(folder.iterdir(), key=lambda entry: entry.name):
        if entry.is_dir():
            yield from _files(entry, f"{prefix}{entry.name}/")
        else:
            yield prefix + entry.name, entry.read_bytes()


def _preset(platform_url: str, licence_key: str) -> bytes | None:
    """What an operator fills in for one merchant; both go between PHP's single quotes, so their form is checked."""
    if platform_url and not _PLATFORM_URL.fullmatch(platform_url):
        raise BuildError("the platform URL must be http(s)://host[:port][/path]")
    if licence_key and not _LICENCE_KEY.fullmatch(licence_key):
        raise BuildError("a licence key has at most 64 letters, digits, dots, dashes and underscores")
    if not platform_url and not licence_key:
        return None
    text = (_source() / "core" / "preset.php").read_text("utf-8")
    for name, value in (("platform_url", platform_url), ("licence_key", licence_key)):
        text = text.replace(f"'{name}' => ''", f"'{name}' => '{value}'")
    return text.encode("utf-8")


def _pack(path: Path, files: Mapping[str, bytes]) -> None:
    """Stored, not compressed: what a compressor makes differs from one zlib to the next."""
    with zipfile.ZipFile(path, "w") as package:
        for name in sorted(files):
            entry = zipfile.ZipInfo(name, date_time=_LONG_AGO)
            entry.create_system = 3
            entry.external_attr = 0o100644 << 16
            package.writestr(entry, files[name])
