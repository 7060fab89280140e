"""Asperion: Dutch bookkeeping software that takes webshop invoices as aXML order files (`axml/`).

An aXML file goes one way: Asperion's user imports it by hand and nothing comes back, so "delivered" can only ever
mean "the file was made and handed over". How the file looks is data: `axml/profiles/` and `docs/asperion-axml.md`.
"""
