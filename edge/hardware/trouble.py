"""One law: what a device could not do is a problem that says what to do at the device."""

from devices.event import Fault, Reason
from edge.errors import Problem
from edge.hardware.words import said


class NoDevice(Problem):
    """The till has no device of that category."""

    code = "no-device"
    status = 409
    title = "There is no such device here"


class UnknownJob(Problem):
    """Nobody asked for this print job or payment."""

    code = "unknown-job"
    status = 404
    title = "There is no such job"


class NotNow(Problem):
    """The job or payment is not in a state for this."""

    code = "not-now"
    status = 409
    title = "Not in this state"


class Trouble(Problem):
    """The device did not do it; `code` is `device-` and the reason, `values` its words."""

    code = "device"
    status = 409
    title = "The device could not do this"

    def __init__(self, fault: Fault) -> None:
        message = said(fault.message)
        known = {"zh": message.zh} if message.code else {}
        super().__init__("said", en=fault.message, **known)
        self.code = f"device-{fault.reason.replace(' ', '-')}"  # type: ignore[misc]


TROUBLE_CODES = tuple(f"device-{reason.replace(' ', '-')}" for reason in Reason)
