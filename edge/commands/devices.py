"""One law: a technician sees what is plugged in, whether it works, and what to do next.

While the node runs its devices are its own: then these commands ask it over its API, with a token
that is let in for the purpose and shut out afterwards.
"""

import asyncio
import secrets
import ssl
from collections.abc import Coroutine, Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from typing import Annotated, Any, TypeVar
from uuid import UUID

import httpx
import typer
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from devices.device import Device
from devices.driver import Check, Command, Level
from devices.event import Event, Fault
from devices.kinds import KINDS
from devices.labels import PrintLabel
from devices.printer import Print, Printer, sample_page
from devices.watch import UDEV_RULES, Found, local_devices, network_printers
from edge.books.backup import DATABASE
from edge.books.database import connect
from edge.commands.telling import DEFAULT_DATA, Data, tell, told, waiting
from edge.hardware.configured import DeviceSettings
from edge.hardware.hub import SAMPLE_LABEL
from edge.node import ADDRESS, sole_process, wall_clock
from edge.people import access
from edge.settings import FILE_NAME, Settings, load_settings

R = TypeVar("R")
OWNER = "evertill-edge devices"
CALLER = "devices-command"
CONNECT_S = 10.0
TEST_S = 45.0
ASK = {
    "Scanner": "scan any barcode now",
    "Scale": "lay something on the scale now",
    "POSPrinter": "a test page should come out",
    "LineDisplay": "look at the display",
}
RULES_FILE = "/etc/udev/rules.d/60-evertill.rules"

devices_app = typer.Typer(
    help="See, find and test the store's scanners, printers, scales and the like.",
    no_args_is_help=True,
)
Name = Annotated[str, typer.Argument(help="Name of the device in edge.toml, such as scanner-1.")]


@devices_app.command("list")
def list_devices(*, data: Data = DEFAULT_DATA) -> None:
    """List the configured devices and their state.

    The node may be running or not; only a running one knows their state.
    """
    with told():
        settings = load_settings(data)
        with _node(data, settings) as node:
            running = node is not None
            seen = _get(node, "/devices")["devices"] if node else []
    states = {one["name"]: one for one in seen}
    table = Table("Device", "Kind", "Till", "Port", "State", "Condition")
    for device in settings.devices:
        state = states.get(device.name, {"state": "unused", "condition": []})
        words = ", ".join(state["condition"])
        table.add_row(
            device.name, device.kind, device.till or "(all)", device.url, state["state"], words
        )
    Console().print(table)
    if not settings.devices:
        tell(f"No device is configured in {data / FILE_NAME}.")
        tell(f"Next: evertill-edge devices detect --data {data}")
    elif any(one["state"] == "error" for one in states.values()):
        tell("`error`: not connected. Check cable and power; it is used as soon as it is there.")
    else:
        if not running:
            tell("The node does not run, so nobody uses them.")
        tell(f"Next: evertill-edge devices test NAME --data {data}")


@devices_app.command()
def detect(
    *,
    data: Data = DEFAULT_DATA,
    wait: Annotated[
        float, typer.Option(min=0, max=60, help="Seconds to listen for network printers.")
    ] = 3.0,
) -> None:
    """Find what is plugged in or announces itself, and print the settings to paste.

    Ports are named so that they stay the same after a restart. Nothing is opened to find out.
    """
    with told():
        known = load_settings(data).devices if (data / FILE_NAME).exists() else ()
        found = local_devices()
        if wait:
            with waiting("listening for printers on the network"), suppress(OSError):
                found += asyncio.run(network_printers(wait))
    fresh = [one for one in found if one.url not in {device.url for device in known}]
    for number, one in enumerate(fresh, 1):
        typer.echo(_toml(number, one))
    tell(f"{len(found)} found, {len(found) - len(fresh)} of them configured already.")
    if fresh:
        tell(f"Next: put what is yours at the end of {data / FILE_NAME}, name its till (and its")
        tell("kind where it is not known), start the node again, then: evertill-edge devices list")
    else:
        tell("Next: plug the device in and run this again. Permissions and drivers are explained")
        tell("in docs/technician/devices.md.")


def _toml(number: int, found: Found) -> str:
    kind = found.kind or "KIND"
    lines = [f"# {found.words}", "[[devices]]", f'name = "{kind.lower()}-{number}"']
    if not found.kind:
        lines.append(f"# one of {', '.join(KINDS)}")
    return "\n".join([*lines, f'kind = "{kind}"', f'url = "{found.url}"', 'till = "t1"', ""])


@devices_app.command("test")
def try_device(name: Name, *, data: Data = DEFAULT_DATA) -> None:
    """Try a device: scan something, lay something on the scale, look at a page.

    The node may be running or not.
    """
    with told():
        settings = load_settings(data)
        device = _configured(settings, name)
        level = Level.INTERACTIVE if device.category in ASK else Level.EXTERNAL
        what = ASK.get(device.category, "asking the device")
        with _node(data, settings) as node, waiting(f"{name}: {what}"):
            if node:
                path, body = f"/devices/{name}/check", {"level": level.name.lower()}
                text = _call(node, "POST", path, body)["text"]
            else:
                text = _good(asyncio.run(_alone(device, Check(ref="test", level=level))))
    tell(f"[green]{escape(name)} works:[/green] {escape(text)}")
    tell(f"Next: evertill-edge devices list --data {data}")


