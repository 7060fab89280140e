"""The packages: the same bytes every time, only where each installer allows, complete, and filled in on demand."""

import json
import re
import subprocess
import zipfile
from pathlib import Path

import pytest
from typer.testing import CliRunner

from kloppend.cli.main import app
from kloppend.shops.opencart.extension import build as building
from kloppend.shops.opencart.extension.build import GENERATIONS, BuildError, Generation, build, contents

EVERY = pytest.mark.parametrize("generation", GENERATIONS, ids=lambda generation: generation.name)
ALLOWED_IN_3_0 = (
    "admin/controller/extension/",
    "admin/language/",
    "admin/model/extension/",
    "admin/view/image/",
    "admin/view/javascript/",
    "admin/view/stylesheet/",
    "admin/view/template/extension/",
    "catalog/controller/extension/",
    "catalog/language/",
    "catalog/model/extension/",
    "catalog/view/javascript/",
    "catalog/view/theme/",
    "system/config/",
    "system/library/",
    "image/catalog/",
)
ROOT = {"INSTALL.nl.txt", "INSTALL.en.txt", "LICENSE.txt"}
LANGUAGE = Path(building.__file__).parent / "language"


def test_two_builds_are_equal_to_the_byte(tmp_path: Path) -> None:
    one, other = build(tmp_path / "one"), build(tmp_path / "other")
    assert len(one) == 5
    for first, second in zip(one, other, strict=True):
        assert first.read_bytes() == second.read_bytes()
        with zipfile.ZipFile(first) as package:
            names = package.namelist()
            assert names == sorted(set(names))
            assert {entry.date_time for entry in package.infolist()} == {(2026, 1, 1, 0, 0, 0)}


@EVERY
def test_only_folders_that_the_installer_takes(generation: Generation) -> None:
    for path in set(contents(generation)) - ROOT:
        assert ".." not in path
        assert "\\" not in path
        if generation.name == "oc4":
            assert path == "install.json" or path.startswith(("admin/", "catalog/", "system/library/"))
            continue
        assert path.startswith("upload/")
        if generation.name == "oc30":
            assert path.removeprefix("upload/").startswith(ALLOWED_IN_3_0)
        assert path.removeprefix("upload/").startswith(("admin/", "catalog/controller/", "system/library/kloppend/"))


@EVERY
def test_every_package_is_complete(generation: Generation) -> None:
    found = contents(generation)
    assert set(found) >= ROOT
    assert sum("/kloppend.twig" in path or "/kloppend.tpl" in path for path in found) == 1
    assert sum("/language/" in path for path in found) == len(generation.languages)
    core = {Path(path).name for path in found if "system/library/kloppend/" in path}
    loader = found[f"{generation.root}{generation.core}kloppend.php"].decode("utf-8")
    assert set(re.findall(r"'/([a-z_]+\.php)'", loader)) == {name for name in core if name.endswith("php")} - {
        "kloppend.php",
        "preset.php",
    }


def test_4_gets_a_manifest_with_everything_it_demands() -> None:
    manifest = json.loads(contents(GENERATIONS[-1])["install.json"])
    assert manifest["version"] == building.version()
    for name in ("name", "version", "author", "link", "code", "description"):
        assert manifest[name]
    assert GENERATIONS[-1].package == f"{manifest['code']}.ocmod.zip"


def test_both_languages_have_the_same_texts() -> None:
    keys = [re.findall(r"^\$_\['(\w+)'\]", (LANGUAGE / name).read_text("utf-8"), re.M) for name in ("nl.php", "en.php")]
    assert keys[0] == keys[1]
    assert len(keys[0]) == len(set(keys[0]))


def test_an_operator_fills_in_platform_and_licence(tmp_path: Path, php: str) -> None:
    done = CliRunner().invoke(
        app,
        [
            "extension",
            "build",
            "--output",
            str(tmp_path),
            "--platform-url",
            "https://k.example/a",
            "--licence-key",
            "KL-1",
        ],
    )
    assert done.exit_code == 0, done.output
    assert done.output.split() == [str(tmp_path / generation.package) for generation in GENERATIONS]
    for generation in GENERATIONS:
        with zipfile.ZipFile(tmp_path / generation.package) as package:
            preset = package.read(f"{generation.root}{generation.core}preset.php")
        (tmp_path / "preset.php").write_bytes(preset)
        shown = subprocess.run(
            [php, "-r", f"echo json_encode(include '{tmp_path}/preset.php');"], capture_output=True, check=True
        )
        assert json.loads(shown.stdout) == {"platform_url": "https://k.example/a", "licence_key": "KL-1"}


@pytest.mark.parametrize(
    "values",
    [
        {"platform_url": "https://a'.example"},
        {"platform_url": "k.example"},
        {"platform_url": "https://a\n"},
        {"licence_key": "'. system(1) .'"},
        {"licence_key": "x" * 65},
        {"licence_key": "a\\"},
    ],
)
def test_nothing_else_gets_between_phps_quotes(tmp_path: Path, values: dict[str, str]) -> None:
    with pytest.raises(BuildError):
        build(tmp_path, **values)
    assert list(tmp_path.iterdir()) == []


@EVERY
@pytest.mark.parametrize("language", ["nl", "en"])
def test_the_instructions_quote_what_test_connection_says(generation: Generation, language: str) -> None:
    text = contents(generation)[f"INSTALL.{language}.txt"].decode()
    texts = (LANGUAGE / f"{language}.php").read_text(encoding="utf-8")
    section = text.split({"nl": "\nVerbinding testen\n", "en": "\nTest connection\n"}[language])[1].split("\n\n")[0]
    quoted = re.findall(r'"([^"]+)"', section)
    assert len(quoted) == 4
    for words in quoted:
        assert words in texts


def test_the_instructions_for_one_merchant_link_the_platform(tmp_path: Path) -> None:
    for path in build(tmp_path, platform_url="https://kloppend.example/"):
        with zipfile.ZipFile(path) as package:
            assert "is: https://kloppend.example/\n" in package.read("INSTALL.nl.txt").decode()
            assert "too: https://kloppend.example/\n" in package.read("INSTALL.en.txt").decode()
    for generation in GENERATIONS:
        assert b"https://" not in contents(generation)["INSTALL.nl.txt"]
