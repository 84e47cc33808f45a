"""Headquarters is set up once in a directory of its own, and opened only as what it is."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from central.authoring import Author
from central.errors import Conflict, Unprepared
from central.incarnation import BIRTH_BYTES, Headquarters, begin, current
from central.settings import FILE_NAME, Settings, database_url, load_settings
from central.store import Store
from provisioning.configuration import settings_toml, write_new
from sync.signing import KEY_BYTES, Signer

KEY_FILE = "hq.key"
SERIAL_BYTES = 10


@dataclass(frozen=True, slots=True)
class Opened:
    """Headquarters with its database open and its key read."""

    data: Path
    settings: Settings
    store: Store
    hq: Headquarters
    signer: Signer
    author: Author

    def close(self) -> None:
        """Close the database."""
        self.store.close()


def set_up(
    data: Path,
    settings: Settings,
    clock: Callable[[], int],
    random: Callable[[int], bytes],
    reason: str = "setup",
) -> Headquarters:
    """Make key, settings and database; raise Conflict where headquarters is already set up.

    An `hq.key` that is there is taken: stores that have pinned it go on trusting this headquarters.
    """
    if (data / FILE_NAME).exists():
        raise Conflict(f"{data / FILE_NAME} exists: headquarters is set up here already")
    data.mkdir(mode=0o700, parents=True, exist_ok=True)
    if not (data / KEY_FILE).exists():
        write_new(data / KEY_FILE, random(KEY_BYTES))
    signer = read_key(data)
    store = Store.open(database_url(data, settings))
    try:
        with store.write() as connection:
            if current(connection) is not None:
                raise Conflict(
                    "the database belongs to a headquarters already: use `evertill-central restore"
                    " --adopt` to go on with it as a new incarnation"
                )
            hq = begin(connection, signer.public_key, random(BIRTH_BYTES), clock(), reason)
    finally:
        store.close()
    write_new(data / FILE_NAME, settings_toml(settings).encode())
    return hq


def open_headquarters(
    data: Path, clock: Callable[[], int], random: Callable[[int], bytes]
) -> Opened:
    """Open what `set_up` made; raise Unprepared or SettingsError saying what to do."""
    settings = load_settings(data)
    signer = read_key(data)
    store = Store.open(database_url(data, settings))
    with store.read() as connection:
        hq = current(connection)
    if hq is None or hq.key != signer.public_key:
        store.close()
        raise Unprepared(
            "the database belongs to another key than hq.key: put that key back, or go on with"
            f" this one as a new incarnation: `evertill-central restore --adopt --data {data}`"
        )
    author = Author(hq, clock, lambda: mint_id(clock, random))
    return Opened(data, settings, store, hq, signer, author)


def mint_id(clock: Callable[[], int], random: Callable[[int], bytes]) -> bytes:
    """Mint a 16-byte id: 6 bytes of time, so that an index grows at its end, then chance."""
    return clock().to_bytes(6, "big") + random(SERIAL_BYTES)


def read_key(data: Path) -> Signer:
    """Read `hq.key`; raise Unprepared where it is missing or no key."""
    path = data / KEY_FILE
    try:
        key = path.read_bytes()
    except FileNotFoundError:
        raise Unprepared(
            f"{path} is missing: put headquarters' key back, or set it up with"
            f" `evertill-central init --data {data}`"
        ) from None
    if len(key) != KEY_BYTES:
        raise Unprepared(f"{path} must hold {KEY_BYTES} bytes, not {len(key)}")
    return Signer(key)
