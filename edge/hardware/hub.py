"""One law: every configured device is opened, kept, and routed to its till; none stops another.

Lives in the node's event loop: `start` after the node is ready, `close` before its writer.
"""

import asyncio
import logging
import time
from collections import Counter
from collections.abc import Sequence
from itertools import count

import msgspec

from devices.charge import Payment, Progress, Unknown
from devices.display import Show
from devices.drawer import Kick
from devices.driver import Level
from devices.epc import count_gtins
from devices.event import Event, Fault, Health, Reason, Scan, Status, Weight
from devices.gate import Gate
from devices.layouts import shelf_label
from devices.printer import Printer, sample_page
from devices.receipt import Document, Paper
from devices.rfid import Inventory, TakeInventory
from devices.scale import Weigh
from devices.zpl import Label
from edge.books.reads import Reads
from edge.hardware.configured import DeviceSettings
from edge.hardware.documents import keep_document, keep_label
from edge.hardware.host import Host
from edge.hardware.kept_jobs import Job
from edge.hardware.kept_payments import CardPayment
from edge.hardware.news import News
from edge.hardware.payments import Payments
from edge.hardware.prints import PRINTERS, Prints
from edge.hardware.trouble import NoDevice, Trouble
from edge.hardware.unit import Unit
from edge.hardware.verdict import TEMPLATES_RULE, Verdict, judge, make_gate, refused
from edge.hardware.words import Message, said

SAMPLE_LABEL = shelf_label("LABEL TEST 标签测试", "12.34", "9521234000013")
PAYING_S = 300.0  # a till that forgets to say that its tender ended
_log = logging.getLogger(__name__)
_encode = msgspec.json.Encoder().encode


class ScanNews(msgspec.Struct, frozen=True):
    """Event `scan`: something was scanned; `text` as the scanner sent it."""

    device: str
    text: str
    verdict: Verdict


class WeightNews(msgspec.Struct, frozen=True):
    """Event `weight`: a stable weight, asked for by the till."""

    device: str
    weight_mg: int
    weight_g: int
    reading: str
    stable: bool = True


class DeviceNews(msgspec.Struct, frozen=True):
    """Event `device`: a device and its condition, in UnifiedPOS' words.

    `state` is closed, idle, busy or error (not connected); `condition` such as `paper-empty`.
    """

    name: str
    kind: str
    category: str
    till: str
    state: str
    condition: list[str]


class PaymentNews(msgspec.Struct, frozen=True):
    """Event `payment`: a card payment changed."""

    id: str
    state: str
    message: Message
    amount_minor: int


class PrintNews(msgspec.Struct, frozen=True):
    """Event `print`: a print job changed, or what keeps it did."""

    job: str
    state: str
    message: Message


class Counted(msgspec.Struct, frozen=True):
    """Articles of one GTIN that an RFID round saw; `sku` is empty for an unknown product."""

    sku: str
    gtin: str
    count: int


