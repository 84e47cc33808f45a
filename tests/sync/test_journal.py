"""The four readings of a batch, and who can forge one."""

from collections.abc import Sequence
from dataclasses import replace

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sync.journal import (
    FACT_MAX_BYTES,
    Batch,
    Extension,
    Forged,
    Fork,
    Gap,
    Head,
    Reading,
    Repeat,
    follow,
    genesis,
    link,
    make_batch,
    read_batch,
    statement,
)
from sync.signing import Signer, is_signed

SIGNER = Signer(bytes(range(32)))
FACTS = [f"fact {n}".encode() for n in range(1, 11)]
NAME = "s1-n1"


def head_at(seq: int, facts: Sequence[bytes] = FACTS) -> Head:
    """Return the head after `seq` facts."""
    return follow(genesis(NAME), facts[:seq])


def batch(first: int, last: int) -> Batch:
    """Cut an honest batch."""
    return make_batch(NAME, head_at(first - 1), FACTS[first - 1 : last], SIGNER)


def read(held: int, cut: Batch, key: bytes = SIGNER.public_key) -> Reading:
    """Read a batch as a holder of the first `held` facts."""
    return read_batch(head_at(held), cut, lambda a, b: FACTS[a - 1 : b], key)


def test_the_chain_is_what_it_always_was() -> None:
    assert (
        genesis(NAME).hash.hex()
        == "0ba95fbe744ba18e87e16240e456b56681d6f33fc670fd26278874fe395f67b6"
    )
    assert (
        head_at(10).hash.hex() == "347c46761401dd71db622991de6b49495ece6e1d10de823b05beb9ab151cde7d"
    )
    assert (
        link(bytes(32), b"x").hex()
        == "593bc83b39597a944f0560dc00a19277e40c163a5285c98923e3b1c4f2c9b8d1"
    )
    assert statement(NAME, Head(7, b"h")) == b"evertill head 1\0s1-n1\0\0\0\0\0\0\0\0\x07h"


def test_a_chain_is_bound_to_its_journal() -> None:
    assert genesis("s1-n1") != genesis("s1-n2")


@given(st.integers(0, 10), st.integers(1, 10), st.integers(1, 10))
def test_each_batch_is_next_piece_repeat_or_gap(held: int, first: int, size: int) -> None:
    last = min(first + size - 1, 10)
    reading = read(held, batch(first, last))
    if first > held + 1:
        assert reading == Gap(held)
    elif last <= held:
        assert reading == Repeat()
    else:
        assert isinstance(reading, Extension)
        assert reading.first == held + 1
        assert list(reading.facts) == FACTS[held:last]
        assert reading.head == head_at(last)


@given(st.integers(1, 10), st.integers(0, 9), st.binary(min_size=1, max_size=9))
def test_another_content_under_a_held_number_is_a_fork(held: int, at: int, other: bytes) -> None:
    facts = [other if n == at % held else fact for n, fact in enumerate(FACTS[:held])]
    forged = make_batch(NAME, genesis(NAME), facts, SIGNER)
    expected = Repeat() if facts == FACTS[:held] else None
    reading = read(held, forged)
    assert reading == expected or isinstance(reading, Fork)


def test_a_chain_that_does_not_continue_is_a_fork_if_its_author_signed_it() -> None:
    other = make_batch(NAME, Head(4, bytes(32)), FACTS[4:6], SIGNER)
    assert isinstance(read(4, other), Fork)
    assert isinstance(read(4, msgspec.structs.replace(batch(5, 6), previous=bytes(32))), Forged)


def test_other_content_that_nobody_signed_is_no_fork() -> None:
    other = make_batch(NAME, genesis(NAME), [b"other"], Signer(bytes(32)))
    assert isinstance(read(4, other), Forged)


@given(st.integers(0, 64 * 8 - 1))
def test_one_bit_of_a_signature_makes_a_forgery(bit: int) -> None:
    honest = batch(5, 8)
    damaged = bytearray(honest.signature)
    damaged[bit // 8] ^= 1 << bit % 8
    assert isinstance(read(4, msgspec.structs.replace(honest, signature=bytes(damaged))), Forged)


@given(st.integers(0, 3), st.integers(0, 7))
def test_one_bit_of_a_fact_makes_a_forgery(at: int, bit: int) -> None:
    honest = batch(5, 8)
    facts = [bytes([f[0] ^ 1 << bit]) + f[1:] if n == at else f for n, f in enumerate(honest.facts)]
    assert isinstance(read(4, msgspec.structs.replace(honest, facts=facts)), Forged)


@pytest.mark.parametrize("key", [b"", bytes(32), Signer(bytes(32)).public_key, b"x" * 33])
def test_only_the_author_can_extend(key: bytes) -> None:
    assert isinstance(read(4, batch(5, 8), key), Forged)


def test_a_signature_of_another_journal_or_place_is_not_taken() -> None:
    other = make_batch("s1-n2", replace(head_at(4)), FACTS[4:8], SIGNER)
    assert isinstance(read(4, msgspec.structs.replace(other, journal=NAME)), Forged)
    assert isinstance(
        read(4, msgspec.structs.replace(batch(5, 8), signature=batch(5, 7).signature)), Forged
    )


def test_a_cut_batch_is_not_taken() -> None:
    honest = batch(5, 8)
    assert isinstance(read(4, msgspec.structs.replace(honest, facts=honest.facts[:-1])), Forged)


@pytest.mark.parametrize("first", [0, -1, -(2**60)])
def test_numbers_below_one_are_forged(first: int) -> None:
    assert isinstance(read(4, msgspec.structs.replace(batch(1, 2), first=first)), Forged)


def test_empty_and_oversized_batches_are_forged() -> None:
    assert isinstance(read(4, Batch(NAME, 5, head_at(4).hash, [], bytes(64))), Forged)
    large = make_batch(NAME, head_at(4), [bytes(FACT_MAX_BYTES + 1)], SIGNER)
    assert isinstance(read(4, large), Forged)


@given(
    st.integers(0, 10),
    st.builds(
        Batch,
        st.just(NAME),
        st.integers(-5, 2**53),
        st.binary(max_size=40),
        st.lists(st.binary(max_size=9), max_size=5),
        st.binary(max_size=70),
    ),
)
def test_hostile_batches_never_extend(held: int, hostile: Batch) -> None:
    assert isinstance(read(held, hostile), Forged | Gap | Repeat)


def test_signatures() -> None:
    signature = SIGNER.sign(b"said")
    assert is_signed(SIGNER.public_key, b"said", signature)
    assert not is_signed(SIGNER.public_key, b"sale", signature)
    assert not is_signed(SIGNER.public_key, b"said", b"")
