"""Credit notes: what takes back an invoice, in whole or in part, and never more than is left of it (bookkeeping 4.3).

Everything is worked out from the invoice as it was stored and from what was credited before; the shop, whose rows may
have been edited since, is not asked. Of every line the shares are cumulative: what is credited so far is the rounded
part of the whole, so that all credits of a line together equal it to the cent.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from fractions import Fraction
from typing import Literal

from kloppend.domain.invoice import IcpSupply, Invoice, InvoiceLine, VatCategory, VatTotal, Why
from kloppend.domain.money import ZERO, round2
from kloppend.domain.problems import Problem, Refused

CreditReason = Literal["cancelled", "returned", "changed", "goodwill", "mistake"]
Rate = tuple[VatCategory, Decimal]


@dataclass(frozen=True, slots=True, kw_only=True)
class Taken:
    """What was credited of one line so far: pieces, and amounts of the line's own sign."""

    pieces: int = 0
    net: Decimal = ZERO
    vat: Decimal = ZERO


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What to credit of the line at this position (from 1): so many pieces, or this amount with VAT in whole cents."""

    position: int
    pieces: int = 0
    gross: Decimal = ZERO


@dataclass(frozen=True, slots=True, kw_only=True)
class CreditLine:
    """A line of a credit note: it takes back so many pieces (none when an amount) of the line at this position."""

    position: int
    pieces: int
    line: InvoiceLine


@dataclass(frozen=True, slots=True, kw_only=True)
class CreditNote:
    """`invoice` has negative amounts and `lines` say what each of its lines takes back; `complete`: nothing is left."""

    invoice: Invoice
    lines: tuple[CreditLine, ...]
    complete: bool


_NOTHING = Taken()
Before = Mapping[int, Taken]
"""What was credited before, by the position of the line."""


def left_of(line: InvoiceLine, taken: Taken) -> Taken:
    """What is still there to credit of a line."""
    return Taken(pieces=line.quantity - taken.pieces, net=line.net - taken.net, vat=line.vat - taken.vat)


def credit_all(invoice: Invoice, before: Before, rounding_before: Decimal = ZERO) -> CreditNote:
    """Credit all that is left. Of an untouched invoice that is its exact mirror. Raises Refused CREDIT_NOTHING_LEFT.

    The rounding of the invoice goes back here, with the last cent; `rounding_before` when it did already, by a credit
    note that was the last one until one before it was withdrawn.
    """
    lines = []
    for position, line in enumerate(invoice.lines, start=1):
        taken = before.get(position, _NOTHING)
        left = left_of(line, taken)
        if position not in before or _has_money(left):
            lines.append(_credit_line(position, line, taken, left))
    if before and not any(_has_money(left_of(line, before.get(at, _NOTHING))) for at, line in _numbered(invoice)):
        raise Refused(Problem.of("CREDIT_NOTHING_LEFT"))
    made = _note(invoice, tuple(lines), rounding_before - invoice.rounding, complete=True)
    if before:
        return made
    return replace(made, invoice=replace(made.invoice, vat_summary=tuple(map(_mirrored, invoice.vat_summary))))


def credit_part(
    invoice: Invoice, before: Before, wanted: Sequence[Wanted], rounding_before: Decimal = ZERO
) -> CreditNote:
    """Credit pieces or amounts of lines; the discounts on the goods go along in the ratio of the goods.

    Raises Refused: CREDIT_NOTHING_WANTED, CREDIT_LINE_UNKNOWN for a line that is not there, is asked for twice or is
    a discount, and CREDIT_TOO_MUCH for more than is left of a line, of a VAT rate or of the invoice.
    """
    if not wanted:
        raise Refused(Problem.of("CREDIT_NOTHING_WANTED"))
    lines: dict[int, CreditLine] = {}
    for each in wanted:
        if each.position in lines or not 1 <= each.position <= len(invoice.lines) or _is_discount(invoice, each):
            raise Refused(Problem.of("CREDIT_LINE_UNKNOWN", line=each.position))
        line, taken = invoice.lines[each.position - 1], before.get(each.position, _NOTHING)
        lines[each.position] = _credit_line(each.position, line, taken, _share(line, taken, each))
    lines |= _discounts(invoice, before, lines)
    made = tuple(lines[position] for position in sorted(lines))
    after = _after(before, made)
    if not any(_has_money(left_of(line, after.get(at, _NOTHING))) for at, line in _numbered(invoice)):
        return credit_all(invoice, before, rounding_before)
    _refuse_more_than_left(invoice, after, rounding_before)
    return _note(invoice, made, ZERO, complete=False)


def _numbered(invoice: Invoice) -> Iterable[tuple[int, InvoiceLine]]:
    return enumerate(invoice.lines, start=1)


def _has_money(left: Taken) -> bool:
    return bool(left.net or left.vat)


def _is_discount(invoice: Invoice, wanted: Wanted) -> bool:
    return invoice.lines[wanted.position - 1].kind == "discount"


def _share(line: InvoiceLine, taken: Taken, wanted: Wanted) -> Taken:
    """The share of one line; its sign is the line's."""
    left = left_of(line, taken)
    by_pieces, by_amount = wanted.pieces > 0 and not wanted.gross, wanted.gross > 0 and not wanted.pieces
    if not (by_pieces or by_amount) or wanted.gross != round2(wanted.gross):
        raise Refused(Problem.of("CREDIT_NOTHING_WANTED"))
    if by_pieces and wanted.pieces <= left.pieces:
        return _pieces(line, taken, wanted.pieces)
    if by_amount and wanted.gross <= left.net + left.vat and min(left.net, left.vat) >= 0:
        return _amount(line, taken, wanted.gross)
    raise Refused(Problem.of("CREDIT_TOO_MUCH"))


