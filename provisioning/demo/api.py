"""One law: everybody here speaks to nodes and headquarters as the world does: HTTP and a token."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import httpx
import msgspec

from provisioning.demo.proofs import Posted
from provisioning.demo.receipts import RETURN, SALE, VOID
from sync.receipts import Line

PAGE = 500


_SELLING = {kind.capitalize() for kind in (SALE, RETURN, VOID)}


class Refusal(Exception):  # noqa: N818 - named for what it is, not that it is one
    """An answer that is not a success, in the words of its problem document."""

    def __init__(self, status: int, detail: str) -> None:
        super().__init__(detail)
        self.status = status


class Api:
    """One caller of one HTTP API; use it from one thread at a time."""

    def __init__(self, name: str, url: str, token: str, timeout_s: float = 10.0) -> None:
        self.name, self.url = name, url
        self._client = httpx.Client(
            base_url=f"{url}/api/v1",
            headers={"Authorization": f"Bearer {token}"},
            timeout=timeout_s,
            trust_env=False,
        )

    def call(self, method: str, path: str, body: object = None, **query: object) -> Any:
        """Send a request and return the decoded answer.

        Raise Refusal, or httpx.TransportError when no answer came: then nobody knows.
        """
        content = msgspec.json.encode(body) if body is not None else None
        parameters = {name: str(value) for name, value in query.items()}
        headers = {"Content-Type": "application/json"} if content else {}
        reply = self._client.request(
            method, path, content=content, params=parameters, headers=headers
        )
        if reply.is_success:
            return msgspec.json.decode(reply.content) if reply.content else None
        try:
            detail = f"{self.name}: {msgspec.json.decode(reply.content)['detail']}"
        except (msgspec.DecodeError, KeyError, TypeError):
            detail = f"{self.name} answered {reply.status_code} to {method} {path}"
        raise Refusal(reply.status_code, detail)

    def get(self, path: str, **query: object) -> Any:
        """Ask for something."""
        return self.call("GET", path, **query)

    def lines(self, path: str, **query: object) -> Iterator[Any]:
        """Stream JSON lines."""
        parameters = {name: str(value) for name, value in query.items()}
        with self._client.stream("GET", path, params=parameters) as reply:
            if not reply.is_success:
                raise Refusal(reply.status_code, f"{self.name} answered {reply.status_code}")
            for line in reply.iter_lines():
                yield msgspec.json.decode(line)

    def close(self) -> None:
        """Hang up."""
        self._client.close()


class StoreApi(Api):
    """A store node's API."""

    def status(self) -> dict[str, Any]:
        """Tell the node's books in numbers and its link."""
        answer: dict[str, Any] = self.get("/status")
        return answer

    def posted(self) -> list[Posted]:
        """List the sales, returns and voids of the node's journal."""
        return [
            Posted(self.name, UUID(fact["id"]), fact["type"].lower(), _net_minor(fact))
            for fact in self.lines("/journal")
            if fact["type"] in _SELLING
        ]

    def sold_lines(self, till: str) -> Counter[tuple[str, int]]:
        """Count the lines that a till sold, by SKU and base units."""
        return Counter(
            (line["sku"], line["quantity"])
            for fact in self.lines("/journal")
            if fact["type"].lower() == SALE and fact["body"]["till"] == till
            for line in fact["body"]["lines"]
        )

    def stock(self) -> dict[str, int]:
        """Tell stock on hand of every SKU, in base units."""
        stock: dict[str, int] = {}
        cursor = ""
        while True:
            page = self.get("/stock", cursor=cursor, limit=PAGE)
            stock |= {row["sku"]: row["on_hand"] for row in page["stock"]}
            cursor = page["cursor"]
            if not cursor:
                return stock


@dataclass(frozen=True, slots=True)
class Standing:
    """How a store stands at headquarters.

    `as_of_ms`: until when its numbers are known; `seq`: the last fact held of its node's journals.
    """

    link: str
    as_of_ms: int
    seq: int


def _net_minor(fact: dict[str, Any]) -> int:
    body = fact["body"]
    if fact["type"].lower() != SALE:
        return -int(body["total_minor"])
    return sum(Line(**line).amount_minor for line in body["lines"])


class HeadquartersApi(Api):
    """Headquarters' API."""

    def standing(self, store: str) -> Standing:
        """Tell how a store stands."""
        found = self.get(f"/stores/{store}")
        seq = max((life["facts"] for life in found["lives"]), default=0)
        return Standing(found["link"], found["as_of_ms"], seq)

    def stock(self, store: str) -> dict[str, int]:
        """Tell stock on hand of every SKU of a store, in base units."""
        stock: dict[str, int] = {}
        after = ""
        while True:
            page = self.get("/availability", store=store, after=after, limit=PAGE)
            stock |= {row["sku"]: row["on_hand"] for row in page["stock"]}
            after = page["next"]
            if not after:
                return stock

    def posted(self, store: str) -> list[Posted]:
        """List the sales, returns and voids of a store's journals."""
        found: list[Posted] = []
        for life in self.get(f"/stores/{store}")["lives"]:
            after = 0
            while True:
                path = f"/journals/{life['replica']}"
                facts = self.get(path, after=after, limit=PAGE)["facts"]
                if not facts:
                    break
                found += [
                    Posted(store, UUID(fact["id"]), fact["type"].lower(), fact["net_minor"])
                    for fact in facts
                    if fact["type"] in _SELLING
                ]
                after = facts[-1]["seq"]
        return found

    def net_minor(self) -> int:
        """Tell the net value of all stores' sales, in minor units."""
        return sum(total["net_minor"] for total in self.get("/totals", by="store"))
