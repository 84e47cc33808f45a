"""How good each driver is, rule by rule: done, still to do, or exempt with the reason.

``python -m devices.quality`` writes the sheet of the technician's page. A test compares it with the
page and with the tests that are there.
"""

import sys
from dataclasses import dataclass

from devices.kinds import KINDS

RULES = {
    "golden": "exact bytes asserted",
    "contract": "contract suite over real descriptors: plain, one byte, lossy, delayed",
    "fuzzed": "hostile bytes, 1,000,000 cases in the long form",
    "loss": "what is under way ends in a clear event when the device is lost",
    "faults": "the simulator's own faults",
    "foreign": "read or written by an independent program",
    "hardware": "tried on a real device",
}
TO_DO = "to do"
NO_DEVICE = "to do: no device was at hand"


@dataclass(frozen=True, slots=True)
class Sheet:
    """One kind: its test modules, its fuzz targets, and the rules not done, with reasons."""

    tests: tuple[str, ...]
    fuzz: tuple[str, ...]
    open: dict[str, str]


_SCANNERS = ("test_scanner", "test_framing", "test_hid", "test_device", "test_gate")
_SCALES = ("test_scale", "test_scales")
_NO_DECODER = "exempt: no independent program for it is known"
_SCANNER = {
    "foreign": "exempt: the gate reads what zxing reads from a picture",
    "hardware": NO_DEVICE,
}
_SCALE = {"foreign": _NO_DECODER, "hardware": NO_DEVICE}
_DISPLAY = {
    "loss": "exempt: nothing is ever under way; the text is shown again",
    "foreign": _NO_DECODER,
    "faults": "exempt: a display says nothing",
    "hardware": NO_DEVICE,
}

SHEETS: dict[str, Sheet] = {
    "scanner": Sheet(_SCANNERS, ("scanner",), _SCANNER),
    "scanner-stx": Sheet(_SCANNERS, ("scanner stx-etx",), _SCANNER),
    "scanner-gap": Sheet(
        _SCANNERS, ("scanner gap",), {**_SCANNER, "contract": "exempt: scans need a pause between"}
    ),
    "scanner-hid": Sheet(_SCANNERS, ("scanner keyboard",), _SCANNER),
    "scale-8217": Sheet(_SCALES, ("scale 8217",), _SCALE),
    "scale-nci": Sheet(_SCALES, ("scale nci-ecr",), _SCALE),
    "scale-dialog06": Sheet(_SCALES, ("scale dialog 06",), _SCALE),
    "scale-cas": Sheet(_SCALES, ("scale cas",), _SCALE),
    "scale-mtsics": Sheet(_SCALES, ("scale mt-sics",), _SCALE),
    "printer": Sheet(
        ("test_printer", "test_escpos", "test_receipt"),
        ("printer", "printer by status"),
        {"hardware": NO_DEVICE},
    ),
    "display-cd5220": Sheet(("test_display",), ("display",), _DISPLAY),
    "display-escpos": Sheet(("test_display",), ("display",), _DISPLAY),
    "labels-zpl": Sheet(("test_labels", "test_zpl"), ("label printer",), {"hardware": NO_DEVICE}),
    "terminal-zvt": Sheet(("test_payment", "test_zvt"), ("terminal tcp",), {"hardware": NO_DEVICE}),
    "terminal-zvt-serial": Sheet(
        ("test_payment", "test_zvt"),
        ("terminal serial",),
        {"hardware": NO_DEVICE},
    ),
    "rfid-llrp": Sheet(
        ("test_rfid", "test_epc"),
        ("rfid reader", "llrp parameters", "epc"),
        {"hardware": NO_DEVICE},
    ),
}


def grade(sheet: Sheet) -> str:
    """Gold: nothing to do. Silver: only the real device is missing. Bronze: more is."""
    to_do = [rule for rule, words in sheet.open.items() if words.startswith(TO_DO)]
    if not to_do:
        return "gold"
    return "silver" if to_do == ["hardware"] else "bronze"


def page() -> str:
    """Return the sheet as Markdown."""
    lines = ["| Kind | What | Grade | Not done |", "|---|---|---|---|"]
    for kind, sheet in SHEETS.items():
        rest = "; ".join(f"{rule}: {words}" for rule, words in sheet.open.items())
        lines.append(f"| `{kind}` | {KINDS[kind].words} | {grade(sheet)} | {rest} |")
    rules = [f"- **{rule}**: {words}" for rule, words in RULES.items()]
    return "\n".join([*lines, "", *rules]) + "\n"


if __name__ == "__main__":
    sys.stdout.write(page())
