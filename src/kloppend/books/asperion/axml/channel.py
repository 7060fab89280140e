"""The aXML order file as books that take files: holds what its profile does not declare, makes and checks the rest."""

from collections.abc import Iterator, Sequence
from datetime import date
from pathlib import PurePosixPath

import msgspec

from kloppend.books.asperion.axml.profile import Profile, ProfileError, builtin_profile, load_profile, mark_of
from kloppend.books.asperion.axml.readback import differences
from kloppend.books.asperion.axml.records import leaves
from kloppend.books.asperion.axml.render import render_bytes
from kloppend.books.file_names import slug
from kloppend.books.port import BooksSettings, FileHeading, RenderedFile
from kloppend.domain.invoice import Document
from kloppend.domain.problems import Problem, Refused

DEFAULT_PROFILE = "placeholder"
_OPTIONS = {"profile", "profile_toml", "switches"}


class AxmlBooks:
    """Asperion by aXML file; see books.port.FileBooks.

    Options: `profile` (the name of a built-in one) or `profile_toml` (the whole text of your own), and `switches`
    (a mapping that overrides switches of the profile). Raises ProfileError when they cannot be used.
    """

    def __init__(self, settings: BooksSettings) -> None:
        options = settings.options
        if unknown := options.keys() - _OPTIONS:
            raise ProfileError(f"unknown option {', '.join(sorted(unknown))}; known are {', '.join(sorted(_OPTIONS))}")
        if "profile" in options and "profile_toml" in options:
            raise ProfileError("options profile and profile_toml exclude each other")
        text = options.get("profile_toml") or builtin_profile(options.get("profile", DEFAULT_PROFILE))
        profile = load_profile(text, options.get("switches"))
        verified = profile.verified or mark_of(profile) in settings.vouched
        self.profile: Profile = msgspec.structs.replace(profile, verified=verified)
        self._written = {leaf.node.field for leaf in leaves(self.profile.tree)}
        self._administration = settings.administration

    @property
    def verified(self) -> bool:
        """Whether a person has compared the profile with an official sample."""
        return self.profile.verified

    def cannot_carry(self, document: Document) -> Problem | None:
        """What the profile does not declare, or what does not fit: the hold; None when the document can go."""
        undeclared = next(self._undeclared(document), None)
        if undeclared:
            return undeclared
        heading = FileHeading(
            administration=self._administration, shop_name="-", business_date=document.invoice_date, number=1
        )
        try:
            render_bytes(self.profile, heading, [document])
        except Refused as refused:
            return refused.problem
        return None

    def render(self, heading: FileHeading, documents: Sequence[Document]) -> RenderedFile:
        """One file. Raises Refused for the first document, or heading, that cannot be carried after all."""
        for document in documents:
            for problem in self._undeclared(document):
                raise Refused(problem)
        content = render_bytes(self.profile, heading, documents)
        return RenderedFile(name=self._file_name(heading), content=content, notes=tuple(self._notes(documents)))

    def check(self, content: bytes, documents: Sequence[Document]) -> tuple[Problem, ...]:
        """Every way in which the bytes, read again, differ from the documents; empty when they add up."""
        return tuple(differences(self.profile, content, documents))

    def _undeclared(self, document: Document) -> Iterator[Problem]:
        switches = self.profile.switches
        order, invoice = document.order_number, document.invoice
        if invoice.total_inc_vat < 0 and switches.credit_notes == "hold":
            yield Problem.of("CREDIT_NOT_DECLARED", order=order, amount=invoice.total_inc_vat)
        if invoice.payments and switches.voucher_payments == "hold":
            paid = sum(payment.amount for payment in invoice.payments)
            yield Problem.of("AXML_PAYMENT_NOT_DECLARED", order=order, amount=paid)
        if document.debtor.number and "debtor.number" not in self._written:
            yield Problem.of("DEBTOR_NUMBER_NOT_DECLARED", order=order, debtor=document.debtor.number)
        if document.debtor.separate:  # how Asperion tells apart whom it imports is unknown: by number, or not at all
            yield Problem.of("DEBTOR_NUMBER_NEEDED", order=order)
        terms = document.payment
        given = {"payment_condition": terms.condition, "journal": terms.journal, "fixed_debtor": terms.debtor}
        if homeless := [name for name, text in given.items() if text and f"order.{name}" not in self._written]:
            yield Problem.of("AXML_PAYMENT_TERMS_NOT_DECLARED", order=order, what=", ".join(homeless))
        if invoice.rounding and switches.rounding_line == "hold":
            yield Problem.of("AXML_ROUNDING_NOT_DECLARED", order=order, amount=invoice.rounding)
        negative = [line.gross for line in invoice.lines if line.net < 0 or line.vat < 0 or line.quantity < 0]
        if negative and switches.negative_lines == "hold":
            yield Problem.of("AXML_NEGATIVE_LINE_NOT_DECLARED", order=order, amount=negative[0])

    def _notes(self, documents: Sequence[Document]) -> Iterator[Problem]:
        if not self.verified:
            yield Problem.of("AXML_LAYOUT_UNVERIFIED", profile=self.profile.name)
        off = sum(any(vat.vat != vat.vat_recalculated for vat in d.invoice.vat_summary) for d in documents)
        if off:
            yield Problem.of("AXML_CENT_DIFFERENCE_POSSIBLE", count=off, total=len(documents))

    def _file_name(self, heading: FileHeading) -> str:
        name = PurePosixPath(
            self.profile.switches.file_name.format(
                shop=slug(heading.shop_name), date=date.isoformat(heading.business_date), number=heading.number
            )
        )
        # Appended here and not by the pattern, so that no profile can leave the warning out.
        return str(name) if self.verified else f"{name.stem}-UNVERIFIED{name.suffix}"
