"""One law: a document's id follows from its own number, so that sent again it is posted once.

Real documents, one JSON object a line, go through the public API of a running node; the format is
described in docs/integrator/replay.md.
"""

import ssl
import threading
import time
from collections import deque
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import UUID, uuid5

import httpx
import msgspec

PATHS: Mapping[str, str] = {
    "sale": "/sales",
    "return": "/returns",
    "void": "/sales/{sale}/void",
    "opening": "/stock/openings",
    "receipt": "/stock/receipts",
    "write-off": "/stock/write-offs",
    "adjustment": "/stock/adjustments",
    "transfer-out": "/stock/transfers-out",
    "transfer-in": "/stock/transfers-in",
    "count": "/stock/counts",
    "grant": "/stock/grants",
}
_NAMESPACE = UUID("6f0e5a52-7d3c-5b6b-9a35-0d6f7f0c9b52")
_BUSY = frozenset({429, 502, 503, 504})
_WAITING = 4  # documents sent or about to be, for each connection
_RETRY_S = 0.2
_AGAIN = "What was posted stays posted; run the same command again and it goes on from there."


class ReplayError(ValueError):
    """A document that is none, is refused or can't be sent; says where it stands and what to do."""


@dataclass(frozen=True, slots=True)
class Document:
    """One line of a file, ready to be sent.

    `place` names file and line, `after` the sale that must be on record before; `total_minor` is
    what it has to come to, where the file says so.
    """

    place: str
    id: UUID
    path: str
    body: bytes
    after: UUID | None = None
    total_minor: int | None = None


@dataclass(frozen=True, slots=True)
class Tally:
    """How many documents were posted, and how many were on record before."""

    posted: int = 0
    repeated: int = 0

    @property
    def documents(self) -> int:
        """All of them."""
        return self.posted + self.repeated


def document_id(store: str, kind: str, reference: str) -> UUID:
    """Derive the id of a store's document from its type and number (UUID version 5, RFC 9562)."""
    return uuid5(_NAMESPACE, f"{store}/{kind}/{reference}")


def read_documents(path: Path, store: str) -> Iterator[Document]:
    """Read a file's documents as those of a store; raise ReplayError for a line that is none."""
    seen: dict[UUID, str] = {}
    with path.open("rb") as lines:
        for number, line in enumerate(lines, 1):
            if line.isspace():
                continue
            place = f"{path.name}, line {number}"
            try:
                document = _document(line, store, place)
            except (msgspec.MsgspecError, UnicodeDecodeError, TypeError, ValueError) as error:
                raise ReplayError(f"{place}: {error}. Correct the line.") from None
            before = seen.setdefault(document.id, place)
            if before is not place:
                raise ReplayError(
                    f"{place}: has the type and reference of {before}. Give each document a"
                    " reference of its own."
                )
            yield document


def _document(line: bytes, store: str, place: str) -> Document:
    body = msgspec.json.decode(line, type=dict[str, Any])
    kind, reference = _text(body, "type"), _text(body, "reference")
    if kind not in PATHS:
        raise ValueError(f"type {kind[:40]!r} is none of {', '.join(PATHS)}")
    if "id" in body:
        raise ValueError("an id follows from `reference`: leave `id` out")
    identity = document_id(store, kind, reference)
    body["id"] = str(identity)
    total_minor = body.pop("total_minor", None)
    if total_minor is not None and type(total_minor) is not int:
        raise ValueError("`total_minor` must be an integer")
    sale = None
    if kind == "void" or (kind == "return" and "sale" in body):
        sale = document_id(store, "sale", _text(body, "sale"))
    if kind == "return" and sale:
        body["sale_id"] = str(sale)
    if kind == "transfer-in":
        sender = str(body.get("from_store", ""))
        body["out"] = str(document_id(sender, "transfer-out", _text(body, "out")))
    where = f"{place} ({kind} {reference[:40]})"
    path = PATHS[kind].format(sale=sale)
    return Document(where, identity, path, msgspec.json.encode(body), sale, total_minor)


def _text(body: dict[str, Any], name: str) -> str:
    value = body.pop(name, None)
    if not isinstance(value, str) or not value:
        raise ValueError(f"`{name}` must be a text that is not empty")
    return value


