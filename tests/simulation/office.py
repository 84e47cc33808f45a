"""Headquarters: the production worker over a database in memory, minus threads and sockets."""

from collections.abc import Callable
from typing import TypeVar

from sqlalchemy import Connection, event

from central import schema
from central.adoption import Adoption
from central.allotting import Allotment
from central.authoring import Author
from central.dispatching import Dispatch
from central.errors import Problem
from central.incarnation import begin, current
from central.merging import Merger
from central.store import Store
from central.worker import Publish, Worker
from sync.records import merge
from tests.simulation.box import TICK_MS, TOPICS, signer
from tests.simulation.network import Broker, Client, Line
from tests.simulation.world import Clock, Crash, World

T = TypeVar("T")
Watch = Callable[["Office"], None]


class Office:
    """One database, and the process that runs on it while there is power."""

    def __init__(
        self, world: World, broker: Broker, clock: Clock, *, stores: list[str], watch: Watch
    ) -> None:
        self.world = world
        self.broker = broker
        self.clock = clock
        self.line = Line()
        self.alive = False
        self.trouble = ""
        self.restored = 0
        self._watch = watch
        self._process = 0
        self._signer = signer("hq")
        self.database = self._open(None)
        self._begin("setup")
        with self.database.write() as connection:
            for name in stores:
                connection.execute(schema.store.insert().values(name=name, title=name))
        self.boot()

    # -- power -----------------------------------------------------------------------------------

    def _open(self, image: bytes | None) -> Store:
        database = Store.in_memory(image)
        event.listen(database.engine, "commit", self._on_commit)
        return database

    def _on_commit(self, connection: Connection) -> None:
        writing = connection.get_execution_options().get("evertill_immediate")
        if writing and self.trouble == "before":
            self.trouble = ""
            raise Crash

    def _begin(self, reason: str) -> None:
        birth = self.world.random.randbytes(16)
        with self.database.write() as connection:
            begin(connection, self._signer.public_key, birth, self.clock(), reason)

    def boot(self) -> None:
        """Start the process from what is in the database."""
        if self.alive:
            return
        self.alive = True
        self._process += 1
        self._draining = False
        with self.database.read() as connection:
            hq = current(connection)
        assert hq is not None
        number = self.world.random.randrange(1, 2**53)
        self.author = Author(hq, self.clock, lambda: self.world.random.randbytes(16))
        adoption = Adoption(self.database, self.author)
        self.worker = Worker(
            self.database,
            hq,
            self._signer,
            TOPICS.chain,
            number,
            merger=Merger(self.database, hq, merge),
            adoption=adoption,
            allotment=Allotment(self.database, self.author),
            dispatch=Dispatch(self.database, self.author),
        )
        will, birth = self.worker.will, self.worker.birth
        self.client = Client(
            str(hq.replica),
            lambda topic: topic.startswith((f"{TOPICS.root}/u/", f"{TOPICS.root}/pres/")),
            self._receive,
            self._lost,
            (will.topic, will.payload),
            self.line,
        )
        self._birth = (birth.topic, birth.payload)
        self.world.note(self.client.name, "boots")
        self._watch(self)
        self._later(self.world.random.randint(0, TICK_MS), self._tick)
        self._connect()

    def die(self) -> None:
        """Cut the power."""
        self.world.note(self.client.name, "loses power")
        self.alive = False
        self.trouble = ""
        self.broker.vanish(self.client)
        if self.client in self.broker.clients:
            self.broker.clients.remove(self.client)
        self.world.after(self.world.random.randint(300, 5_000), self.boot)

    def restore(self, image: bytes) -> None:
        """Lose the database and go on from a backup, as a new incarnation."""
        if self.alive:
            self.die()
        self.world.note(self.client.name, "is restored from a backup")
        self.database.close()
        self.database = self._open(image)
        self.trouble = ""  # whatever was to befall the former life
        self._begin("restore")
        self.restored += 1

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
            self._publish(self.worker.connected(self.clock()))
        else:
            self._later(self.world.random.randint(200, 3_000), self._connect)

    def _lost(self) -> None:
        self.worker.disconnected(self.clock())
        self._later(self.world.random.randint(200, 3_000), self._connect)

    def _receive(self, topic: str, payload: bytes) -> None:
        self._publish(self.worker.receive(topic, payload, self.clock()))
        if self.worker.waiting and not self._draining:
            self._draining = True
            self._later(self.world.random.randint(1, 120), self._drain)

    def _tick(self) -> None:
        try:
            out = self.worker.tick(self.clock())
        except Crash:
            self.die()
            return
        self._watch(self)  # it may have written what nobody is there to be told
        self._publish(out)
        self._later(TICK_MS, self._tick)

    def _publish(self, messages: list[Publish]) -> None:
        for message in messages:
            self.broker.publish(self.client, message.topic, message.payload, retain=message.retain)

    # -- committing ------------------------------------------------------------------------------

    def _drain(self) -> None:
        self._draining = False
        waiting, late = self.worker.waiting, self.trouble == "after"
        try:
            out = self.worker.commit(self.clock())
        except Crash:
            self.die()
            return
        self.world.note(self.client.name, f"commits {waiting}")
        self._watch(self)
        if late:
            self.die()
            return
        self._publish(out)
        if self.worker.waiting and not self._draining:
            self._draining = True
            self._later(self.world.random.randint(1, 120), self._drain)

    def write(self, action: Callable[[Connection], T]) -> T | Problem | None:
        """Let headquarters decide something; None if the power went meanwhile."""
        late = self.trouble == "after"
        try:
            with self.database.write() as connection:
                result = action(connection)
        except Problem as problem:
            return problem
        except Crash:
            self.die()
            return None
        self._watch(self)
        if late:
            self.die()
            return None
        self._publish(self.worker.authored(self.clock()))
        return result
