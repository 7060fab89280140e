"""A profile written as text, and the mark that tells layouts apart."""

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kloppend.books.asperion.axml.profile import builtin_names, builtin_profile, load_profile, mark_of
from kloppend.books.asperion.axml.writing import profile_text

PLACEHOLDER = builtin_profile("placeholder")
TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=20)


@pytest.mark.parametrize("name", builtin_names())
def test_a_built_in_one_reads_back_the_same(name: str) -> None:
    profile = load_profile(builtin_profile(name))
    assert load_profile(profile_text(profile)) == profile
    assert mark_of(load_profile(profile_text(profile))) == mark_of(profile)


@settings(deadline=None)
@given(TEXTS, st.dictionaries(TEXTS, TEXTS, max_size=4), TEXTS)
def test_any_text_survives(note: str, table: dict[str, str], name: str) -> None:
    profile = msgspec.structs.replace(load_profile(PLACEHOLDER), note=note, tables={name: table, "vat_classes": {}})
    assert load_profile(profile_text(profile)) == profile


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("ShopName", "Winkel"),
        ('negative_lines = "line"', 'negative_lines = "hold"'),
        ('rate = "9"', 'rate = "8"'),
        ('laag = "laag"', 'laag = "L"'),
        ('"decimal:0.0000"', '"decimal:0.000"'),
        ("[tree]", "namespace = 'urn:x'\n[tree]"),
    ],
)
def test_whatever_shows_in_a_file_makes_another_mark(old: str, new: str) -> None:
    text = PLACEHOLDER.replace(old, new, 1) if "namespace" not in new else f"namespace = 'urn:x'\n{PLACEHOLDER}"
    assert mark_of(load_profile(text)) != mark_of(load_profile(PLACEHOLDER))


@pytest.mark.parametrize(
    ("old", "new"), [('"placeholder"', '"mine"'), ("ALL ELEMENT", "Some"), ('_means = ""', '_means = "icp"')]
)
def test_what_does_not_show_makes_none(old: str, new: str) -> None:
    assert mark_of(load_profile(PLACEHOLDER.replace(old, new, 1))) == mark_of(load_profile(PLACEHOLDER))
