"""A store's real node on a test's own thread, in the chain of `tests.central.chain`."""

from typing import TypeVar, cast
from uuid import UUID

from central.worker import Publish
from edge.books.database import connect
from edge.books.records import RecordReads
from edge.books.store import Command, Life, Store, begin_life
from edge.people.members import AskForMember, CreateMember, EditMember, card_of, document_of
from edge.uplink.inbound import Intake, SetAside
from edge.uplink.ledger import EdgeLedger
from sync.identity import Replica
from sync.ledger import Outcome
from sync.records import merge
from sync.records_card import Edit, MemberCard
from sync.session import Commit, Effect, Reject, Self, Send, Session
from sync.signing import Signer
from sync.topics import Lane
from sync.wire import AnyMessage, Hello, seal
from tests.central.chain import Chain, Node

R = TypeVar("R")


class Branch:
    """One life of a store's node, over a database in memory; `image` is a backup it begins from."""

    def __init__(self, chain: Chain, replica: str, image: bytes = b"") -> None:
        self.chain = chain
        self.replica = Replica.parse(replica)
        self.name = self.replica.node
        signer = Signer(replica.encode().ljust(32, b"."))
        birth = replica.encode().ljust(16, b".")[:16]
        connection = connect(":memory:")
        if image:
            connection.deserialize(image)
        begin_life(
            connection,
            Life(self.replica, birth, signer.public_key, "test", "test"),
            chain.clock,
        )
        self.store = Store(connection, clock=chain.clock)
        self.ledger = EdgeLedger(connection, signer, chain.clock)
        self.intake = Intake(connection, self.replica, merge)
        known = connection.execute("SELECT headquarters FROM node").fetchone()[0]
        number = chain.random.randrange(1, 2**53)
        me = Self(self.replica, birth, signer.public_key, "test", number)
        self.session = Session(me, self.name, "hq", self.ledger, known)
        self.online = False
        chain.nodes[self.name] = cast(Node, self)  # all that a chain asks of a node, it has

    # -- the link --------------------------------------------------------------------------------

    def trust(self, chain: Chain) -> None:
        """Nothing to do: a node pins headquarters' key by itself."""

    def connect(self) -> None:
        """Open the way to headquarters."""
        self.online = True
        self.run(self.session.connected(self.chain.clock.now_ms))

    def cut(self) -> None:
        """Cut the way to headquarters."""
        self.online = False
        self.session.disconnected()

    def receive(self, lane: Lane, payload: bytes) -> None:
        """Take a payload from headquarters."""
        if self.online:
            self.run(self.session.receive(lane, payload, self.chain.clock.now_ms))

    def run(self, effects: list[Effect]) -> None:
        """Carry out effects, committing at once."""
        for effect in effects:
            match effect:
                case Send(lane, payload):
                    self._carry(lane, payload)
                case Commit():
                    self.run(self._commit(effect))
                case Reject(lane, reason, payload):
                    self.execute(SetAside("hq", lane, reason, payload))

    def _carry(self, lane: Lane, payload: bytes) -> None:
        if self.online:
            self.chain.carry(Publish(self.chain.worker.topics.up(self.name, lane), payload))

    def _commit(self, commit: Commit) -> list[Effect]:
        now_ms = self.chain.clock.now_ms
        [outcome] = self.store.execute([self.intake.command(commit)])
        assert isinstance(outcome, Outcome), outcome
        if not isinstance(commit.message, Hello):
            return self.session.committed(commit.origin, [outcome], now_ms)
        assert not outcome.refused
        return self.session.admitted(commit.origin, commit.message, now_ms)

    def say(self, lane: Lane, message: AnyMessage) -> None:
        """Say something within the session that no honest node would."""
        me, number = self.session.me, self.chain.random.randrange(2**40, 2**41)
        payload = seal(me.replica, me.session, self.session.peer_session, number, message)
        self._carry(lane, payload)

    # -- the store -------------------------------------------------------------------------------

    def execute(self, command: Command[R]) -> R:
        """Commit a command and let the session tell; raise what it raises."""
        [result] = self.store.execute([command])
        if isinstance(result, Exception):
            raise result
        self.run(self.session.local_commit(self.chain.clock.now_ms))
        return result  # type: ignore[return-value]

    def create(self, member: UUID, *edits: Edit) -> None:
        """Begin a card."""
        self.execute(CreateMember(member, edits))

    def edit(self, member: UUID, *edits: Edit) -> None:
        """Edit a card."""
        self.execute(EditMember(member, edits))

    def ask(self, member: UUID) -> None:
        """Ask headquarters for a card."""
        assert self.execute(AskForMember(member))

    def card(self, member: UUID) -> MemberCard | None:
        """Read a card."""
        return card_of(self.store.connection, member)

    def vector(self, member: UUID) -> bytes:
        """Read a card's state vector."""
        return RecordReads(self.store.connection).held(document_of(member)).vector

    def image(self) -> bytes:
        """Back the node up."""
        return self.store.connection.serialize()

    def rows(self, query: str) -> list[tuple[object, ...]]:
        """Query the database."""
        return self.store.connection.execute(query).fetchall()