class Hub:
    """All hardware of a node."""

    def __init__(self, host: Host) -> None:
        self._host = host
        self.news = News(f"{host.clock():x}", time.monotonic)
        self.prints = Prints(host, self._tell_job)
        self.payments = Payments(host, self._tell_payment)
        self.units: dict[str, Unit] = {}
        self._paying: dict[str, float] = {}
        self._numbers = count(1)
        self._gate: tuple[str | None, Gate] = (None, make_gate(None, host.settings.places))

    # -- life ------------------------------------------------------------------------------------

    async def start(self) -> None:
        """Open every configured device; one that is not there is looked for from now on."""
        await self.prints.doubt_interrupted()
        await self.payments.after_restart()
        for settings in self._host.settings.devices:
            unit = Unit(settings, self._remembered(settings))
            self.units[settings.name] = unit
            unit.start(self)
            if settings.category in PRINTERS:
                self.prints.start(unit)

    async def close(self) -> None:
        """End the streams, let a receipt come out, give all ports back."""
        self.news.close()
        await self.payments.close()
        await self.prints.close()
        await asyncio.gather(*(unit.close() for unit in self.units.values()))

    def _remembered(self, settings: DeviceSettings) -> dict[str, object]:
        if settings.category in PRINTERS:
            return self.prints.remembered(settings.name)
        return self.payments.remembered(settings.name) if settings.category == "CAT" else {}

    # -- what devices say ------------------------------------------------------------------------

    async def take(self, unit: Unit, event: Event) -> None:
        """Route an event of a device."""
        till = unit.settings.till
        if isinstance(event, Scan):
            if not unit.testing:
                verdict = self.verdict(till, event)
                self._publish(till, "scan", ScanNews(unit.name, event.text, verdict))
        elif isinstance(event, Status):
            self._publish(till, "device", self.describe(unit))
        elif isinstance(event, Payment | Unknown | Progress) or (
            isinstance(event, Fault) and unit.settings.category == "CAT"
        ):
            await self.payments.take(unit, event)
        elif isinstance(event, Fault) and event.reason is Reason.BAD_DATA:
            self._publish(till, "scan", ScanNews(unit.name, "", refused("scan-broken")))

    def verdict(self, till: str, scan: Scan) -> Verdict:
        """Say what a scan at a till is."""
        reads = Reads(self._host.gate)
        rule = reads.rule(TEMPLATES_RULE)
        if rule != self._gate[0]:
            self._gate = (rule, make_gate(rule, self._host.settings.places))
        paying = self._paying.get(till, 0.0) > time.monotonic()
        return judge(self._gate[1], reads, scan, paying=paying)

    def take_tender(self, till: str, *, paying: bool) -> None:
        """Note that a till is taking a tender, or no longer: payment codes are read only then."""
        self._paying[till] = time.monotonic() + PAYING_S if paying else 0.0

    def describe(self, unit: Unit) -> DeviceNews:
        """Describe a device as it is now."""
        settings = unit.settings
        return DeviceNews(
            settings.name,
            settings.kind,
            settings.category,
            settings.till,
            unit.state.name.lower(),
            unit.words,
        )

    # -- what tills ask --------------------------------------------------------------------------

    def of_till(self, till: str) -> list[Unit]:
        """List the devices of a till, with those that are shared."""
        return [unit for unit in self.units.values() if unit.settings.till in ("", till)]

    def find(self, till: str, category: str) -> Unit:
        """Find a till's device of a category, its own before a shared one; raise NoDevice."""
        found = self._nearest(till, category)
        if found is None:
            raise NoDevice("category", till=till, category=category)
        return found

    def find_named(self, name: str) -> Unit:
        """Find a device by its name; raise NoDevice."""
        unit = self.units.get(name)
        if unit is None:
            there = ", ".join(self.units) or "none"
            raise NoDevice("name", name=name[:40], known=there)
        return unit

    def terminal_of(self, till: str) -> str:
        """Name a till's card terminal, empty where it has none."""
        found = self._nearest(till, "CAT")
        return found.name if found else ""

    def _nearest(self, till: str, category: str) -> Unit | None:
        found = [unit for unit in self.of_till(till) if unit.settings.category == category]
        return max(found, key=lambda unit: bool(unit.settings.till), default=None)

    def paper(self, till: str) -> Paper:
        """Tell the roll of a till's printer."""
        try:
            driver = self.find(till, "POSPrinter").device.driver
        except NoDevice:
            return Paper()
        return driver.paper if isinstance(driver, Printer) else Paper()

    async def print(self, till: str, job_id: str, document: Document) -> Job:
        """Print a document once; return when it is durable. Raise NoDevice, Conflict."""
        unit = self.find(till, "POSPrinter")
        return await self.prints.add(unit, till, job_id, keep_document(document))

    async def print_label(self, till: str, job_id: str, label: Label, copies: int = 1) -> Job:
        """Print a label once; return when it is durable. Raise NoDevice, Conflict."""
        unit = self.find(till, "LabelPrinter")
        return await self.prints.add(unit, till, job_id, keep_label(label, copies))

    async def page(self, name: str, job_id: str) -> Job:
        """Print a test page or label on a printer; raise NoDevice where it prints nothing."""
        unit = self.find_named(name)
        driver = unit.device.driver
        if isinstance(driver, Printer):
            kept = keep_document(sample_page(driver.paper))
        elif unit.settings.category == "LabelPrinter":
            kept = keep_label(SAMPLE_LABEL, 1)
        else:
            raise NoDevice("prints-nothing", name=name)
        return await self.prints.add(unit, unit.settings.till, job_id, kept)

    async def weigh(self, till: str, patience_s: float, unit_price_minor: int = 1) -> WeightNews:
        """Return a stable weight above zero; raise NoDevice, Trouble."""
        unit = self.find(till, "Scale")
        command = Weigh(ref=self._ref(), patience_s=patience_s, unit_price_minor=unit_price_minor)
        event = await unit.ask(command)
        if not isinstance(event, Weight):
            raise _trouble(event)
        grams = (event.weight_mg + 500) // 1000
        news = WeightNews(unit.name, event.weight_mg, grams, event.reading)
        self._publish(till, "weight", news)
        return news

    async def open_drawer(self, till: str) -> None:
        """Open the drawer at the till's printer; raise NoDevice, Trouble."""
        event = await self.find(till, "POSPrinter").ask(Kick(ref=self._ref()))
        if isinstance(event, Fault):
            raise Trouble(event)

    async def show(self, till: str, upper: str, lower: str) -> None:
        """Show two lines to the customer; raise NoDevice, Trouble."""
        event = await self.find(till, "LineDisplay").ask(
            Show(ref=self._ref(), upper=upper, lower=lower)
        )
        if isinstance(event, Fault):
            raise Trouble(event)

    async def inventory(self, till: str, duration_s: float) -> tuple[int, list[Counted]]:
        """Read RFID tags for a while; return how many there were and the articles among them."""
        unit = self.find(till, "RFIDScanner")
        event = await unit.ask(TakeInventory(ref=self._ref(), duration_s=duration_s))
        if not isinstance(event, Inventory):
            raise _trouble(event)
        return len(event.tags), self._articles(count_gtins(event.tags))

    async def check(self, name: str, level: Level) -> Health:
        """Ask a device how it is; raise NoDevice, Trouble."""
        event = await self.find_named(name).check(self._ref(), level)
        if not isinstance(event, Health):
            raise _trouble(event)
        return event

    # -- what these are made of ------------------------------------------------------------------

    def _articles(self, gtins: Counter[str]) -> list[Counted]:
        reads = Reads(self._host.gate)
        found = []
        for gtin, number in sorted(gtins.items()):
            items = reads.items_by_gtin(gtin)
            found.append(Counted(items[0].sku if items else "", gtin, number))
        return found

    def _ref(self) -> str:
        return f"{self.news.life}-{next(self._numbers)}"

    def _tell_job(self, job: Job) -> None:
        self._publish(job.till, "print", PrintNews(job.id, str(job.state), said(job.message)))

    def _tell_payment(self, payment: CardPayment) -> None:
        message = said(payment.message)
        news = PaymentNews(payment.id, str(payment.state), message, payment.amount_minor)
        self._publish(payment.till, "payment", news)

    def _publish(self, till: str, name: str, data: object) -> None:
        self.news.publish(till, name, _encode(data))


def _trouble(event: Event) -> Trouble:
    if isinstance(event, Fault):
        return Trouble(event)
    return Trouble(Fault(reason=Reason.REFUSED, message=f"unexpected answer {event}"))


def lines_of(texts: Sequence[tuple[str, str]], total: str) -> tuple[str, str]:
    """Lay out the last item and the total for a display of 2 x 20 columns."""
    name, amount = texts[-1] if texts else ("", "")
    return _row(name, amount), _row("TOTAL", total) if total else ""


def _row(left: str, right: str, width: int = 20) -> str:
    room = max(0, width - len(right) - 1)
    return f"{left[:room]:<{room}} {right}" if right else left[:width]
