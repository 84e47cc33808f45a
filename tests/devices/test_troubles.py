"""Troubles known from the field: each is met by a rule, and each rule by a test."""

import importlib

import pytest

from devices.event import JobDone
from devices.printer import Print, Printer
from devices.receipt import Document, Text
from devices.simulated.printer import PrinterPeer
from tests.devices.rig import OWNER, rig, run

TROUBLES = {
    "a scan cut to one character": "test_scanner.test_half_a_frame_is_reported_and_not_joined",
    "a carriage return inside a QR code": (
        "test_scanner.test_a_qr_with_a_carriage_return_survives_with_stx_etx"
    ),
    "ttyUSB numbers change": "test_watch.test_a_device_that_was_renumbered_keeps_its_lasting_name",
    "a replugged device gets a new number": (
        "test_device.test_loss_is_said_once_recovery_once_and_the_name_finds_it_again"
    ),
    "two programs read one port": "test_device.test_a_second_program_cannot_take_a_serial_port",
    "ModemManager and brltty take the port": (
        "test_watch.test_modem_manager_and_brltty_are_kept_away_from_every_known_vendor"
    ),
    "prints lost on a power cut": (
        "test_printer.test_a_power_cut_after_sending_leaves_the_job_in_doubt_and_unrepeated"
    ),
    "double receipts after a time-out": "test_printer.test_contract",
    "printers that stop accepting sockets": (
        "test_troubles.test_one_connection_serves_all_jobs_of_a_printer"
    ),
    "a scale still connected when it is gone": (
        "test_scale.test_a_scale_that_is_gone_is_said_once_and_its_return_once"
    ),
    "the same weight twice": "test_scale.test_the_same_weight_twice_is_the_same_weight",
    "the net bit read as an error": "test_scale.test_net_weights_are_weights",
    "keyboard scanners lose Shift": "test_hid.test_what_is_typed_comes_back_however_it_is_cut",
    "card paid, till never told": (
        "test_payment.test_a_result_lost_with_the_line_is_asked_for_before_anything_else"
    ),
}


@pytest.mark.parametrize("trouble", list(TROUBLES))
def test_every_trouble_has_its_test(trouble: str) -> None:
    module, _, name = TROUBLES[trouble].partition(".")
    assert callable(getattr(importlib.import_module(f"tests.devices.{module}"), name))


def test_one_connection_serves_all_jobs_of_a_printer() -> None:
    class Counting(PrinterPeer):
        connections = 0

        def connected(self, now: float) -> None:
            super().connected(now)
            self.connections += 1

    async def work() -> None:
        peer = Counting()
        async with rig(Printer(), peer, "tcp") as the:
            for number in range(20):
                job = Print(ref=str(number), document=Document((Text("x"),)))
                assert await the.device.ask(job, OWNER) == JobDone(ref=job.ref)
        assert peer.connections == 1

    run(work())
