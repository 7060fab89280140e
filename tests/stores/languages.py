"""Makes the admin Dutch, as a language pack would: OpenCart's own texts stay English, our extension's are Dutch."""

import re
import shutil
from pathlib import Path

from kloppend.shops import opencart
from tests.stores.admin import Admin
from tests.stores.browser import Browser
from tests.stores.install import Store

_TEXT_WITHOUT_WORDS = re.compile(r"\b(?:entry|help|text|button|error|strength|visit|check|warning)_[a-z_]+\b")

_TEXT = re.compile(r"^\$_\['(\w+)'\] = '(.*)';$", re.MULTILINE)


def make_dutch(store: Store, browser: Browser) -> None:
    """From now on the admin is in Dutch."""
    old, code = ("english", "nl") if store.release.numbers < (2, 2) else ("en-gb", "nl-nl")
    new = "dutch" if old == "english" else "nl-nl"
    for side in ("admin", "catalog"):
        _copy_texts(store, side, old, new)
    number = store.database.value(f"SELECT MAX(language_id) + 1 FROM {store.table('language')}")
    names = [row[0] for row in store.database.rows(f"SHOW COLUMNS FROM {store.table('language')}")]
    values = {
        "language_id": number,
        "name": "'Nederlands'",
        "code": f"'{code}'",
        "locale": "'nl_NL.UTF-8,nl_NL,nl-nl,nl,dutch'",
        "image": "''",
        "directory": f"'{new}'",
        "filename": f"'{new}'",
        "extension": "''",
        "sort_order": "2",
        "status": "1",
    }
    used = {name: value for name, value in values.items() if name in names}
    columns = ", ".join(f"`{name}`" for name in used)
    store.database.rows(f"INSERT INTO {store.table('language')} ({columns}) VALUES ({', '.join(used.values())})")
    key = "config_language_admin" if store.release.numbers >= (4,) else "config_admin_language"
    store.database.rows(f"UPDATE {store.table('setting')} SET value = '{code}' WHERE `key` = '{key}'")
    if (4, 0, 2) <= store.release.numbers < (4, 0, 2, 2):  # there only a cookie chooses the admin's language
        browser.set_cookie("language", code)
    for cache in store.folder.glob("system/**/cache/cache.*"):
        cache.unlink()


def _copy_texts(store: Store, side: str, old: str, new: str) -> None:
    texts = store.folder / side / "language"
    for source in (texts / old).rglob("*.*"):
        path = source.relative_to(texts / old)
        target = texts / new / (f"{new}{path.suffix}" if path.stem == old else path)
        if not target.exists():
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(source, target)


def texts_without_words(admin: Admin) -> list[str]:
    """Names of texts that stand on our settings page where their words should be."""
    content = admin.open(admin.store.release.module_route).tree.get_element_by_id("content")
    return sorted(set(_TEXT_WITHOUT_WORDS.findall(content.text_content())))


def foreign_texts(admin: Admin, language: str) -> list[str]:
    """Texts of our settings page that are not in `language` (`en` or `nl`) though they have words in it."""
    content = admin.open(admin.store.release.module_route).tree.get_element_by_id("content")
    shown = " ".join(content.text_content().split())
    own, other = (_texts(code) for code in (language, "en" if language == "nl" else "nl"))
    helps = [name for name in own if name.startswith("help_")]
    return [own[name] for name in helps if own[name] not in shown or other[name] in shown]


def _texts(language: str) -> dict[str, str]:
    """The texts of our extension's language file."""
    extension = Path(next(iter(opencart.__path__))) / "extension"
    return dict(_TEXT.findall((extension / "language" / f"{language}.php").read_text(encoding="utf-8")))
