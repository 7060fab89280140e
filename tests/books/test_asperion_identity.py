"""The owner's consent and the tokens after it: the right owner, one refresh at a time, and nothing lost on the way."""

import threading
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from urllib.parse import parse_qsl, urlsplit

import httpx
import pytest

from kloppend.books.access import Consent, MemoryTokenStore, Tokens
from kloppend.books.asperion.rest import Identity
from kloppend.books.asperion.simulator import Fault
from kloppend.books.port import BooksTrouble

from .asperion_rig import AsperionRig, asperion_rig

OVER = timedelta(seconds=-1)


@pytest.fixture
def rig() -> Iterator[AsperionRig]:
    with asperion_rig() as rig:
        yield rig


def consented(consent: Consent) -> dict[str, str]:
    """What the owner's browser brings back after "Yes, Allow"."""
    page = httpx.get(consent.url)
    assert "Yes, Allow" in page.text
    assert "simulator" in page.text
    form = {**dict(parse_qsl(urlsplit(consent.url).query)), "consent": "yes"}
    answer = httpx.post(consent.url.partition("?")[0], data=form)
    assert answer.status_code == 302
    return dict(parse_qsl(urlsplit(answer.headers["location"]).query))


def refusal(identity: Identity, consent: Consent, came_back: dict[str, str]) -> str:
    with pytest.raises(BooksTrouble) as trouble:
        identity.take_consent(consent, came_back)
    return trouble.value.problem.code


def test_from_consent_to_a_call(rig: AsperionRig) -> None:
    store = MemoryTokenStore()
    with pytest.raises(BooksTrouble) as trouble:
        rig.connected(store=store).administrations()
    assert trouble.value.problem.code == "BOOKS_ACCESS_LOST"
    identity = rig.identity(store=store)
    consent = identity.ask_consent()
    identity.take_consent(consent, consented(consent))
    assert rig.connected(store=store).administrations()


def test_somebody_else_s_state_code_or_verifier_gives_nothing(rig: AsperionRig) -> None:
    store = MemoryTokenStore()
    identity = rig.identity(store=store)
    consent = identity.ask_consent()
    back = consented(consent)
    assert refusal(identity, consent, {**back, "state": "x"}) == "CONSENT_NOT_ASKED"
    assert refusal(identity, consent, {"code": back["code"]}) == "CONSENT_NOT_ASKED"
    assert refusal(identity, replace(consent, verifier="other"), back) == "CONSENT_EXPIRED"
    assert refusal(identity, consent, back) == "CONSENT_EXPIRED", "a code works once"
    assert store.load() is None


@pytest.mark.parametrize(
    ("error", "code"),
    [
        ("access_denied", "CONSENT_DENIED"),
        ("invalid_scope", "CONSENT_REFUSED"),
        ("unauthorized_client", "CONSENT_REFUSED"),
        ("server_error", "CONSENT_FAILED"),
        ("<script>", "CONSENT_FAILED"),
        ("", "CONSENT_FAILED"),
    ],
)
def test_a_refusal_on_their_page_is_told_in_words(rig: AsperionRig, error: str, code: str) -> None:
    identity = rig.identity(store=MemoryTokenStore())
    consent = identity.ask_consent()
    assert refusal(identity, consent, {"state": consent.state, "error": error}) == code


def test_a_client_that_is_not_known_is_for_the_operator(rig: AsperionRig) -> None:
    identity = rig.identity(store=MemoryTokenStore())
    consent = identity.ask_consent()
    back = consented(consent)
    rig.asperion.identity.client = replace(rig.asperion.identity.client, client_secret="another")
    assert refusal(identity, consent, back) == "CONSENT_REFUSED"