def _pieces(line: InvoiceLine, taken: Taken, pieces: int) -> Taken:
    """So many pieces more; the last piece takes the rest."""
    left = left_of(line, taken)
    if pieces == left.pieces:
        return left
    so_far, to_be = Fraction(taken.pieces, line.quantity), Fraction(taken.pieces + pieces, line.quantity)
    return Taken(
        pieces=pieces, net=_step(line.net, so_far, to_be, left.net), vat=_step(line.vat, so_far, to_be, left.vat)
    )


def _step(whole: Decimal, so_far: Fraction, to_be: Fraction, left: Decimal) -> Decimal:
    """The cumulative rule, held within what is left where amounts were credited in between."""
    step = round2(Fraction(whole) * to_be) - round2(Fraction(whole) * so_far)
    return min(step, left) if whole > 0 else max(step, left)


def _amount(line: InvoiceLine, taken: Taken, gross: Decimal) -> Taken:
    """An amount with VAT, of which the VAT is cumulative too; all that is left in money takes the pieces with it."""
    left = left_of(line, taken)
    if gross == left.net + left.vat:
        return left
    to_be = taken.net + taken.vat + gross
    vat = round2(Fraction(line.vat) * Fraction(to_be) / Fraction(line.gross)) - taken.vat
    vat = min(max(vat, gross - left.net, ZERO), left.vat, gross)
    return Taken(net=gross - vat, vat=vat)


def _discounts(invoice: Invoice, before: Before, lines: Mapping[int, CreditLine]) -> dict[int, CreditLine]:
    """Discounts of a rate go back in the ratio of the goods of that rate that went back, all together with the last."""
    goods = _of_goods(invoice)
    found = {}
    for position, line in enumerate(invoice.lines, start=1):
        in_rate = goods.get(_rate(line), ()) if line.kind == "discount" else ()
        if not any(at in lines for at in in_rate):
            continue
        taken = before.get(position, _NOTHING)
        after = _after(before, [lines[at] for at in in_rate if at in lines])
        part = _part(invoice, in_rate, after)
        share = left_of(line, taken) if part == 1 else _so_far(line, taken, part)
        if _has_money(share):
            found[position] = _credit_line(position, line, taken, share)
    return found


def _of_goods(invoice: Invoice) -> dict[Rate, list[int]]:
    """The positions whose return takes a discount of that rate along: the goods, or all else where there are none."""
    found: dict[Rate, list[int]] = {}
    for kinds in ({"product"}, {"product", "voucher_sale", "shipping", "fee"}):
        of_kinds: dict[Rate, list[int]] = {}
        for position, line in enumerate(invoice.lines, start=1):
            if line.kind in kinds:
                of_kinds.setdefault(_rate(line), []).append(position)
        found = of_kinds | found
    return found


def _part(invoice: Invoice, positions: Iterable[int], after: Before) -> Fraction:
    """How much of these lines is credited, by net amount; 1 exactly when nothing of them is left."""
    lines = {at: invoice.lines[at - 1] for at in positions}
    if not any(_has_money(left_of(line, after.get(at, _NOTHING))) for at, line in lines.items()):
        return Fraction(1)
    whole = sum((line.net for line in lines.values()), ZERO)
    taken = sum((after[at].net for at in lines if at in after), ZERO)
    return min(max(Fraction(taken) / Fraction(whole), Fraction(0)), Fraction(1)) if whole else Fraction(0)