@devices_app.command()
def page(name: Name, *, data: Data = DEFAULT_DATA) -> None:
    """Print a test page or label.

    The node may be running or not.
    """
    with told():
        settings = load_settings(data)
        device = _configured(settings, name)
        if device.category not in ("POSPrinter", "LabelPrinter"):
            raise ValueError(f"{name} prints nothing: try `evertill-edge devices test {name}`")
        with _node(data, settings) as node, waiting(f"{name} prints"):
            if node:
                job = _print_there(node, name)
                if job["state"] != "done":
                    raise ValueError(f"{name} did not print yet: {job['message']['en']}")
            else:
                _good(asyncio.run(_alone(device, None)))
    tell(f"{name} says that the page is on paper. Look at it: nothing is cut off, and Chinese")
    tell("characters are readable. If not, see `columns` in docs/technician/devices.md.")


@devices_app.command()
def rules() -> None:
    """Print the udev rules that keep other programs away from the store's devices."""
    typer.echo(UDEV_RULES, nl=False)
    tell(f"Next: evertill-edge devices rules | sudo tee {RULES_FILE}")
    tell("      sudo udevadm control --reload && sudo udevadm trigger")


# -- the node that runs --------------------------------------------------------------------------


@contextmanager
def _node(data: Path, settings: Settings) -> Iterator[httpx.Client | None]:
    """Reach the node that runs on this data; None where none runs."""
    if not (data / DATABASE).exists():
        raise FileNotFoundError(
            f"no node in {data}: make one with `evertill-edge init --data {data} --store NAME`"
        )
    if not _is_running(data):
        yield None
        return
    token = access.device_token(secrets.token_bytes(access.TOKEN_BYTES))
    with closing(connect(data / DATABASE)) as connection:
        with suppress(ValueError):  # left behind by one that was killed
            access.revoke_device(connection, CALLER, wall_clock())
        access.add_device(connection, CALLER, "admin", token, wall_clock())
        try:
            with httpx.Client(
                base_url=f"{_url(data)}/api/v1",
                headers={"Authorization": f"Bearer {token}"},
                timeout=TEST_S,
                verify=_trust(data, settings),
            ) as client:
                yield client
        finally:
            access.revoke_device(connection, CALLER, wall_clock())


def _is_running(data: Path) -> bool:
    try:
        with sole_process(data):
            return False
    except OSError:
        return True


def _url(data: Path) -> str:
    try:
        url = (data / ADDRESS).read_text("utf-8")
    except FileNotFoundError:
        raise OSError(f"a node is starting or stopping in {data}: try again in a moment") from None
    return url.replace("//0.0.0.0:", "//127.0.0.1:").replace("//[::]:", "//[::1]:")


def _trust(data: Path, settings: Settings) -> ssl.SSLContext | bool:
    if not settings.http_cert_file:
        return True
    context = ssl.create_default_context(cafile=str(data / settings.http_cert_file))
    context.check_hostname = False  # it is this machine's own node, known by its certificate
    return context


def _get(node: httpx.Client, path: str) -> Any:
    return _call(node, "GET", path, None)


def _call(node: httpx.Client, method: str, path: str, body: object) -> Any:
    try:
        answer = node.request(method, path, json=body)
    except httpx.TransportError as error:
        raise OSError(f"the node holds the devices and does not answer: {error}") from None
    if not answer.is_success:
        raise ValueError(answer.json()["detail"])
    return answer.json()


def _print_there(node: httpx.Client, name: str) -> Any:
    identity = str(UUID(bytes=secrets.token_bytes(16)))
    job = _call(node, "POST", f"/devices/{name}/page", {"id": identity})
    return asyncio.run(_until_printed(node, job))


async def _until_printed(node: httpx.Client, job: Any) -> Any:
    """Look after a job until it is printed, or has waited longer than anybody would."""
    loop = asyncio.get_running_loop()
    give_up_s = loop.time() + TEST_S
    while job["state"] in ("queued", "printing") and loop.time() < give_up_s:
        await asyncio.sleep(0.2)
        job = _get(node, f"/till/print/{job['job']}")
    return job


# -- without the node ----------------------------------------------------------------------------


def _configured(settings: Settings, name: str) -> DeviceSettings:
    for device in settings.devices:
        if device.name == name:
            return device
    there = ", ".join(device.name for device in settings.devices) or "none"
    raise ValueError(f"no device is called {name!r}; configured are: {there}")


async def _alone(settings: DeviceSettings, command: Command | None) -> Event:
    """Open a device, have it do a command (None: print a page), and close it."""
    driver = settings.driver()
    if command is None:
        if isinstance(driver, Printer):
            command = Print(ref="page", document=sample_page(driver.paper))
        else:
            command = PrintLabel(ref="page", label=SAMPLE_LABEL)
    device = Device(settings.name, settings.port, driver)
    try:
        await _within(device.open(), CONNECT_S)
        device.claim(OWNER)
        device.enable(OWNER)
        return await _within(device.ask(command, OWNER), TEST_S)
    except TimeoutError:
        raise OSError(f"{settings.name} does not answer: check its cable and power") from None
    finally:
        await device.close()


async def _within(work: Coroutine[Any, Any, R], seconds: float) -> R:
    return await asyncio.wait_for(work, seconds)


def _good(event: Event) -> str:
    if isinstance(event, Fault):
        raise OSError(event.message)
    return str(getattr(event, "text", "done"))
