"""The mail with which a merchant gets the extension: ready for this merchant, with the licence and what to do."""

import tempfile
from pathlib import Path

from django.conf import settings
from django.utils.html import linebreaks

from kloppend.domain.problems import Language
from kloppend.outside.mail import Mail
from kloppend.records.models import Licence
from kloppend.shops.opencart.extension.build import GENERATIONS, Generation, build, contents
from kloppend.shops.opencart.routes import version_numbers

_VERSIONS = {"oc15": "1.5", "oc20": "2.0 - 2.2", "oc23": "2.3", "oc30": "3.0", "oc4": "4.0, 4.1"}
_STARTS = {"oc4": (4,), "oc30": (3,), "oc23": (2, 3), "oc20": (2,), "oc15": (1, 5)}
_WORDS = {
    "nl": {
        "subject": "Kloppend: de module voor uw webwinkel",
        "hello": "Hierbij ontvangt u de module die uw bestellingen als conceptfactuur naar uw boekhouding brengt.",
        "key": "Uw licentiesleutel: {key}",
        "platform": "Het adres van het platform: {platform}",
        "filled_in": "Beide staan al ingevuld in de bijlage. De API-sleutel maakt u zelf, in de module.",
        "last_day": "De licentie geldt tot en met {day:%d-%m-%Y}.",
        "which": "Gebruik de bijlage voor de OpenCart-versie van uw winkel; INSTALL.nl.txt erin zegt wat u moet doen:",
    },
    "en": {
        "subject": "Kloppend: the extension for your web shop",
        "hello": "This is the extension that brings your orders to your books as draft invoices.",
        "key": "Your licence key: {key}",
        "platform": "The platform's address: {platform}",
        "filled_in": "Both are filled in already in what is attached. You make the API key yourself, in the extension.",
        "last_day": "The licence holds to the end of {day:%d-%m-%Y}.",
        "which": "Use the attachment for your shop's OpenCart version; INSTALL.en.txt in each package says what to do:",
    },
}


def licence_mail(licence: Licence, language: Language, opencart: str = "") -> Mail:
    """The mail, with the package for this OpenCart version or, when none is given, all packages.

    Raises ValueError when the merchant has no address or nothing fits that version, and BuildError (a ValueError).
    """
    if not licence.merchant.email:
        raise ValueError("the merchant has no e-mail address: give one with --email")
    wanted = [_generation(opencart)] if opencart else list(GENERATIONS)
    words, text = _WORDS[language], _text(licence, language, wanted)
    return Mail(
        to=licence.merchant.email,
        subject=words["subject"],
        text=text,
        html=linebreaks(text, autoescape=True),
        name=f"kloppend-licence-{licence.pk}-{licence.fingerprint[:12]}",
        files=_packages(licence.key, wanted),
    )


def _generation(opencart: str) -> Generation:
    numbers = version_numbers(opencart)
    name = next((name for name, start in _STARTS.items() if numbers >= start), "")
    found = next((generation for generation in GENERATIONS if generation.name == name), None)
    if found is None or numbers >= (5,):
        raise ValueError(f"there is no package for OpenCart {opencart!r}: give a version such as 3.0")
    return found


def _text(licence: Licence, language: Language, wanted: list[Generation]) -> str:
    words = _WORDS[language]
    parts = [words["hello"], words["key"].format(key=licence.key)]
    parts += [words["platform"].format(platform=settings.KLOPPEND_BASE_URL), words["filled_in"]]
    if licence.last_day:
        parts.append(words["last_day"].format(day=licence.last_day))
    if len(wanted) == 1:
        parts.append(contents(wanted[0])[f"INSTALL.{language}.txt"].decode("utf-8"))
    else:
        lines = [f"- OpenCart {_VERSIONS[one.name]}: {one.package}" for one in wanted]
        parts.append("\n".join([words["which"], *lines]))
    return "\n\n".join(parts) + "\n"


def _packages(key: str, wanted: list[Generation]) -> dict[str, bytes]:
    with tempfile.TemporaryDirectory() as folder:
        build(Path(folder), platform_url=settings.KLOPPEND_BASE_URL, licence_key=key)
        return {one.package: (Path(folder) / one.package).read_bytes() for one in wanted}
