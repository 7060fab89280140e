"""Which names a version goes by."""

from pathlib import Path

import pytest

from tests.stores.package import package_for
from tests.stores.release import Release, release_in
from tests.stores.shopping import PURCHASES, purchases_for
from tests.stores.trouble import StoreTrouble
from tests.stores.untouched import changed


@pytest.mark.parametrize(
    ("version", "generation", "route", "separator"),
    [
        ("1.5.6.4", "1.5", "module/kloppend", "/"),
        ("2.2.0.0", "2.0", "module/kloppend", "/"),
        ("2.3.0.2", "2.3", "extension/module/kloppend", "/"),
        ("3.0.5.1", "3.0", "extension/module/kloppend", "/"),
        ("4.0.1.1", "4.x", "extension/kloppend/module/kloppend", "|"),
        ("4.1.0.4", "4.x", "extension/kloppend/module/kloppend", "."),
    ],
)
def test_a_version_belongs_to_a_generation(version: str, generation: str, route: str, separator: str) -> None:
    release = Release(version, Path())
    assert (release.generation, release.module_route, release.method_separator) == (generation, route, separator)


def test_a_release_is_found_in_its_upload_folder(tmp_path: Path) -> None:
    (tmp_path / "upload").mkdir()
    (tmp_path / "upload" / "index.php").write_text("<?php\n// Version\ndefine('VERSION', '2.3.0.2');\n")
    assert release_in(tmp_path).version == "2.3.0.2"
    with pytest.raises(StoreTrouble, match="no unpacked OpenCart release"):
        release_in(tmp_path / "elsewhere")


def test_the_package_of_a_generation(tmp_path: Path) -> None:
    for name in ("kloppend-oc30.ocmod.zip", "kloppend.ocmod.zip", "kloppend-oc15.zip"):
        (tmp_path / name).touch()
    assert package_for("3.0", tmp_path).name == "kloppend-oc30.ocmod.zip"
    assert package_for("4.x", tmp_path).name == "kloppend.ocmod.zip"
    assert package_for("1.5", tmp_path).name == "kloppend-oc15.zip"
    with pytest.raises(StoreTrouble, match=r"no package for OpenCart 2\.3"):
        package_for("2.3", tmp_path)


def test_gift_certificates_went_with_4_1() -> None:
    assert purchases_for(Release("3.0.5.1", Path())) == list(PURCHASES)
    assert len(purchases_for(Release("4.0.2.3", Path()))) == len(PURCHASES)
    assert not any(one.certificate or one.buys_certificate for one in purchases_for(Release("4.1.0.4", Path())))


def test_a_changed_a_new_and_a_lost_table_are_told() -> None:
    assert changed({"a": "1", "b": "2", "c": "3"}, {"a": "1", "b": "9", "d": "4"}) == ["b", "c", "d"]
