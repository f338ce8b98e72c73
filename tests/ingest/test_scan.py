"""What one look at each activation finds, against sorting and summing all of them in float64."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pytest

from ingest.mining import ranked, scan
from ingest.mining.batches import Batch
from ingest.mining.evidence import (
    Reservoirs,
    entries_of,
    evidence_of,
    reservoirs,
    weights_of,
)
from ingest.mining.hashing import salts
from ingest.mining.ranked import BUILT, HELD_OUT, REPEATED, SAMPLED, Ranked, texts_of
from ingest.mining.sums import Sums, moments_of, sums

SIZES = {"top": 3, "held_out": 2, "bottom": 2, "firing": 4, "random": 2}
SIZE, LENGTH, OFFSET, FIRST = 9, 37, 1, 5
"""FIRST: neurons of other layers that come before this one's."""


@dataclass
class Read:
    """A corpus read in batches."""

    batches: list[Batch]
    values: list[np.ndarray]
    sums: Sums
    found: Reservoirs
    lists: Ranked


def corpus(n_neurons: int, seed: int = 0) -> tuple[list[Batch], list[np.ndarray]]:
    """Six batches of texts of several lengths, of every kind, with few distinct values."""
    chance = np.random.default_rng(seed)
    batches, values = [], []
    for number in range(6):
        lengths = np.sort(chance.integers(1, LENGTH + 1, 7))[::-1].astype(np.int64)
        chunks = chance.permutation(7) + 7 * number
        kinds = chance.choice([REPEATED, BUILT, BUILT, HELD_OUT], 7)
        kinds = np.where(kinds > 0, kinds | chance.choice([0, SAMPLED], 7), kinds)
        keys = chance.integers(0, 2**64, 7, np.uint64)
        weights = weights_of(keys, lengths)
        weights[(kinds & BUILT) == 0] = 0
        batches.append(Batch(chunks, chunks * LENGTH, lengths, keys, kinds, weights))
        found = chance.integers(-9, 10, (7, OFFSET + int(lengths[0]), n_neurons)) / np.float32(4)
        values.append(found.astype(np.float32))
    return batches, values


def read(batches: list[Batch], values: list[np.ndarray], cuts: tuple[int, ...] = ()) -> Read:
    """Take in the batches as one shard, the neurons divided at `cuts`."""
    n_neurons = values[0].shape[2]
    total = FIRST + n_neurons
    state = Read(
        batches, values, sums(total), reservoirs(total, SIZE),
        ranked.ranked(SIZES, LENGTH, salts("layer", total)),
    )  # fmt: skip
    for number, (batch, found) in enumerate(zip(batches, values, strict=True)):
        for begin, end in zip((0, *cuts), (*cuts, n_neurons), strict=True):
            scan.scan(
                found, OFFSET, batch, FIRST, number == 0, state.sums, state.found, SIZE,
                state.lists, begin, end,
            )  # fmt: skip
    return state


def texts(state: Read, neuron: int) -> list[tuple[int, int, int, np.ndarray, np.ndarray]]:
    """Number, kind, key, activations and weights of each text."""
    return [
        (
            int(batch.chunks[row]),
            int(batch.kinds[row]),
            int(batch.keys[row]),
            found[row, OFFSET : OFFSET + int(batch.lengths[row]), neuron],
            batch.weights[row],
        )
        for batch, found in zip(state.batches, state.values, strict=True)
        for row in range(len(batch.chunks))
    ]


@pytest.fixture(scope="module", params=[1, 4, 300])
def state(request: pytest.FixtureRequest) -> Read:
    return read(*corpus(request.param))