def test_a_token_that_lives_for_seconds_is_not_renewed_at_every_call(
    rig: AsperionRig, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("kloppend.books.asperion.simulator.identity.ACCESS_SECONDS", 30)
    books = rig.connected(store=MemoryTokenStore(rig.fresh_tokens(valid=OVER)))
    for _ in range(5):
        assert books.administrations()
    assert rig.asperion.identity.refreshes == 1


def test_secrets_are_not_shown(rig: AsperionRig) -> None:
    consent = rig.identity().ask_consent()
    tokens = rig.store.load()
    assert tokens
    shown = f"{consent!r}{tokens!r}{rig.access().partner!r}"
    for secret in (consent.verifier, tokens.access_token, tokens.refresh_token, "simulator-secret"):
        assert secret not in shown.replace(consent.url, "")


def test_tokens_are_renewed_before_they_expire_and_the_newest_is_kept(rig: AsperionRig) -> None:
    store = MemoryTokenStore(rig.fresh_tokens(valid=OVER))
    before = store.load()
    assert rig.connected(store=store).administrations()
    after = store.load()
    assert before
    assert after
    assert after.refresh_token != before.refresh_token
    assert after.expires_at > datetime.now(UTC) + timedelta(minutes=30)


def test_a_token_refused_before_its_time_is_renewed_once(rig: AsperionRig) -> None:
    rig.asperion.faults.switch_on(Fault.ACCESS_EXPIRED, times=1)
    assert rig.books.administrations()
    assert rig.asperion.identity.refreshes == 1
    rig.asperion.faults.switch_on(Fault.ACCESS_EXPIRED)
    with pytest.raises(BooksTrouble) as trouble:
        rig.books.administrations()
    assert trouble.value.problem.code == "BOOKS_ACCESS_LOST"
    assert rig.asperion.identity.refreshes == 2


def test_many_workers_that_need_a_new_token_make_one_refresh(rig: AsperionRig) -> None:
    store = MemoryTokenStore(rig.fresh_tokens(valid=OVER))
    start, found, wrong = threading.Barrier(8), [], []

    def work() -> None:
        books = rig.connected(store=store)
        start.wait()
        try:
            found.append(len(books.administrations()))
        except BooksTrouble as trouble:
            wrong.append(trouble.problem.code)

    threads = [threading.Thread(target=work) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert (found, wrong) == ([2] * 8, [])
    assert rig.asperion.identity.refreshes == 1


def test_a_rotation_whose_answer_was_lost_asks_the_owner_unless_the_old_token_still_works(rig: AsperionRig) -> None:
    store = MemoryTokenStore(rig.fresh_tokens(valid=OVER))
    books = rig.connected(store=store)
    rig.asperion.faults.switch_on(Fault.ROTATION_LOST, times=1)
    codes = []
    for _ in range(2):
        with pytest.raises(BooksTrouble) as trouble:
            books.administrations()
        codes.append(trouble.value.problem.code)
    assert codes == ["BOOKS_UNREACHABLE", "BOOKS_ACCESS_LOST"]
    rig.asperion.faults.switch_on(Fault.OLD_REFRESH_TOKENS_WORK)
    assert books.administrations()


def test_a_crash_before_the_new_tokens_are_kept_loses_no_lock_and_no_invoice(rig: AsperionRig) -> None:
    class Crashing(MemoryTokenStore):
        def save(self, tokens: Tokens) -> None:
            raise MemoryError("the process dies here")

    old = rig.fresh_tokens(valid=OVER)
    with pytest.raises(MemoryError):
        rig.connected(store=Crashing(old)).administrations()
    again = rig.connected(store=MemoryTokenStore(old))
    with pytest.raises(BooksTrouble) as trouble:
        again.administrations()
    assert trouble.value.problem.code == "BOOKS_ACCESS_LOST"
    assert not rig.invoices


def test_a_refresh_that_is_refused_is_for_the_owner(rig: AsperionRig) -> None:
    store = MemoryTokenStore(rig.fresh_tokens(valid=OVER))
    rig.asperion.faults.switch_on(Fault.REFRESH_REFUSED)
    with pytest.raises(BooksTrouble) as trouble:
        rig.connected(store=store, attempts=3).administrations()
    assert trouble.value.problem.code == "BOOKS_ACCESS_LOST"
    assert rig.asperion.requests["POST /connect/token"] == 1


def test_tokens_are_kept_under_the_lock_only(rig: AsperionRig) -> None:
    with pytest.raises(RuntimeError, match="lock"):
        rig.store.save(rig.fresh_tokens())
