"""Where the extension answers: OpenCart moved modules twice, so a shop's generation decides the route.

The shopkeeper gives only the shop's address; the route that answers is found by trying and then remembered.
"""

import re

ROUTES = ("extension/module/kloppend", "extension/kloppend/module/kloppend", "module/kloppend")
"""OpenCart 2.3 and 3.0 (most shops), 4.x, and 1.5 to 2.2."""


def routes_to_try(remembered: str) -> tuple[str, ...]:
    """All routes, the one that worked before first. A remembered text that is no route of ours is not used."""
    return tuple(sorted(ROUTES, key=lambda route: route != remembered))


def version_numbers(version: str) -> tuple[int, ...]:
    """`4.1.0.4_rc1` as (4, 1, 0, 4, 1): what stands between the numbers does not matter."""
    return tuple(int(part) for part in re.findall(r"[0-9]{1,6}", version))


def route_of(version: str) -> str:
    """The route in this OpenCart version, such as `3.0.5.1`."""
    generation = version_numbers(version)[:2]
    if generation >= (4, 0):
        return "extension/kloppend/module/kloppend"
    return "extension/module/kloppend" if generation >= (2, 3) else "module/kloppend"
