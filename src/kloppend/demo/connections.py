"""Makes the demo's connections, or finds the ones of an earlier run."""

from typing import Any

from kloppend.demo.stores import API_KEY, LICENCE_CODE, LICENCE_KEY
from kloppend.records.models import Administration, Connection, Merchant


def connect(name: str, address: str, choices: dict[str, Any]) -> Connection:
    """The connection of this name; the simulated store may answer at another port than last time."""
    merchant, _ = Merchant.objects.get_or_create(name="Webwinkel De Proef")
    administration, _ = Administration.objects.get_or_create(kind="asperion_axml", label=LICENCE_CODE)
    connection, _ = Connection.objects.update_or_create(
        name=name,
        defaults={"shop_address": address, "settings": choices},
        create_defaults={
            "merchant": merchant,
            "administration": administration,
            "shop_kind": "opencart",
            "shop_address": address,
            "api_key": API_KEY,
            "licence_key": LICENCE_KEY,
            "settings": choices,
        },
    )
    return connection
