"""What one run needs to post with, and its clock."""

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from kloppend.books.port import ApiBooks
from kloppend.records.models import Administration, Connection
from kloppend.sync.choices import Choices
from kloppend.sync.means import Means


@dataclass(frozen=True, slots=True, kw_only=True)
class Desk:
    """One connection's posting during one run that began at `at`.

    `check` is called just before what cannot be undone, and raises when this process may not go on. `seen_since`:
    only orders the shop has shown since then, because this run could not look at all of them.
    """

    connection: Connection
    means: Means
    books: ApiBooks
    at: datetime
    check: Callable[[], None]
    seen_since: datetime | None = None
    _began: float = field(default_factory=time.monotonic)

    def now(self) -> datetime:
        """The moment by the run's own clock: quarantines count from the sending, not from the run's beginning."""
        return self.at + timedelta(seconds=time.monotonic() - self._began)

    @property
    def choices(self) -> Choices:
        """The merchant's choices."""
        return self.means.choices

    @property
    def today(self) -> date:
        """The day of sending."""
        return self.means.today(self.at)

    @property
    def administration(self) -> Administration:
        """Where it is booked."""
        return self.connection.administration
