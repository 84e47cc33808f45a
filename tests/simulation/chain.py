"""One simulation: a chain, a story drawn from its seed, and the verdict at its end."""

import traceback
from collections.abc import Callable
from dataclasses import dataclass

from sync.identity import Replica, mint_generation
from tests.simulation.box import Box, new_disk
from tests.simulation.deliveries import untold
from tests.simulation.network import Broker, Line
from tests.simulation.office import Office
from tests.simulation.shop import Shop
from tests.simulation.truth import Truth
from tests.simulation.verdict import difference, judge
from tests.simulation.world import Broken, Clock, World

CALM_MS = 4_000
STORM_MS = 25_000
HEAL_MS = 60_000
STEP_MS = 5_000
CRASHED = 99


@dataclass(frozen=True)
class Report:
    """How a simulation ended; `invariant` is 0 where everything held."""

    seed: int
    trace: str
    invariant: int
    problem: str
    acknowledged: int
    healed_ms: int
    lines: tuple[str, ...] = ()


class Chain:
    """Stores, headquarters, and what befalls them."""

    def __init__(self, world: World) -> None:
        self.world = world
        rng = world.random
        self.broker = Broker(world)
        self.truth = Truth(world)
        self.truth.stores = [f"s{n}" for n in range(1, rng.randint(1, 3) + 1)]
        self.shop = Shop(world, self.truth, [f"k{n}" for n in range(rng.randint(2, 4))])
        self.office = Office(
            world,
            self.broker,
            Clock(world, rng.randint(-5_000, 5_000)),
            stores=self.truth.stores,
            watch=self.truth.watch_office,
        )
        self.shop.found(self.office)
        self.boxes = [self._box(Replica(store, 1)) for store in self.truth.stores]
        self.truth.living = self.boxes
        self.zombies: list[Box] = []
        self.revoked: list[Replica] = []
        self.stormy = False
        self.calm = world.chance(0.25)  # what a storm heals by accident must not need one

    def _box(self, replica: Replica, reason: str = "setup", image: bytes = b"") -> Box:
        clock = Clock(self.world, self.world.random.randint(-5_000, 5_000))
        disk = new_disk(self.world, replica, reason, clock, image)
        watch = self.truth.watch_box
        return Box(self.world, self.broker, disk, clock=clock, line=Line(), watch=watch)

    # -- the story -------------------------------------------------------------------------------

    def play(self) -> int:
        """Let the story happen; return how long both ends took to agree after it."""
        self.world.run(CALM_MS)
        for box in self.boxes:
            self.shop.open(box)
        self.stormy = True
        self._trade()
        if not self.calm:
            self._weather()
        for fault in self._faults():
            self.world.after(self.world.random.randint(0, STORM_MS), fault)
        self.world.run(STORM_MS)
        self.stormy = False
        self._heal()
        for passed_ms in range(0, HEAL_MS, STEP_MS):
            if not self._difference():
                judge(self.truth, self.office, self.boxes)
                return passed_ms
            self.world.run(STEP_MS)
        raise Broken(12, f"no agreement {HEAL_MS} ms after all was well: {self._difference()}")

    def _difference(self) -> str:
        if any(not box.alive for box in self.boxes) or not self.office.alive:
            return "not everybody is up"
        if any(str(replica) not in self.truth.retired for replica in self.revoked):
            return "a box that was replaced still sells, and is to be revoked"
        differences = (difference(box, self.office) for box in self.boxes)
        return next(filter(None, differences), "") or untold(self.office)

    def _trade(self) -> None:
        if not self.stormy:
            return
        rng = self.world.random
        self.shop.act(rng.choice(self.boxes))
        if self.world.chance(0.25):
            self.shop.decide(self.office)
        for zombie in self.zombies:
            self.shop.sell(zombie)
        self.world.after(rng.randint(50, 900), self._trade)

    def _weather(self) -> None:
        if not self.stormy:
            return
        rng = self.world.random
        line = rng.choice([box.line for box in self.boxes] + [self.office.line])
        line.loss = rng.choice((0.0, 0.0, 0.1, 0.4))
        line.repeat = rng.choice((0.0, 0.3))
        line.delay_ms = rng.choice(((1, 10), (20, 200), (1, 3_000)))
        line.ordered = self.world.chance(0.6)
        self.world.after(rng.randint(1_000, 10_000), self._weather)

    def _heal(self) -> None:
        self.world.note("world", "heals")
        for line in [box.line for box in self.boxes + self.zombies] + [self.office.line]:
            line.dark, line.loss, line.repeat, line.ordered = False, 0.0, 0.0, True
            line.delay_ms = (1, 10)
        self.broker.up = True
        self.office.trouble = ""
        for box in self.boxes:
            box.disk.trouble = ""

    # -- faults ----------------------------------------------------------------------------------

    def _faults(self) -> list[Callable[[], None]]:
        rng = self.world.random
        common = [
            self._cut,
            self._cut,
            self._crash_box,
            self._crash_box,
            self._crash_office,
            self._broker_falls,
            self._jump,
            self._noise,
            self._replay,
            self._disk_full,
            self._forge,
        ]
        faults = rng.choices(common, k=rng.randint(0, 2) if self.calm else rng.randint(2, 8))
        if self.world.chance(0.4):
            faults.append(self._poison)
        if self.world.chance(0.4):
            faults.append(self._restore_office)
        elif len(self.boxes) > 1 and self.world.chance(0.3):
            faults.append(self._forget_rights)
        if self.world.chance(0.5):
            faults.append(self._replace)
        return faults

    def _cut(self) -> None:
        client = self.world.random.choice([box.client for box in self.boxes] + [self.office.client])
        self.broker.darken(client, noticed=self.world.chance(0.5))
        line = client.line

        def mend() -> None:
            line.dark = False

        self.world.after(self.world.random.randint(500, 18_000), mend)

    def _crash_box(self) -> None:
        self.world.random.choice(self.boxes).disk.trouble = self.world.random.choice(
            ("before", "after")
        )

    def _disk_full(self) -> None:
        self.world.random.choice(self.boxes).disk.trouble = "full"

    def _crash_office(self) -> None:
        self.office.trouble = self.world.random.choice(("before", "after"))

    def _broker_falls(self) -> None:
        self.broker.fall()

        def rise() -> None:
            self.broker.up = True

        self.world.after(self.world.random.randint(100, 8_000), rise)

    def _jump(self) -> None:
        clocks = [box.clock for box in self.boxes] + [self.office.clock]
        jump_ms = self.world.random.choice((-3_600_000, -20_000, 20_000, 3_600_000))
        if not self.world.chance(0.3):  # else a time server misleads them all
            clocks = [self.world.random.choice(clocks)]
        for clock in clocks:
            clock.skew_ms += jump_ms

    def _noise(self) -> None:
        rng = self.world.random
        box = rng.choice(self.boxes)
        if box.alive:
            box.babble(rng.randbytes(rng.randint(0, 200)))

    def _replay(self) -> None:
        """Send what was said before once more, also onto the topics of others."""
        self.broker.replay(self.world.random.randint(1, 30))

    def _forge(self) -> None:
        """A thief of a store's password, but not of its key, adds facts to its journal."""
        box = self.world.random.choice(self.boxes)
        if box.alive:
            box.forge()
            self.world.after(500, lambda: self.broker.drop(box.client))

    def _poison(self) -> None:
        self.shop.poison(self.world.random.choice(self.boxes))

    def _replace(self) -> None:
        """A box breaks, or is thought to be broken; another takes over from a backup or empty."""
        rng = self.world.random
        old = rng.choice(self.boxes)
        image = old.backup() if self.world.chance(0.6) else b""
        delay_ms = rng.randint(0, 7_000)
        survives = self.world.chance(0.3)
        self.world.after(delay_ms, lambda: self._take_over(old, image, survives))

    def _take_over(self, old: Box, image: bytes, survives: bool) -> None:
        if not self.stormy or old not in self.boxes:
            return
        self.world.note(old.name, "is replaced")
        heir = Replica(old.replica.node, mint_generation(old.replica.generation, old.clock()))
        self.boxes.remove(old)
        if survives:
            self.zombies.append(old)
        else:
            old.destroy()
        reason = "restore" if image else "replace"
        self.boxes.append(self._box(heir, reason, image))
        self.truth.inherited(self.boxes[-1])
        if not survives:
            self.truth.lose(self.boxes, self.office)
        self.revoked.append(old.replica)
        self.world.after(self.world.random.randint(0, 8_000), self._revoke)

    def _revoke(self) -> None:
        """Headquarters revokes what was replaced, again where it forgot."""
        if not self.office.alive:
            self.world.after(500, self._revoke)
            return
        for replica in self.revoked:
            self._revoke_one(replica)
        self.truth.retire([str(replica) for replica in self.revoked], self.boxes, self.office)

    def _revoke_one(self, replica: Replica) -> None:
        store, generation = replica.node, replica.generation
        self.office.write(
            lambda connection: self.office.author.revoke(
                connection, store, generation, "replaced", "office"
            )
        )

    def _restore_office(self) -> None:
        """Headquarters is backed up; some time later that is all there is."""
        image = self.office.database.image()
        delay_ms = self.world.random.randint(0, 12_000)
        if self.world.chance(0.5):  # what it decided last has hardly left the house
            delay_ms = self.world.random.randint(50, 800)
            for _ in range(4):
                self.shop.decide(self.office)
        self.world.after(delay_ms, lambda: self._go_back(image))

    def _forget_rights(self) -> None:
        """A store was handed rights that a restored headquarters forgot; another asks for them."""
        owner, other = self.world.random.sample(self.boxes, 2)
        if not (self.office.alive and owner.alive and other.alive):
            return
        key = self.shop.issue_to_pool(self.office)
        image = self.office.database.image()
        self.shop.wallet.ask(owner, key)

        def go_back() -> None:
            self.broker.darken(owner.client, noticed=True)
            self._go_back(image)

        def mend() -> None:
            owner.line.dark = False

        self.world.after(3_000, go_back)
        for delay_ms in (5_000, 10_000, 15_000):
            self.world.after(delay_ms, lambda: self.shop.wallet.ask(other, key))
        self.world.after(18_000, mend)

    def _go_back(self, image: bytes) -> None:
        if not self.stormy:
            return
        self.office.restore(image)
        self.truth.office_restored(self.office, self.boxes)
        self._revoke()


def simulate(seed: int, verbose: bool = False) -> Report:
    """Run one simulation; its report says what broke, if anything did."""
    world = World(seed, verbose)
    chain: Chain | None = None
    invariant, problem, healed_ms = 0, "", 0
    try:
        chain = Chain(world)
        healed_ms = chain.play()
    except Broken as broken:
        invariant, problem = broken.invariant, str(broken)
    except Exception as error:  # noqa: BLE001 - whatever escapes the product has broken it
        invariant, problem = CRASHED, f"{type(error).__name__}: {error}"
        world.lines.extend(traceback.format_exc().splitlines())
    acknowledged = chain.truth.acknowledged if chain else 0
    return Report(
        seed, world.trace, invariant, problem, acknowledged, healed_ms, tuple(world.lines)
    )