class RemoteNode:
    """The API of a running node; any thread may ask."""

    def __init__(
        self,
        client: httpx.Client,
        patience_s: float,
        clock_s: Callable[[], float] = time.monotonic,
    ) -> None:
        """`client` knows address and token; `patience_s` is how long no answer is put up with."""
        self._client, self._patience_s, self._clock_s = client, patience_s, clock_s
        self._ended = threading.Event()

    def end(self) -> None:
        """Try nothing again from now on."""
        self._ended.set()

    def store(self) -> str:
        """Ask whose node it is; raise ReplayError where the token or the address is wrong."""
        reply = self._ask("GET", "/api/v1/status", None, "the node's status")
        try:
            return str(msgspec.json.decode(reply.content, type=dict[str, Any])["store"])
        except (msgspec.DecodeError, KeyError):
            raise ReplayError(f"{reply.url} is no Evertill node: check --url") from None

    def post(self, document: Document) -> bool:
        """Send a document until it is answered; return whether it was on record before.

        Raise ReplayError if it is refused, or comes to another total than the file says.
        """
        reply = self._ask("POST", f"/api/v1{document.path}", document.body, document.place)
        answer = msgspec.json.decode(reply.content)
        if document.total_minor not in (None, answer.get("total_minor")):
            raise ReplayError(
                f"{document.place}: came to {answer.get('total_minor')} minor units, the file says"
                f" {document.total_minor}. It is posted as it is: compare its lines and their"
                " prices with the catalogue."
            )
        return bool(answer["repeated"])

    def _ask(self, method: str, path: str, body: bytes | None, what: str) -> httpx.Response:
        until_s = self._clock_s() + self._patience_s
        headers = {"Content-Type": "application/json"} if body is not None else {}
        while True:
            try:
                reply = self._client.request(method, path, content=body, headers=headers)
            except httpx.UnsupportedProtocol:
                address = self._client.base_url
                raise ReplayError(f"{address} is no address like http://127.0.0.1:8470") from None
            except httpx.TransportError as error:
                trouble = str(error) or type(error).__name__
                if "CERTIFICATE_VERIFY_FAILED" in trouble:
                    raise ReplayError(f"{trouble}: name the certificate to trust by --ca") from None
            else:
                if reply.is_success:
                    return reply
                trouble = _trouble(reply)
                if reply.status_code not in _BUSY:
                    raise ReplayError(f"{what}: {trouble} {_AGAIN}")
            if self._clock_s() > until_s or self._ended.wait(_RETRY_S):
                raise ReplayError(
                    f"{what}: no answer from {self._client.base_url} for {self._patience_s:g} s"
                    f" ({trouble}). Start the node. {_AGAIN}"
                )


def _trouble(reply: httpx.Response) -> str:
    try:
        problem = msgspec.json.decode(reply.content)
        return f"{problem['title']}: {problem['detail']}"
    except (msgspec.DecodeError, KeyError, TypeError):
        return f"the answer was HTTP {reply.status_code}."


@contextmanager
def reach(
    url: str, token: str, *, connections: int, patience_s: float, ca: Path | None = None
) -> Iterator[RemoteNode]:
    """Reach a node at an address; `ca` is a certificate to trust beside those of the system."""
    trusted = ssl.create_default_context()
    if ca is not None:
        trusted.load_verify_locations(ca)
    try:
        client = httpx.Client(
            base_url=url,
            headers={"Authorization": f"Bearer {token}"},
            verify=trusted,
            limits=httpx.Limits(max_connections=connections),
            timeout=max(patience_s, 1.0),
            trust_env=False,  # a token for the shop's own node is no business of a proxy
        )
    except httpx.InvalidURL as error:
        raise ReplayError(f"{url[:80]!r} is no address: {error}") from None
    with client:
        yield RemoteNode(client, patience_s)


def feed(
    node: RemoteNode,
    documents: Iterator[Document],
    connections: int,
    done: Callable[[Tally], None],
) -> Tally:
    """Post documents over so many connections at once, a sale always before what refers to it.

    `done` hears of the tally as it grows. Raise the first ReplayError in the order of the file.
    """
    posted = repeated = 0
    waiting: deque[tuple[UUID, Future[bool]]] = deque()
    open_ids: dict[UUID, Future[bool]] = {}

    def send(document: Document, before: Future[bool] | None) -> bool:
        if before is not None:
            before.result()
        return node.post(document)

    def finish() -> None:
        nonlocal posted, repeated
        identity, future = waiting.popleft()
        was_there = future.result()
        del open_ids[identity]
        repeated += was_there
        posted += not was_there
        done(Tally(posted, repeated))

    pool = ThreadPoolExecutor(connections, thread_name_prefix="replay")
    try:
        for document in documents:
            if len(waiting) >= _WAITING * connections:
                finish()
            # What it waits for was handed in before, so that somebody works on that already.
            before = open_ids.get(document.after) if document.after else None
            future = pool.submit(send, document, before)
            open_ids[document.id] = future
            waiting.append((document.id, future))
        while waiting:
            finish()
    finally:
        node.end()
        pool.shutdown(cancel_futures=True)
    return Tally(posted, repeated)
