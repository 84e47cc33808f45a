"""X and Z reports on paper: the fold of a drawer's facts, nothing added and nothing rounded.

A blind report leaves out what the drawer should hold, so that whoever counts it counts honestly.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from devices.receipt import Block, Columns, Document, Pair, Rule, Text
from edge.receipts.figures import local_time, percent
from edge.receipts.scene import Marks, Scene, banner, business_day, centred, heading, large
from edge.receipts.taken_back import signature
from edge.shifts.reports import CASH_SIGN, Report, receipt_of_late
from sync.cash import CashKind, CashMoved, ShiftClosed
from sync.effects import net_minor
from sync.facts import Fact


@dataclass(frozen=True, slots=True)
class AsOf:
    """When a report is made: local time, facts headquarters lacks (None: not known), blind."""

    when: str
    unsynced: int | None = None
    blind: bool = False


def report_document(report: Report, scene: Scene, marks: Marks, as_of: AsOf) -> Document:
    """Lay out an X report, or the Z report of a shift that was closed."""
    words, closing = scene.words, report.closing
    title = words("z-report" if closing else "x-report")
    blocks = [*banner(scene, marks), *heading(scene), large(title)]
    blocks += _shift(report, scene, as_of)
    blocks += _takings(report, scene) + _taxes(report, scene)
    if not as_of.blind or closing:
        blocks += _tenders(report, scene, closing[1] if closing else None)
    blocks += _cash(report, scene) + _control(report, scene) + _late(report, scene)
    blocks.append(Rule())
    if as_of.unsynced is not None:
        blocks.append(Pair(words("unsynced"), f"{as_of.unsynced:,}"))
    if not as_of.blind:
        grand = closing[1].grand_total_minor if closing else report.grand_total_minor
        blocks.append(Pair(words("grand-total"), scene.money(grand), bold=True))
    if closing and closing[1].note:
        blocks.append(Text(words.label("note", closing[1].note)))
    return Document((*blocks, *(signature(scene) if closing else ())))


def _moment(scene: Scene, key: str, fact: Fact) -> Pair:
    when = local_time(fact.at_ms, fact.offset_min)
    return Pair(f"{scene.words(key)} {when}", scene.person(fact.actor))


def _shift(report: Report, scene: Scene, as_of: AsOf) -> list[Block]:
    words, shift = scene.words, report.shift
    blocks: list[Block] = [
        Pair(f"{words('drawer')} {shift.drawer}", f"{words('shift')} {shift.number}", bold=True),
        Pair(*business_day(scene, shift.business_day)),
        _moment(scene, "opened", shift.opened),
    ]
    if report.closing:
        return [*blocks, _moment(scene, "closed", report.closing[0]), Rule()]
    return [*blocks, Pair(words("printed"), as_of.when), Rule()]


def _takings(report: Report, scene: Scene) -> list[Block]:
    words, sums = scene.words, report.sums
    rows = [("sales", sums.sales, 1), ("returns", sums.returns, -1), ("voids", sums.voids, -1)]
    blocks: list[Block] = [
        Columns((words(key), str(tally.count), scene.money(sign * tally.minor)))
        for key, tally, sign in rows
    ]
    title = f"{words('net-sales')} {scene.currency}"
    blocks.append(Pair(title, scene.money(sums.net_minor), bold=True))
    if sums.discounts:
        blocks += [Rule(), Text(words("discounts"), bold=True)]
    for kind, tally in sorted(sums.discounts.items()):
        blocks.append(Columns((words(kind), str(tally.count), scene.money(-tally.minor))))
    return blocks


def _taxes(report: Report, scene: Scene) -> list[Block]:
    if not report.sums.tax:
        return []
    words = scene.words
    titles = (words("tax"), words("net"), words("tax-amount"), words("gross"))
    blocks: list[Block] = [Rule(), Columns(titles, bold=True)]
    for (code, ppm), row in sorted(report.sums.tax.items()):
        amounts = (row.net_minor, row.tax_minor, row.net_minor + row.tax_minor)
        name = f"{code} {percent(ppm)}".lstrip()
        blocks.append(Columns((name, *(scene.money(amount) for amount in amounts))))
    return blocks


def _tenders(report: Report, scene: Scene, closing: ShiftClosed | None) -> list[Block]:
    words, money = scene.words, scene.money
    blocks: list[Block] = [Rule()]
    if closing is None:
        blocks.append(Columns((words("tenders"), words("expected")), bold=True))
        for kind, expected in sorted(report.sums.tenders.items()):
            blocks.append(Pair(scene.tender(kind), money(expected)))
        return blocks
    blocks.append(
        Columns((words("tenders"), words("expected"), words("counted"), "+/-"), bold=True)
    )
    for count in closing.counts:
        difference = count.counted_minor - count.expected_minor
        amounts = (money(count.expected_minor), money(count.counted_minor), money(difference))
        blocks.append(Columns((scene.tender(count.kind), *amounts)))
    counted = {count.kind for count in closing.counts}
    for kind, expected in sorted(report.sums.tenders.items()):
        if kind not in counted:
            blocks.append(Columns((scene.tender(kind), money(expected), "-", "")))
    over = sum(count.counted_minor - count.expected_minor for count in closing.counts)
    return [*blocks, Pair(words("over-short"), money(over), bold=True)]


def _cash(report: Report, scene: Scene) -> list[Block]:
    words = scene.words
    blocks: list[Block] = [Rule(), Text(words("cash-movements"), bold=True)]
    blocks.append(Pair(words("float"), scene.money(report.shift.body.float_minor)))
    blocks += _movements(report, scene)
    return blocks


def _movements(report: Report, scene: Scene) -> Iterator[Block]:
    for fact in report.sums.cash:
        body = fact.body
        if isinstance(body, CashMoved) and body.kind is not CashKind.NO_SALE:
            when = local_time(fact.at_ms, fact.offset_min)[-5:]
            kind = body.kind.name.lower()
            told = [when, scene.words(kind), scene.reason(kind, body.reason)]
            name = " ".join(told).strip()
            yield Pair(name, scene.money(CASH_SIGN[body.kind] * body.amount_minor))


def _control(report: Report, scene: Scene) -> list[Block]:
    words, sums = scene.words, report.sums
    return [
        Rule(),
        Text(words("control"), bold=True),
        Pair(words("no-sales"), str(sums.no_sales)),
        Pair(words("overrides"), str(sums.overrides)),
        Pair(words("reprints"), str(sums.reprints)),
    ]


def _late(report: Report, scene: Scene) -> list[Block]:
    """What came after its shift was closed: in no sum above, named one by one."""
    if not report.late:
        return []
    words = scene.words
    blocks: list[Block] = [Rule(), Text(words("late"), bold=True)]
    for late in report.late:
        name = receipt_of_late(late) or type(late.fact.body).__name__
        told = f"{name} ({words('shift')} {late.shift})"
        blocks.append(Pair(told, scene.money(net_minor(late.fact.body))))
    return [*blocks, centred(words("late-note"))]
