"""A store's box: the production node over a disk that survives it, minus threads and sockets."""

from collections.abc import Callable, Sequence
from functools import cache, partial
from hashlib import blake2b
from itertools import groupby

from edge.books.backup import sign_pieces
from edge.books.store import Command, Life, Store, begin_life
from edge.errors import StoreFailed
from edge.uplink.inbound import Intake, SetAside
from edge.uplink.ledger import EdgeLedger
from sync.bodies import Grant
from sync.body import StockLine
from sync.facts import Fact, encode_fact
from sync.identity import Replica
from sync.journal import make_batch
from sync.ledger import Outcome
from sync.presence import Presence, decode_presence, encode_presence
from sync.records import merge
from sync.session import Commit, Effect, Reject, Self, Send, Session
from sync.signing import Signer
from sync.topics import Lane, Topics
from sync.wire import Facts, Hello, seal
from tests.simulation.disk import Disk, empty_node, open_disk
from tests.simulation.network import Broker, Client, Line
from tests.simulation.world import Clock, Crash, World

TOPICS = Topics("sim")
TICK_MS = 1_000
_FORMER = (
    "SELECT generation, journal, max(seq) FROM node JOIN journal ON name = store || '-n' ||"
    " generation JOIN fact ON journal = no"
)
Watch = Callable[["Box"], None]


@cache
def signer(name: str) -> Signer:
    """Derive a key from a name: a simulation keeps no secrets."""
    return Signer(blake2b(name.encode(), digest_size=32).digest())