def _so_far(line: InvoiceLine, taken: Taken, part: Fraction) -> Taken:
    """The discount that belongs to this part of the goods, less what went back before; never backwards."""

    def more(whole: Decimal, before: Decimal) -> Decimal:
        share = round2(Fraction(whole) * part) - before
        return min(share, ZERO) if whole < 0 else max(share, ZERO)

    return Taken(net=more(line.net, taken.net), vat=more(line.vat, taken.vat))


def _after(before: Before, lines: Iterable[CreditLine]) -> dict[int, Taken]:
    after = dict(before)
    for each in lines:
        taken = after.get(each.position, _NOTHING)
        after[each.position] = Taken(
            pieces=taken.pieces + each.pieces, net=taken.net - each.line.net, vat=taken.vat - each.line.vat
        )
    return after


def _refuse_more_than_left(invoice: Invoice, after: Before, rounding_before: Decimal) -> None:
    """Credits together stay between nothing and the whole, per rate and in total: also when discounts lag behind."""
    sums: dict[Rate, tuple[Decimal, Decimal]] = {}
    for position, taken in after.items():
        key = _rate(invoice.lines[position - 1])
        net, vat = sums.get(key, (ZERO, ZERO))
        sums[key] = net + taken.net, vat + taken.vat
    wholes = {(total.category, total.rate): (total.base, total.vat) for total in invoice.vat_summary}
    pairs = [pair for key, both in sums.items() for pair in zip(both, wholes[key], strict=True)]
    credited = sum((net + vat for net, vat in sums.values()), rounding_before)
    pairs.append((credited, invoice.total_inc_vat))
    if not all(min(whole, ZERO) <= part <= max(whole, ZERO) for part, whole in pairs):
        raise Refused(Problem.of("CREDIT_TOO_MUCH"))


def _rate(line: InvoiceLine) -> Rate:
    return line.vat_category, line.vat_rate


def _credit_line(position: int, line: InvoiceLine, taken: Taken, share: Taken) -> CreditLine:
    """Pieces at the price of the line; an amount, and pieces of which an amount went back before, as one."""
    why = Why(rule="credit", inputs={"line": str(position)}, sources=(f"invoice line {position}",))
    made = replace(line, net=-share.net, vat=-share.vat, why=why)
    whole = taken == _NOTHING and share == left_of(line, taken)
    at_price = share.pieces > 0 and taken.net == round2(Fraction(line.net * taken.pieces) / line.quantity)
    made = replace(made, quantity=-share.pieces) if whole or at_price else _as_one(made, share)
    return CreditLine(position=position, pieces=share.pieces, line=made)


def _as_one(line: InvoiceLine, share: Taken) -> InvoiceLine:
    return replace(line, quantity=-1, unit_price=share.net)


def _note(invoice: Invoice, lines: tuple[CreditLine, ...], rounding: Decimal, *, complete: bool) -> CreditNote:
    made = tuple(each.line for each in lines)
    net, vat = sum((line.net for line in made), ZERO), sum((line.vat for line in made), ZERO)
    summary = _summary(invoice, made)
    supplied = sum((total.base for total in summary if total.category == "K"), ZERO)
    note = replace(
        invoice,
        lines=made,
        vat_summary=summary,
        rounding=rounding,
        payments=(),
        total_ex_vat=net,
        total_vat=vat,
        total_inc_vat=net + vat + rounding,
        amount_due=net + vat + rounding,
        icp=IcpSupply(vat_number=invoice.icp.vat_number, amount=supplied) if invoice.icp else None,
        warnings=(),
    )
    return CreditNote(invoice=note, lines=lines, complete=complete)


def _summary(invoice: Invoice, lines: Sequence[InvoiceLine]) -> tuple[VatTotal, ...]:
    """Per rate, in the invoice's order; rates of which nothing goes back are left out."""
    made = []
    for total in invoice.vat_summary:
        key = (total.category, total.rate)
        chosen = [line for line in lines if _rate(line) == key]
        base = sum((line.net for line in chosen), ZERO)
        if chosen:
            vat = sum((line.vat for line in chosen), ZERO)
            recalculated = round2(Fraction(base) * Fraction(total.rate) / 100)
            made.append(replace(total, base=base, vat=vat, vat_recalculated=recalculated))
    return tuple(made)


def _mirrored(total: VatTotal) -> VatTotal:
    return replace(total, base=-total.base, vat=-total.vat, vat_recalculated=-total.vat_recalculated)
