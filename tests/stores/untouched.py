"""Whether reading left the store's own tables as they were."""

from tests.stores.install import PREFIX, Store

OF_EVERY_VISIT = {"session", "customer_online", "customer_activity", "customer_search", "api_session", "statistics"}
"""Tables that OpenCart itself writes for every visitor, whatever is asked."""


def checksums(store: Store) -> dict[str, str]:
    """A checksum of each of the store's own tables, without our own and those that every visit writes."""
    names = [row[0] for row in store.database.rows("SHOW TABLES")]
    own = [name for name in names if "kloppend" not in name and name.removeprefix(PREFIX) not in OF_EVERY_VISIT]
    listed = ", ".join(f"`{name}`" for name in own)
    return dict(store.database.rows(f"CHECKSUM TABLE {listed}"))


def changed(before: dict[str, str], after: dict[str, str]) -> list[str]:
    """The tables that are not as before, gone or new ones included."""
    return sorted(name for name in {*before, *after} if before.get(name) != after.get(name))
