"""What became of print jobs: done is never done again, sent and unconfirmed is in doubt."""

from collections import OrderedDict
from collections.abc import Iterable

from devices.event import Event, Fault, JobDone, Reason

DONE_LIMIT = 1000
IN_DOUBT = "nobody knows whether this was printed; look at the printer before repeating"


class Jobs:
    """Job ids, with those of before a restart."""

    def __init__(self, done: Iterable[str] = (), doubtful: Iterable[str] = ()) -> None:
        self._done = OrderedDict.fromkeys(done)
        self._doubtful = set(doubtful)

    def verdict(self, ref: str, *, again: bool) -> Event | None:
        """Return the answer to a job that must not be printed, None if it may be."""
        if ref in self._done:
            return JobDone(ref=ref, repeated=True)
        if ref in self._doubtful and not again:
            return Fault(ref=ref, reason=Reason.IN_DOUBT, message=IN_DOUBT)
        return None

    def sent(self, ref: str) -> None:
        """From now on nobody knows."""
        self._doubtful.add(ref)

    def confirmed(self, ref: str) -> None:
        """The printer said that it is on paper."""
        self._doubtful.discard(ref)
        self._done[ref] = None
        if len(self._done) > DONE_LIMIT:
            self._done.popitem(last=False)

    def forget(self, ref: str) -> None:
        """It was nothing that must not happen twice."""
        self._doubtful.discard(ref)
