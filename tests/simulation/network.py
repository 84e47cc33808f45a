"""A broker and the lines to it: worse than any real one, for as long as the weather is bad."""

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field

from tests.simulation.world import World

KEEPALIVE_MS = 9_000


@dataclass
class Line:
    """A line to the broker: what it does to a message, and whether it is cut."""

    dark: bool = False
    loss: float = 0.0
    repeat: float = 0.0
    delay_ms: tuple[int, int] = (2, 20)
    ordered: bool = True


@dataclass
class Client:
    """A process at the end of a line."""

    name: str
    wants: Callable[[str], bool]
    deliver: Callable[[str, bytes], None]
    lost: Callable[[], None]
    will: tuple[str, bytes]
    line: Line = field(default_factory=Line)
    online: bool = False
    connection: int = 0
    last_ms: int = 0


class Broker:
    """Passes messages on; forgets everything when it falls, and promises nothing."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.up = True
        self.clients: list[Client] = []
        self.retained: dict[str, bytes] = {}
        self.sent = 0
        self._said: deque[tuple[str, bytes]] = deque(maxlen=300)
        self._life = 0

    def connect(self, client: Client, birth: tuple[str, bytes]) -> bool:
        """Connect a client with a clean session; False when the broker can't be reached."""
        if not self.up or client.line.dark:
            return False
        if client not in self.clients:
            self.clients.append(client)
        client.online = True
        client.connection += 1
        self.world.note(client.name, "connects")
        self.publish(client, *birth, retain=True)
        for topic, payload in self.retained.items():
            if client.wants(topic):
                self._carry(client, topic, payload)
        return True

    def drop(self, client: Client) -> None:
        """End a client's connection; its will is published."""
        if client.online:
            client.online = False
            self.world.note(client.name, "is dropped")
            self._spread(*client.will, retain=True)
            client.lost()

    def vanish(self, client: Client) -> None:
        """A client's process is gone; the broker finds out at once, or by its keep-alive."""
        if client.online:
            client.online = False
            self.world.after(
                self.world.random.choice((1, KEEPALIVE_MS)),
                lambda: self._spread(*client.will, retain=True),
            )

    def darken(self, client: Client, noticed: bool) -> None:
        """Cut a line; unnoticed, everything on it disappears until the keep-alive runs out."""
        client.line.dark = True
        if noticed:
            self.drop(client)
            return
        connection = client.connection

        def expire() -> None:
            if client.line.dark and client.connection == connection:
                self.drop(client)

        self.world.after(KEEPALIVE_MS, expire)

    def fall(self) -> None:
        """The broker dies with all it held."""
        self.up = False
        self._life += 1
        self.retained.clear()
        self.world.note("broker", "falls")
        for client in self.clients:
            if client.online:
                client.online = False
                client.lost()

    def replay(self, count: int) -> None:
        """Say again what was said before, one in three on a topic where it does not belong."""
        for _ in range(count if self._said else 0):
            topic, payload = self.world.random.choice(self._said)
            if self.world.chance(0.33):
                topic, _ = self.world.random.choice(self._said)
            self._spread(topic, payload, retain=False)

    def publish(self, client: Client, topic: str, payload: bytes, *, retain: bool = False) -> None:
        """Take a message from a client."""
        if not client.online or client.line.dark or self.world.chance(client.line.loss):
            return
        self._spread(topic, payload, retain=retain)

    def _spread(self, topic: str, payload: bytes, *, retain: bool) -> None:
        if not self.up:
            return
        self.sent += 1
        self._said.append((topic, payload))
        if retain:
            self.retained[topic] = payload
        for client in self.clients:
            if client.online and client.wants(topic):
                self._carry(client, topic, payload)

    def _carry(self, client: Client, topic: str, payload: bytes) -> None:
        line, world = client.line, self.world
        if client.line.dark or world.chance(line.loss):
            return
        life, connection = self._life, client.connection

        def arrive() -> None:
            same = client.connection == connection and self._life == life
            if client.online and not client.line.dark and (same or not line.ordered):
                client.deliver(topic, payload)

        for _ in range(2 if world.chance(line.repeat) else 1):
            at_ms = world.now_ms + world.random.randint(*line.delay_ms)
            if line.ordered:
                at_ms = client.last_ms = max(at_ms, client.last_ms)
            world.after(at_ms - world.now_ms, arrive)