def some(state: Read) -> range:
    n_neurons = state.values[0].shape[2]
    return range(0, n_neurons, max(1, n_neurons // 7))


def test_sums(state: Read) -> None:
    count = sum(int(batch.lengths.sum()) for batch in state.batches)
    moments = moments_of(state.sums, count)
    for neuron in some(state):
        values = np.concatenate([own for *_, own, _ in texts(state, neuron)]).astype(np.float64)
        assert len(values) == count
        at = FIRST + neuron
        deviations = values - values.mean()
        assert moments.mean[at] == pytest.approx(values.mean(), abs=1e-12)
        for name, power in (("m2", 2), ("m3", 3), ("m4", 4)):
            expected = (deviations**power).sum()
            assert getattr(moments, name)[at] == pytest.approx(expected, rel=1e-9, abs=1e-7)
        assert (moments.minimum[at], moments.maximum[at]) == (values.min(), values.max())
        assert moments.positive[at] == (values > 0).sum()
    assert not moments.non_finite.any()
    assert not state.sums.powers[:, :FIRST].any()  # the other layer's


def test_evidence(state: Read) -> None:
    """By score to five digits, the earlier place of two that are equal."""
    found = evidence_of(state.found, SIZE, slice(FIRST, None))
    for neuron in some(state):
        scored = {
            chunk * LENGTH + position: value * weight
            for chunk, _, _, own, weights in texts(state, neuron)
            for position, (value, weight) in enumerate(zip(own, weights[: len(own)], strict=True))
            if value * weight > 0
        }
        places = np.array(list(scored), np.int64)
        scores = np.array(list(scored.values()), np.float32)
        expected = places[np.argsort(entries_of(scores, places))[::-1][:SIZE]].tolist()
        assert [place for place in found.places[neuron].tolist() if place >= 0] == expected
        for place, score in zip(expected, found.scores[neuron].tolist(), strict=False):
            assert score <= scored[place] < score * (1 + 2e-5)


def test_top_and_bottom_texts(state: Read) -> None:
    for name, wanted, sign in (
        ("top", BUILT, 1), ("held_out", HELD_OUT, 1), ("bottom", BUILT | HELD_OUT, -1),
    ):  # fmt: skip
        found = texts_of(state.lists, name, slice(FIRST, None))
        for neuron in some(state):
            ranking = sorted(
                (-float((sign * own).max()), chunk, own.tolist())
                for chunk, kind, _, own, _ in texts(state, neuron)
                if kind & wanted and (sign * own).max() > 0
            )[: SIZES[name]]
            count = int((found.chunks[neuron] >= 0).sum())
            assert found.chunks[neuron, :count].tolist() == [chunk for _, chunk, _ in ranking]
            for rank, (_, _, own) in enumerate(ranking):
                kept = found.activations[neuron, rank]
                near = (max(own) - min(own)) / 65535
                assert kept[: len(own)].tolist() == pytest.approx(own, abs=near, rel=1e-6)
                assert not kept[len(own) :].any()
            assert not found.activations[neuron, count:].any()


def test_random_texts(state: Read) -> None:
    """As many as fit, of those that qualify; another neuron has others."""
    for name in ("firing", "random"):
        found = texts_of(state.lists, name, slice(FIRST, None))
        for neuron in some(state):
            eligible = {
                chunk
                for chunk, kind, _, own, _ in texts(state, neuron)
                if (kind != REPEATED and own.max() > 0 if name == "firing" else kind & SAMPLED)
            }
            chosen = [chunk for chunk in found.chunks[neuron].tolist() if chunk >= 0]
            assert set(chosen) <= eligible
            assert len(chosen) == min(SIZES[name], len(eligible))
        if len(found.chunks) > 100:
            assert len({tuple(row) for row in found.chunks.tolist()}) > 50


def test_neurons_are_divided_and_texts_come_in_any_order() -> None:
    batches, values = corpus(300)
    whole, parted = read(batches, values), read(batches, values, cuts=(7, 290))
    order = [5, 0, 3, 1, 4, 2]
    shuffled = read([batches[at] for at in order], [values[at] for at in order])
    for other in (parted, shuffled):
        for name in SIZES:
            for one, two in zip(
                texts_of(whole.lists, name, slice(None)),
                texts_of(other.lists, name, slice(None)),
                strict=True,
            ):
                assert one.tobytes() == two.tobytes()
        one_, two_ = (evidence_of(read.found, SIZE, slice(None)) for read in (whole, other))
        assert one_.places.tobytes() == two_.places.tobytes()
    for one, two in zip(whole.sums, parted.sums, strict=True):
        assert one.tobytes() == two.tobytes()


@pytest.mark.parametrize("bad", [np.nan, np.inf, -np.inf])
@pytest.mark.parametrize("at", [(0, OFFSET), (3, OFFSET + 2)])
def test_what_is_not_finite_touches_its_own_neuron_alone(bad: float, at: tuple[int, int]) -> None:
    batches, values = corpus(20)
    clean = read(batches, values)
    spoilt = [found.copy() for found in values]
    spoilt[2][(*at, 11)] = bad
    spoilt[0][(*at, 3)] = bad
    found = read(batches, spoilt)
    assert np.flatnonzero(found.sums.non_finite).tolist() == [FIRST + 3, FIRST + 11]
    assert found.sums.non_finite[[FIRST + 3, FIRST + 11]].tolist() == [1, 1]
    others = np.delete(np.arange(FIRST + 20), [FIRST + 3, FIRST + 11])
    for one, two in zip(clean.sums, found.sums, strict=True):
        assert one[..., others].tobytes() == two[..., others].tobytes()
    for name in SIZES:
        for one, two in zip(
            texts_of(clean.lists, name, slice(None)), texts_of(found.lists, name, slice(None)),
            strict=True,
        ):  # fmt: skip
            assert one[others].tobytes() == two[others].tobytes()
    assert np.isfinite(found.sums.powers).all()
    assert np.isfinite(found.sums.centre).all()


def test_lists_of_parts_are_merged_and_forgotten() -> None:
    batches, values = corpus(6)
    whole = read(batches, values)
    first, second = read(batches[:4], values[:4]), read(batches[4:], values[4:])
    ranked.absorb(first.lists, second.lists)
    undone = read([*batches[:4], batches[4]], [*values[:4], values[4]])
    ranked.forget(undone.lists, 28, 42)
    for batch, found in zip(batches[4:], values[4:], strict=True):
        scan.scan(
            found, OFFSET, batch, FIRST, False, undone.sums, undone.found, SIZE, undone.lists, 0, 6
        )
    for lists in (first.lists, undone.lists):
        for name in SIZES:
            for one, two in zip(
                texts_of(whole.lists, name, slice(None)), texts_of(lists, name, slice(None)),
                strict=True,
            ):  # fmt: skip
                assert one.tobytes() == two.tobytes()
