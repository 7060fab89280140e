"""Asperion by REST keeps the promises of the port, also when its filters are ignored, against the simulator."""

from collections.abc import Iterator

import pytest

from kloppend.books.asperion.simulator import Fault

from .api_contract import ApiBooksContract, Rig
from .asperion_rig import asperion_rig


class TestAsperionRest(ApiBooksContract):
    @pytest.fixture
    def rig(self) -> Iterator[Rig]:
        with asperion_rig() as rig:
            yield rig


class TestAsperionRestWithFiltersIgnored(ApiBooksContract):
    @pytest.fixture
    def rig(self) -> Iterator[Rig]:
        with asperion_rig() as rig:
            rig.always.add(Fault.FILTERS_IGNORED)
            rig.heal()
            yield rig


class TestAsperionRestWithExactFilters(ApiBooksContract):
    """The description filter then finds nothing: what is posted is right, only look-ups prove nothing."""

    @pytest.fixture
    def rig(self) -> Iterator[Rig]:
        with asperion_rig() as rig:
            rig.always.add(Fault.FILTERS_EXACT)
            rig.heal()
            yield rig

    test_a_look_up_finds_its_own_and_no_other = None  # type: ignore[assignment]
    test_without_an_answer_it_is_unclear_and_never_rejected = None  # type: ignore[assignment]
