"""One law: the demo leaves no process, no port and no file behind, whoever ends it and how."""

import shutil
import signal
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import FrameType

from rich.console import Console

from provisioning.catalogue import make_catalogue
from provisioning.demo.chain import Chain, open_chain
from provisioning.demo.opening import PEOPLE, open_for_business
from provisioning.demo.story import Plan, Story
from provisioning.demo.view import Screen

_ENDING = (signal.SIGTERM, signal.SIGHUP)


class EndedError(Exception):
    """Somebody asked the demo to end, by a signal."""


def run_demo(
    console: Console, *, once: bool, stores: int, port: int, keep: Path | None, plan: Plan
) -> bool:
    """Run the demo; return whether every proof held.

    With `once` it returns after the story, otherwise it goes on until it is interrupted
    (KeyboardInterrupt, EndedError). `keep` is a folder for data and logs that is left there.
    """
    with (
        _signals_end_it(),
        _folder(keep) as folder,
        Screen(console) as screen,
    ):
        screen.act(f"Evertill: headquarters and {stores} stores on this machine")
        with open_chain(folder, stores, port, screen.say) as chain:
            catalogue = make_catalogue(plan.seed)
            pins = open_for_business(chain, catalogue, plan.seed, screen.say)
            story = Story(chain, catalogue, plan, screen, pins)
            try:
                return _tell(story, screen, once=once)
            finally:
                story.end()


def _tell(story: Story, screen: Screen, *, once: bool) -> bool:
    stores = story.chain.stores
    story.begin()
    story.sell_together()
    story.cut_and_restore(stores[1 % len(stores)])
    story.kill_and_restart(stores[2 % len(stores)])
    story.balance()
    failed = sum(not proof.holds for proof in story.proofs)
    screen.act(
        f"{failed} of {len(story.proofs)} claims were NOT PROVED"
        if failed
        else f"All {len(story.proofs)} claims were proved"
    )
    if not once:
        for line in addresses(story.chain, story.pins):
            screen.say(line)
        screen.footer("Ctrl-C ends it and leaves nothing behind.")
        story.reopen()
        story.stay()
    return not failed


def addresses(chain: Chain, pins: dict[str, str]) -> list[str]:
    """Say what can be opened, and with which tokens; they are good on this machine until Ctrl-C."""
    hq = chain.headquarters
    lines = [
        "DEMO ONLY: tokens are shown here because everything listens on this machine alone",
        "and ends with Ctrl-C. Never show a token of a real shop.",
        "",
        f"Headquarters' status page  {hq.url}/",
        f"  log in with the token    {hq.token}",
        f"  its API                  {hq.url}/api/v1/openapi.json",
    ]
    for store in chain.stores:
        lines += [
            "",
            f"{store.name} {store.title}: its API     {store.url}/api/v1/openapi.json",
            f"  a till's token           {store.token}",
        ]
    people = ", ".join(f"{staff} ({role}) {pins[staff]}" for staff, _, role in PEOPLE)
    return [*lines, "", f"Staff and their PINs: {people}"]


@contextmanager
def _folder(keep: Path | None) -> Iterator[Path]:
    if keep is not None:
        keep.mkdir(mode=0o700, parents=True, exist_ok=True)
        if any(keep.iterdir()):
            raise FileExistsError(f"{keep} is not empty: name a folder that is new or empty")
        yield keep.absolute()
        return
    folder = Path(tempfile.mkdtemp(prefix="evertill-demo-"))
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def _signals_end_it() -> Iterator[None]:
    """Turn signals that end a process into an exception, and let none disturb the clearing up."""

    def end(_number: int, _frame: FrameType | None) -> None:
        _ignore((signal.SIGINT, *_ENDING))
        raise EndedError

    def interrupt(_number: int, _frame: FrameType | None) -> None:
        _ignore((signal.SIGINT, *_ENDING))
        raise KeyboardInterrupt

    before = {number: signal.signal(number, end) for number in _ENDING}
    before[signal.SIGINT] = signal.signal(signal.SIGINT, interrupt)
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _ignore(numbers: tuple[signal.Signals, ...]) -> None:
    for number in numbers:
        signal.signal(number, signal.SIG_IGN)
