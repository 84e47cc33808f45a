"""Headquarters' parts are put together here and nowhere else, and end in the opposite order."""

import dataclasses
import random
import secrets
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from central.adoption import Adoption
from central.allotting import Allotment
from central.dispatching import Dispatch
from central.leases import Leases
from central.merging import Merger
from central.setup import Opened, open_headquarters
from central.shell import Shell, link_settings
from central.web.site import Site
from central.worker import Worker
from sync.records_worker import Allowance, RecordsWorker

# What one difference may cost: the next waits for it, whichever store it comes from.
ALLOWANCE = Allowance(cpu_s=1, wall_s=5.0)


def wall_clock() -> int:
    """UTC milliseconds."""
    return time.time_ns() // 1_000_000


class Running:
    """Headquarters at work: its database, and a worker if there is a broker."""

    def __init__(self, data: Path) -> None:
        """Open what `evertill-central init` made; raise Problem or SettingsError."""
        self._isolated = RecordsWorker(ALLOWANCE)
        self._merging = ThreadPoolExecutor(1, "records")
        self.opened: Opened = open_headquarters(data, wall_clock, secrets.token_bytes)
        self.shell = self._make_shell() if self.opened.settings.broker_url else None

    def _make_shell(self) -> Shell:
        opened = self.opened
        session = secrets.randbelow(2**53 - 1) + 1
        worker = Worker(
            opened.store,
            opened.hq,
            opened.signer,
            opened.settings.chain,
            session,
            merger=Merger(opened.store, opened.hq, self._isolated.merge, self._merging),
            adoption=Adoption(opened.store, opened.author),
            allotment=Allotment(opened.store, opened.author),
            dispatch=Dispatch(opened.store, opened.author),
            partitions=(),
        )
        return Shell(
            worker,
            Leases(opened.store, f"{session:x}"),
            lambda: link_settings(opened.settings, worker, session),
            wall_clock,
            random.random,
        )

    def start(self) -> None:
        """Begin to serve stores."""
        if self.shell is not None:
            self.shell.start()

    def close(self) -> None:
        """Commit what has come in and close the database."""
        if self.shell is not None:
            self.shell.stop()
        self._merging.shutdown(cancel_futures=True)
        self._isolated.close()
        self.opened.close()

    def site(self) -> Site:
        """Return what the HTTP layer works with."""
        opened = self.opened
        return Site(
            opened.settings,
            opened.store,
            opened.hq,
            opened.author,
            wall_clock,
            secrets.token_bytes,
            self._authored,
            self._counts,
        )

    def _authored(self) -> None:
        if self.shell is not None:
            self.shell.authored()

    def _counts(self) -> dict[str, int]:
        return {} if self.shell is None else dataclasses.asdict(self.shell.worker.counts)
