"""Files that are put into a folder which the operator allowed, and into no other."""

from datetime import timedelta
from pathlib import Path

import pytest
from django.conf import settings

from kloppend.domain.problems import Refused
from kloppend.records.models import Batch, Connection, Order
from kloppend.sync.files.allowed_folders import offered_folders
from kloppend.sync.files.choosing import choose_folder
from kloppend.sync.files.recall import recall
from kloppend.upkeep.doctor import Item, delivery
from kloppend.upkeep.safety import Setup
from tests.sync.conftest import NOON, sync
from tests.sync.test_make_file import now
from tests.sync.test_pipeline import open_codes

pytestmark = pytest.mark.django_db
LATER = NOON + timedelta(hours=1)


@pytest.fixture
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    root = (tmp_path / "share").resolve()
    (root / "in").mkdir(parents=True)
    monkeypatch.setattr(settings, "KLOPPEND_DELIVERY_FOLDERS", [str(root)])
    return root


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir() if path.is_file())


def codes(connection: Connection) -> set[str]:
    return {code for _, code in open_codes(connection) if code.startswith("F")}


def items() -> list[Item]:
    return list(delivery(Setup.__new__(Setup), NOON))


def test_a_file_is_put_there_and_gone_means_taken(ubl: Connection, root: Path) -> None:
    choose_folder(ubl, str(root / "in"))
    sync(ubl)
    batch = Batch.objects.get()
    assert batch.state == Batch.State.PLACED
    assert names(root / "in") == [batch.name]
    assert (root / "in" / batch.name).read_bytes() == bytes(batch.content.content)
    assert [item.state for item in items()] == ["fine"]
    (root / "in" / batch.name).unlink()
    sync(ubl, LATER)
    assert Batch.objects.get().state == Batch.State.FETCHED
    assert batch.events.filter(kind="taken").count() == 1
    with pytest.raises(Refused, match="FILE_ALREADY_TAKEN"):
        recall(batch, LATER, "user-7")
    sync(ubl, LATER)
    assert names(root / "in") == []


def test_a_recall_leaves_nothing_behind(ubl: Connection, root: Path) -> None:
    choose_folder(ubl, str(root))
    sync(ubl)
    recall(Batch.objects.get(), LATER, "user-7")
    assert not [path for path in root.rglob("*") if path.is_file()]
    assert names(root) == [] != [now(ubl).name] == names(root)


@pytest.mark.parametrize("where", ["/etc", "..", "in/..", "link", "nothing", "in/deeper", ""])
def test_no_other_folder_can_be_chosen(ubl: Connection, root: Path, where: str) -> None:
    (root / "link").symlink_to("/tmp")
    (root / "in" / "deeper").mkdir()
    with pytest.raises(Refused, match="FOLDER_NOT_ALLOWED"):
        choose_folder(ubl, where if where.startswith("/") else f"{root}/{where}")
    assert not ubl.routes.exists()
    assert offered_folders() == [root, root / "in"]


def test_a_folder_that_becomes_a_link_or_is_not_allowed_any_more_gets_nothing(
    ubl: Connection, root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    choose_folder(ubl, str(root / "in"))
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    (root / "in").rmdir()
    (root / "in").symlink_to(elsewhere)
    sync(ubl)
    assert codes(ubl) == {"FOLDER_NOT_ALLOWED"}
    assert list(elsewhere.iterdir()) == []
    assert "wrong" in [item.state for item in items()]
    (root / "in").unlink()
    sync(ubl, LATER)  # a share that is not mounted is not made
    assert codes(ubl) == {"FOLDER_NOT_WRITABLE"}
    assert not (root / "in").exists()
    (root / "in").mkdir()
    monkeypatch.setattr(settings, "KLOPPEND_DELIVERY_FOLDERS", [])
    sync(ubl, LATER)
    assert codes(ubl) == {"FOLDER_NOT_ALLOWED"}
    monkeypatch.setattr(settings, "KLOPPEND_DELIVERY_FOLDERS", [str(root)])
    sync(ubl, LATER)
    assert not codes(ubl)
    assert len(names(root / "in")) == 1
    assert not Order.objects.filter(state__in=["ready", "sealed"]).exists()


def test_a_share_that_goes_away_is_not_taken(ubl: Connection, root: Path) -> None:
    choose_folder(ubl, str(root / "in"))
    sync(ubl)
    (root / "in").rename(root / "unmounted")
    (root / "in").mkdir()
    sync(ubl, LATER)
    assert Batch.objects.get().state == Batch.State.PLACED


def test_an_unverified_layout_stays_here_and_the_doctor_says_why(connection: Connection, root: Path) -> None:
    choose_folder(connection, str(root))
    sync(connection)
    assert names(root) == []
    assert Batch.objects.get().route is None
    assert "DELIVERY_OFF_UNVERIFIED" in {code for _, code in open_codes(connection)}
    assert [item.state for item in items()] == ["fine", "note"]
