"""Counter rows: packing, merging, rights."""

from itertools import permutations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sync.quantities import (
    FIRST_ENTITLEMENT_KIND,
    ON_HAND_SIGN,
    VALUE_MAX,
    Kind,
    on_hand,
    pack_rows,
    pooled,
    promisable,
    reserved,
    sellable,
    spendable,
    total,
    unpack_rows,
)

KINDS = st.sampled_from(list(Kind))
ROWS = st.dictionaries(
    st.tuples(st.integers(1, 2**31), KINDS.map(int)), st.integers(0, VALUE_MAX), max_size=50
).map(lambda rows: [(number, kind, value) for (number, kind), value in rows.items()])


@given(ROWS)
def test_rows_read_back(rows: list[tuple[int, int, int]]) -> None:
    assert sorted(unpack_rows(pack_rows(rows))) == sorted(rows)
    assert pack_rows(rows) == pack_rows(reversed(rows))


def test_the_bytes_of_rows_are_what_they_always_were() -> None:
    rows = [(300, 3, 1_000_000), (1, 3, 7), (2, 3, 128), (2, 1, 0)]
    assert pack_rows(rows).hex(" ") == "01 01 02 00 03 03 01 07 01 80 01 aa 02 c0 84 3d"
    assert pack_rows([]) == b""


def test_a_sold_sku_costs_a_few_bytes() -> None:
    rows = [(n, 3, 1 + n % 100) for n in range(1, 2_000)]
    assert len(pack_rows(rows)) == 2 * 1_999 + 3


@given(st.binary(max_size=60))
def test_hostile_rows_are_a_value_error_or_in_range(packed: bytes) -> None:
    try:
        rows = unpack_rows(packed)
    except ValueError:
        return
    assert all(0 <= value <= VALUE_MAX and Kind(kind) for _, kind, value in rows)
    assert len(rows) <= len(packed)


@pytest.mark.parametrize(
    ("packed", "reason"),
    [
        ("03", "middle of a number"),
        ("03 02 01 01", "more rows than there are bytes"),
        ("63 01 01 01", "99 is not a valid Kind"),
        ("03 01 01 80", "middle of a number"),
        ("03 01 01 ff ff ff ff ff ff ff ff 01", "middle of a number"),
        ("03 01 01 ff ff ff ff ff ff ff 7f", "larger than any count"),
        ("03 ff ff ff ff 7f 01 01", "more rows than there are bytes"),
        ("03 02 80 80 80 80 80 80 80 10 01 01 01", "larger than any count"),
    ],
)
def test_says_what_is_wrong_with_packed_rows(packed: str, reason: str) -> None:
    with pytest.raises(ValueError, match=reason):
        unpack_rows(bytes.fromhex(packed))


@pytest.mark.parametrize("value", [-1, VALUE_MAX + 1])
def test_values_out_of_range_are_not_packed(value: int) -> None:
    with pytest.raises(ValueError, match="outside"):
        pack_rows([(1, 1, value)])


State = dict[tuple[int, int], int]
STATES = st.dictionaries(st.tuples(st.integers(1, 4), st.integers(1, 3)), st.integers(0, 9))


def merge(one: State, two: State) -> State:
    """Merge by maximum, as every ledger does row by row."""
    return {key: max(one.get(key, 0), two.get(key, 0)) for key in {**one, **two}}


@given(st.lists(STATES, min_size=3, max_size=3))
def test_any_order_and_any_repeat_merge_to_the_same(states: list[State]) -> None:
    results = [merge(merge(a, b), merge(c, a)) for a, b, c in permutations(states)]
    assert all(result == results[0] for result in results)
    assert merge(results[0], results[0]) == results[0]
    assert merge(states[0], merge(states[1], states[2])) == results[0]


def test_every_kind_of_stock_has_a_sign_and_no_right_has() -> None:
    rights = {Kind.GRANTED, Kind.CONSUMED, Kind.RELEASED, Kind.GIVEN_BACK, Kind.FULFILLED}
    rights |= {kind for kind in Kind if kind >= FIRST_ENTITLEMENT_KIND}
    assert set(ON_HAND_SIGN) | rights == set(Kind)
    assert not set(ON_HAND_SIGN) & rights


def test_stock_of_a_day() -> None:
    counts = {
        Kind.OPENING: 10,
        Kind.RECEIVED: 20,
        Kind.SOLD: 9,
        Kind.RETURNED: 2,
        Kind.SALE_VOIDED: 1,
        Kind.RETURN_VOIDED: 1,
        Kind.ADJUSTED_UP: 3,
        Kind.ADJUSTED_DOWN: 4,
        Kind.WRITTEN_OFF: 1,
        Kind.TRANSFERRED_OUT: 5,
        Kind.TRANSFERRED_IN: 6,
        Kind.COUNTED_UP: 2,
        Kind.COUNTED_DOWN: 1,
        Kind.GRANTED: 12,
        Kind.GIVEN_BACK: 2,
        Kind.CONSUMED: 7,
        Kind.RELEASED: 1,
        Kind.FULFILLED: 3,
    }
    assert on_hand(counts) == 23
    assert promisable(counts) == 4
    assert reserved(counts) == 7
    assert sellable(counts) == 16


@given(st.dictionaries(st.sampled_from([k for k in Kind if k >= 30]), st.integers(0, 10**9)))
def test_rights_only_change_hands(counts: dict[Kind, int]) -> None:
    issued = counts.get(Kind.ISSUED, 0) + counts.get(Kind.CREDITED, 0)
    assert spendable(counts) + pooled(counts) == issued - counts.get(Kind.DEBITED, 0)
    assert on_hand(counts) == reserved(counts) == promisable(counts) == 0


@given(st.lists(st.tuples(st.sampled_from("abc"), KINDS, st.integers(1, 10**9)), max_size=20))
def test_movements_add_up(movements: list[tuple[str, Kind, int]]) -> None:
    sums = total(movements)
    assert sum(sums.values()) == sum(quantity for _, _, quantity in movements)
    assert set(sums) == {(sku, kind) for sku, kind, _ in movements}


@pytest.mark.parametrize("quantity", [0, -1, 10**9 + 1])
def test_a_movement_is_positive_and_bounded(quantity: int) -> None:
    with pytest.raises(ValueError, match="must be 1 to"):
        total([("a", Kind.SOLD, quantity)])
