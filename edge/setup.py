"""One law: a node is made in a directory of its own, whole, and never over another one."""

from collections.abc import Callable
from contextlib import closing
from pathlib import Path

from edge.books.backup import DATABASE, KEY
from edge.books.database import connect
from edge.books.store import Life, begin_life
from edge.settings import FILE_NAME, Settings
from provisioning.configuration import settings_toml, write_new
from sync.identity import Replica, mint_generation
from sync.signing import KEY_BYTES, Signer

SOFTWARE_VERSION = "0.1.0"


def create_node(
    data: Path,
    settings: Settings,
    *,
    clock: Callable[[], int],
    random: Callable[[int], bytes],
    generation: int = 0,
) -> Replica:
    """Make a data directory: key, database and settings; `generation` 0 mints one.

    Raise FileExistsError where a node is already.
    """
    for name in (DATABASE, KEY, FILE_NAME):
        if (data / name).exists():
            raise FileExistsError(
                f"{data / name} exists already: take another directory, or start that node with"
                f" `evertill-edge run --data {data}`"
            )
    replica = Replica(settings.store, generation or mint_generation(0, clock()))
    data.mkdir(mode=0o700, parents=True, exist_ok=True)
    key = random(KEY_BYTES)
    write_new(data / KEY, key)
    life = Life(replica, random(16), Signer(key).public_key, "setup", SOFTWARE_VERSION)
    with closing(connect(data / DATABASE)) as connection:
        begin_life(connection, life, clock)
    write_new(data / FILE_NAME, settings_toml(settings).encode())
    return replica