class Box:
    """One box: a disk, and the process that runs on it while there is power."""

    def __init__(
        self, world: World, broker: Broker, disk: Disk, *, clock: Clock, line: Line, watch: Watch
    ) -> None:
        self.world = world
        self.broker = broker
        self.disk = disk
        self.clock = clock
        self.line = line
        self.alive = False
        self.gone = False
        self._watch = watch
        self._process = 0
        self._inbox: list[Commit | Reject] = []
        self.boot()

    @property
    def name(self) -> str:
        """Name of the life that runs here."""
        return str(self.replica)

    # -- power -----------------------------------------------------------------------------------

    def boot(self) -> None:
        """Start the process from what is on the disk."""
        if self.gone or self.alive:
            return
        self.alive = True
        self._process += 1
        self._inbox = []
        self.store = Store(self.disk, clock=self.clock)
        sql = "SELECT store, generation, birth, headquarters FROM node"
        store, generation, birth, known = self.disk.execute(sql).fetchone()
        self.replica = Replica(store, generation)
        key = self._key = signer(f"{self.replica}{birth.hex()}")
        number = self.world.random.randrange(1, 2**53)
        me = Self(self.replica, birth, key.public_key, "sim", number)
        ledger = EdgeLedger(self.disk, key, self.clock)
        self._intake = Intake(self.disk, self.replica, merge)
        self.session = Session(me, store, "hq", ledger, known or "")
        offline = encode_presence(Presence(False, number, "sim"))
        self.client = Client(
            self.name,
            lambda topic: (
                topic.startswith(f"{TOPICS.root}/d/{store}/") or topic == TOPICS.headquarters
            ),
            self._receive,
            self._lost,
            (TOPICS.presence(store), offline),
            self.line,
        )
        self._birth = (TOPICS.presence(store), encode_presence(Presence(True, number, "sim")))
        self.world.note(self.name, "boots")
        self._watch(self)
        self._later(self.world.random.randint(0, TICK_MS), self._tick)
        self._connect()

    def die(self) -> None:
        """Cut the power."""
        self.world.note(self.name, "loses power")
        self.alive = False
        self.disk.power_cut()
        self._watch(self)  # what was committed is there, although nobody was told
        self.broker.vanish(self.client)
        if self.client in self.broker.clients:
            self.broker.clients.remove(self.client)
        self.world.after(self.world.random.randint(300, 4_000), self.boot)

    def destroy(self) -> None:
        """Take the box out of service for good."""
        self.gone = True
        if self.alive:
            self.die()

    def backup(self) -> bytes:
        """Copy the disk; the key is not in the copy, but its signatures are."""
        copy = open_disk(self.disk.serialize())
        sign_pieces(copy, self._key)
        image = copy.serialize()
        copy.close()
        return image

    def babble(self, payload: bytes) -> None:
        """Say something senseless."""
        topic = TOPICS.up(self.replica.node, self.world.random.choice(list(Lane)))
        self.broker.publish(self.client, topic, payload)

    def forge(self) -> None:
        """Say, in the name of this box but without its key, what it never wrote."""
        fact = Fact(self.world.random.randbytes(16), 1, 0, "thief", Grant([StockLine("k0", 999)]))
        head = self.store.books.head
        batch = make_batch(self.name, head, [encode_fact(fact)], signer("thief"))
        self.broker.publish(self.client, *self.session_says(Facts(batch)))

    def session_says(self, message: Facts) -> tuple[str, bytes]:
        """Seal a message as if the session had sent it."""
        me, number = self.session.me, self.world.random.randrange(2**40, 2**41)
        payload = seal(me.replica, me.session, self.session.peer_session, number, message)
        return TOPICS.up(self.replica.node, Lane.FACTS), payload

    def _later(self, delay_ms: int, action: Callable[[], None]) -> None:
        process = self._process

        def act() -> None:
            if self.alive and self._process == process:
                action()

        self.world.after(delay_ms, act)

    # -- the line --------------------------------------------------------------------------------

    def _connect(self) -> None:
        if self.client.online:
            return
        if self.broker.connect(self.client, self._birth):
            self._carry_out(self.session.connected(self.clock()))
        else:
            self._later(self.world.random.randint(200, 3_000), self._connect)

    def _lost(self) -> None:
        self.session.disconnected()
        self._later(self.world.random.randint(200, 3_000), self._connect)

    def _receive(self, topic: str, payload: bytes) -> None:
        if topic == TOPICS.headquarters:
            self._on_headquarters(payload)
            return
        lane = Lane(topic.rsplit("/", 1)[1])
        self._carry_out(self.session.receive(lane, payload, self.clock()))

    def _on_headquarters(self, payload: bytes) -> None:
        try:
            presence = decode_presence(payload)
        except ValueError:
            return
        if presence.online and presence.session != self.session.peer_session:
            self._carry_out(self.session.connected(self.clock()))

    def _tick(self) -> None:
        self._carry_out(self.session.tick(self.clock()))
        self._later(TICK_MS, self._tick)

    def _carry_out(self, effects: Sequence[Effect]) -> None:
        for effect in effects:
            if isinstance(effect, Send):
                topic = TOPICS.up(self.replica.node, effect.lane)
                self.broker.publish(self.client, topic, effect.payload)
                continue
            if not self._inbox:
                self._later(self.world.random.randint(1, 60), self._drain)
            self._inbox.append(effect)

    # -- committing ------------------------------------------------------------------------------

    def execute(self, commands: Sequence[Command[object]]) -> list[object] | None:
        """Run commands in one transaction; None if the power went meanwhile."""
        try:
            results = self.store.execute(commands)
        except Crash:
            self.die()
            return None
        self.world.note(self.name, f"executes {len(commands)}", repr(results).encode())
        self._watch(self)
        self._carry_out(self.session.local_commit(self.clock()))
        return results

    def _drain(self) -> None:
        inbox, self._inbox = self._inbox, []
        results = self.execute([self._command(effect) for effect in inbox])
        if results is None:
            return
        done = [
            (effect, result)
            for effect, result in zip(inbox, results, strict=True)
            if isinstance(effect, Commit) and isinstance(result, Outcome)
        ]
        for (is_hello, origin), group in groupby(
            done, lambda pair: (isinstance(pair[0].message, Hello), pair[0].origin)
        ):
            pairs = list(group)
            if is_hello:
                for commit, outcome in pairs:
                    self._carry_out(self._answer(commit, outcome))
            else:
                outcomes = [outcome for _, outcome in pairs]
                self._carry_out(self.session.committed(origin, outcomes, self.clock()))

    def _command(self, effect: Commit | Reject) -> Command[object]:
        if isinstance(effect, Commit):
            return self._intake.command(effect)
        return SetAside("hq", effect.lane, effect.reason, effect.payload)

    def _answer(self, commit: Commit, outcome: Outcome) -> list[Effect]:
        assert isinstance(commit.message, Hello)
        if outcome.refused:
            return self.session.refuse(commit.origin, outcome.refused, self.clock())
        return self.session.admitted(commit.origin, commit.message, self.clock())

    def failed(self, result: object) -> bool:
        """Whether a result is the disk's refusal: the same command may be tried again."""
        return isinstance(result, StoreFailed)


def new_disk(world: World, replica: Replica, reason: str, clock: Clock, image: bytes = b"") -> Disk:
    """Make the disk of a new life, empty or over the image of an earlier one."""
    disk = open_disk(image or empty_node())
    birth = world.random.randbytes(16)
    key = signer(f"{replica}{birth.hex()}").public_key
    row = disk.execute(_FORMER).fetchone()
    life = Life(replica, birth, key, reason, "sim", row[0] or 0)
    begin_life(disk, life, partial(int, clock()))
    if row[
        0
    ]:  # as `edge.books.backup` does: the copy's counters count the former life's facts up to here
        cover = "INSERT OR REPLACE INTO coverage (author, seq, complete) VALUES (?, ?, 1)"
        disk.execute(cover, row[1:])
    return disk
