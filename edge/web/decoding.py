"""One law: a request becomes a command of the store here; who acts comes from the token alone."""

import re
from collections.abc import Mapping
from uuid import UUID

from msgspec import convert, structs
from msgspec.json import Decoder

from edge.people.access import Caller, Right
from edge.selling import returning, sales
from edge.selling.refunds import without_code
from edge.stock import moves
from edge.web import requests
from edge.web.problems import Invalid, NotAllowed
from sync import records_card
from sync.receipts import LineKind
from sync.records_card import Edit
from sync.values import day_of

QUOTE = Decoder(requests.Quote)
SELL = Decoder(requests.Sell)
SELL_WITH_ID = Decoder(requests.SellWithId)
VOID = Decoder(requests.VoidSale)
RETURN = Decoder(requests.ReturnGoods)
LOGIN = Decoder(requests.Login)
CLOSE = Decoder(requests.Close)
CREATE_MEMBER = Decoder(requests.CreateMember)
EDIT_MEMBER = Decoder(requests.EditMember)

_KINDS = {"goods": LineKind.GOODS, "service": LineKind.SERVICE, "charge": LineKind.CHARGE}
_CARD = re.compile(r"(?<!\d)\d(?:[ -]?\d){14,18}(?!\d)")


_MOVES = tuple[moves.Move, ...]
_LINES: Mapping[type[requests.StockWork], object] = {
    requests.Count: tuple[moves.CountLine, ...],
    requests.ReceiveGoods: tuple[moves.Arrival, ...],
    requests.TransferIn: tuple[moves.Arrival, ...],
}
_STOCK_COMMANDS: Mapping[type[requests.StockWork], type[moves.StockWork]] = {
    requests.Open: moves.Open,
    requests.ReceiveGoods: moves.ReceiveGoods,
    requests.WriteOff: moves.WriteOff,
    requests.Adjust: moves.Adjust,
    requests.TransferOut: moves.TransferOut,
    requests.TransferIn: moves.TransferIn,
    requests.Count: moves.Count,
    requests.Grant: moves.Grant,
}


def refuse_card_numbers(text: str, field: str) -> None:
    """Raise Invalid for what looks like a payment card's number (15 to 19 digits, Luhn)."""
    for match in _CARD.finditer(text):
        digits = [int(character) for character in match[0] if character.isdigit()]
        doubled = [sum(divmod(2 * digit, 10)) for digit in digits[-2::-2]]
        if (sum(digits[-1::-2]) + sum(doubled)) % 10 == 0:
            raise Invalid("card-number", field)


def _till(asked: str, caller: Caller) -> str:
    """A till numbers its own receipts; other systems may number for several tills."""
    if caller.role == "till" and asked not in ("", caller.device):
        raise NotAllowed("other-till", device=caller.device)
    return asked or caller.device


def _lines(lines: list[requests.SellLine]) -> tuple[sales.SellLine, ...]:
    for index, line in enumerate(lines):
        if line.note:
            refuse_card_numbers(line.note, f"lines[{index}].note")
    return tuple(
        sales.SellLine(
            line.sku,
            line.gtin,
            line.quantity,
            line.price_minor,
            line.price_quantity,
            line.discount_minor,
            _KINDS[line.kind],
            line.note,
        )
        for line in lines
    )


def _tenders(tenders: list[requests.TenderLine]) -> tuple[sales.TenderLine, ...]:
    for index, tender in enumerate(tenders):
        if tender.reference:
            refuse_card_numbers(tender.reference, f"tenders[{index}].reference")
    return tuple(
        sales.TenderLine(t.kind, t.amount_minor, without_code(t.kind, t.reference)) for t in tenders
    )


def quote_command(quote: requests.Quote) -> sales.Quote:
    """Make a quote's command."""
    return sales.Quote(_lines(quote.lines), quote.discount_minor)


def sell_command(sale_id: UUID, sale: requests.Sell, caller: Caller) -> sales.Sell:
    """Make a sale's command."""
    return sales.Sell(
        sale_id.bytes,
        _till(sale.till, caller),
        _lines(sale.lines),
        _tenders(sale.tenders),
        sale.discount_minor,
        sale.member,
        caller.actor,
        sale.at_ms,
        None if sale.business_day is None else day_of(sale.business_day),
    )


def void_command(sale_id: UUID, void: requests.VoidSale, caller: Caller) -> sales.VoidSale:
    """Make a void's command."""
    refuse_card_numbers(void.reason, "reason")
    return sales.VoidSale(
        void.id.bytes,
        sale_id.bytes,
        void.reason,
        caller.actor,
        void.at_ms,
        None if void.business_day is None else day_of(void.business_day),
    )


def return_command(goods: requests.ReturnGoods, caller: Caller) -> returning.ReturnGoods:
    """Make a return's command."""
    refuse_card_numbers(goods.reason, "reason")
    return returning.ReturnGoods(
        goods.id.bytes,
        _till(goods.till, caller),
        goods.sale_id.bytes if goods.sale_id else None,
        tuple(_returned_line(line, index) for index, line in enumerate(goods.lines)),
        _tenders(goods.tenders),
        goods.reason,
        caller.actor,
        goods.at_ms,
        None if goods.business_day is None else day_of(goods.business_day),
    )


def _returned_line(line: requests.ReturnLine, index: int) -> returning.ReturnLine:
    refuse_card_numbers(line.note, f"lines[{index}].note")
    return returning.ReturnLine(
        -1 if line.line is None else line.line,
        line.sku,
        line.gtin,
        line.quantity,
        line.price_minor,
        line.price_quantity,
        _KINDS[line.kind],
        line.restock,
        line.note,
        line.serials,
        line.lot,
        line.expiry_day,
    )


def stock_command(work: requests.StockWork, caller: Caller) -> moves.StockWork:
    """Make the command of a posting of stock: the same fields, with ids in bytes and the actor."""
    fields = structs.asdict(work) | {"id": work.id.bytes, "actor": caller.actor}
    fields["lines"] = convert(fields["lines"], _LINES.get(type(work), _MOVES), from_attributes=True)
    if isinstance(work, requests.WriteOff):
        fields["approved"] = bool(caller.rights & Right.AUDIT)
    if isinstance(work, requests.TransferIn):
        fields["out"] = work.out.bytes
    return _STOCK_COMMANDS[type(work)](**fields)


def card_edits(edits: list[requests.CardEdit], caller: Caller) -> tuple[Edit, ...]:
    """Make the edits of a member's card; notes carry the caller's name."""
    return tuple(_card_edit(edit, caller) for edit in edits)


def _card_edit(edit: requests.CardEdit, caller: Caller) -> Edit:
    match edit:
        case requests.SetField(field=field, value=value):
            return records_card.SetField(field, value)
        case requests.AddTag(tag=tag):
            return records_card.AddTag(tag)
        case requests.RemoveTag(tag=tag):
            return records_card.RemoveTag(tag)
        case requests.AddNote():
            note = records_card.Note(str(edit.id), edit.at_ms, caller.actor, edit.text)
            return records_card.AddNote(note)
        case requests.RemoveNote():
            return records_card.RemoveNote(edit.id)
