"""One law: the demo leaves no process, no port and no file behind, whoever ends it and how."""

import shutil
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path

import httpx
from rich.console import Console

from provisioning.catalogue import make_catalogue
from provisioning.demo.chain import Chain, Store, open_chain
from provisioning.demo.hardware import HAND_TILL, ON_THE_SCALE_G, photograph_all
from provisioning.demo.opening import PEOPLE, open_for_business
from provisioning.demo.programs import call_program
from provisioning.demo.story import DOWN_S, Plan, Story, kill_line
from provisioning.demo.view import Screen
from provisioning.interruption import held, ignore_signals, signals_end_it

HANDS = ("cashier", "manager")
_DYING_S = 0.5


def run_demo(
    console: Console, *, once: bool, stores: int, port: int, keep: Path | None, plan: Plan
) -> bool:
    """Run the demo; return whether every proof held.

    With `once` it returns after the story, otherwise after Ctrl-C. Raise KeyboardInterrupt for
    Ctrl-C in the middle of the story, EndedError for other signals. `keep` is a folder for data and
    logs that is left there.
    """
    with (
        signals_end_it(),
        work_folder(keep) as folder,
        Screen(console) as screen,
    ):
        screen.act(f"Evertill: headquarters and {stores} stores on this machine")
        with open_chain(
            folder, stores, port, screen.say, ignore_signals, by_hand=not once
        ) as chain:
            try:
                return _perform(chain, plan, screen, folder, once=once, keep=keep)
            except httpx.TransportError:
                time.sleep(_DYING_S)
                chain.check()  # if somebody died, that is the news, not who missed it
                raise


def _perform(
    chain: Chain, plan: Plan, screen: Screen, folder: Path, *, once: bool, keep: Path | None
) -> bool:
    catalogue = make_catalogue(plan.seed)
    pins = open_for_business(chain, catalogue, plan.seed, screen.say)
    story = Story(chain, catalogue, plan, screen, pins)
    try:
        return _tell(story, screen, folder, once=once, keep=keep)
    finally:
        ignore_signals()
        story.end()


def _tell(story: Story, screen: Screen, folder: Path, *, once: bool, keep: Path | None) -> bool:
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
    pictures = photograph_all([store.hardware for store in stores], folder / "receipts")
    if pictures and (keep or not once):
        screen.say(f"The newest receipts of each store, as pictures: {folder / 'receipts'}")
    if keep:
        screen.say(f"Data and logs stay in {keep}; see `evertill-edge verify --data DIR/STORE`.")
    if not once:
        token = hand_till(stores[0])
        for line in [*addresses(story.chain, story.pins), *by_hand(stores[0], token, story.pins)]:
            screen.say(line)
        screen.footer("Ctrl-C ends it and leaves nothing behind.")
        with suppress(KeyboardInterrupt):
            story.stay()
    return not failed


def addresses(chain: Chain, pins: dict[str, str]) -> list[str]:
    """Say what can be opened, and with which tokens; they are good on this machine until Ctrl-C."""
    hq, first = chain.headquarters, chain.stores[0]
    people = ", ".join(f"{staff} ({role}) {pins[staff]}" for staff, _, role in PEOPLE)
    lines = [
        "DEMO ONLY: tokens and PINs are shown because everything listens on this",
        "machine alone and ends with Ctrl-C. Never show those of a real shop.",
        "",
        f"Headquarters' status page: {hq.url}/ – log in with the token",
        f"  {hq.token}",
        f"Its API: {hq.url}/api/v1/, with the same token",
    ]
    for store in chain.stores:
        lines += [
            f"API of {store.name}: {store.url}/api/v1/, a shop system's token:",
            f"  {store.token}",
        ]
    return [
        *lines,
        f"Staff and their PINs: {people}",
        "Try:",
        f"  TOKEN={first.token}",
        '  curl -H "Authorization: Bearer $TOKEN" \\',
        f"    '{first.url}/api/v1/products?q=tea'",
        "Both APIs are described in docs/integrator/, and at /api/v1/openapi.json.",
    ]


def hand_till(store: Store) -> str:
    """Let one more till into a store, for people to sell at; return its token."""
    data = ("--data", str(store.data))
    return call_program("evertill-edge", "device", "add", HAND_TILL, "--role", "till", *data)


def by_hand(store: Store, token: str, pins: dict[str, str]) -> list[str]:
    """Say how to sell at a till in a browser, and what to try there."""
    cashier, manager = (next(one for one in PEOPLE if one[2] == role) for role in HANDS)
    return [
        "",
        "DEMO ONLY, as above: a token and PINs for selling by hand.",
        f"Open {store.url}/till/ in a browser on this machine,",
        'paste this token, and press "Set up":',
        f"  {token}",
        f'Choose {cashier[1]} (cashier), PIN {pins[cashier[0]]}; press "No shift" and begin with a',
        f"float. What needs a manager: {manager[1]}, PIN {pins[manager[0]]}.",
        "The keyboard sign at the top right lists all keys.",
        *(_to_try(store) if store.by_hand else ()),
    ]


def _to_try(store: Store) -> list[str]:
    """Name three things to try, with the devices that the till has."""
    assert store.by_hand  # noqa: S101 - the caller looked
    return [
        "",
        "That till has a scale, a printer with a drawer, a customer display and a card",
        "terminal, all simulated. What it prints comes out as pictures in",
        f"  {store.by_hand.receipts}/",
        "Three things to try:",
        f"1. Search for bananas: {ON_THE_SCALE_G} g lie on the scale. F12, F2: a card is charged.",
        "   P prints. Menu, Documents: void the sale, and the card is paid back.",
        "2. Tap a line, change its price: the manager's PIN allows it right there.",
        f"3. Kill this store's node: {kill_line(store)}",
        "   Sell on for cash; reload the page if you like. The node comes back after",
        f"   {DOWN_S:.0f} s, and every sale arrives there once.",
    ]


@contextmanager
def work_folder(keep: Path | None) -> Iterator[Path]:
    """Make a folder that goes away at the end, or one to keep; raise FileExistsError."""
    if keep is not None:
        keep.mkdir(mode=0o700, parents=True, exist_ok=True)
        if any(keep.iterdir()):
            raise FileExistsError(f"{keep} is not empty: name a folder that is new or empty")
        yield keep.absolute()
        return
    with ExitStack() as stack:
        with held():
            folder = Path(tempfile.mkdtemp(prefix="evertill-demo-"))
            stack.callback(shutil.rmtree, folder, ignore_errors=True)
        yield folder
