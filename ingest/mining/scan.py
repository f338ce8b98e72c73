"""Looking at a batch's activations once: sums, candidates of the evidence, texts for the lists.

Neurons are gone through in stretches narrow enough that all that is kept of them while a
text's positions go by stays in the first cache; the inner loops run over neurons, and compile
to vector instructions. An activation that is no finite number touches its own neuron alone.
"""

from __future__ import annotations

from typing import no_type_check

import numpy as np

from ingest.compiled import compiled
from ingest.mining.evidence import ROOM, entry_of, make_room
from ingest.mining.ranked import offer_texts, store

_WIDTH = 256
"""Neurons in a stretch: 256 x 5 sums of 8 bytes are 10 KB."""
_DEPTH = ROOM
"""Positions in a row of which only the largest score is looked at first."""
_GROUP = 64
"""Texts whose activations are put together in the cache before they are stored."""
_LINE = 16
"""Activations in a cache line."""
_ONE, _ZERO = np.float32(1), np.float32(0)


@compiled
@no_type_check
def _touch(values, start, stride, count, width):
    """Fetch rows into the first cache, one after the other: several at once come half as fast.

    What it gives has no meaning, but must be stored, or the compiler leaves all of this out.
    """
    seen = _ZERO
    for row in range(count):
        for n in range(0, width, _LINE):
            seen = max(seen, values[start + row * stride + n])
    return seen


@compiled
@no_type_check
def _add_powers(values, start, stride, count, width, sums):  # noqa: PLR0917  (compiled)
    """Add the powers of `count` rows to `sums`: the centre, then four sums, `_WIDTH` apart."""
    row = 0
    while row + 4 <= count:
        a = start + row * stride
        b, c, d = a + stride, a + 2 * stride, a + 3 * stride
        for n in range(width):
            centre = sums[n]
            x, y = np.float64(values[a + n]) - centre, np.float64(values[b + n]) - centre
            z, w = np.float64(values[c + n]) - centre, np.float64(values[d + n]) - centre
            xx, yy, zz, ww = x * x, y * y, z * z, w * w
            sums[_WIDTH + n] += (x + y) + (z + w)
            sums[2 * _WIDTH + n] += (xx + yy) + (zz + ww)
            sums[3 * _WIDTH + n] += (xx * x + yy * y) + (zz * z + ww * w)
            sums[4 * _WIDTH + n] += (xx * xx + yy * yy) + (zz * zz + ww * ww)
        row += 4
    while row < count:
        a = start + row * stride
        for n in range(width):
            x = np.float64(values[a + n]) - sums[n]
            xx = x * x
            sums[_WIDTH + n] += x
            sums[2 * _WIDTH + n] += xx
            sums[3 * _WIDTH + n] += xx * x
            sums[4 * _WIDTH + n] += xx * xx
        row += 1


@compiled
@no_type_check
def _find_extremes(values, start, stride, weights, width, found):  # noqa: PLR0917  (compiled)
    """Update `found`: largest, smallest, largest score, number above zero, `_WIDTH` apart."""
    row, count = 0, len(weights)
    while row + 4 <= count:
        a = start + row * stride
        b, c, d = a + stride, a + 2 * stride, a + 3 * stride
        p, q, r, s = weights[row], weights[row + 1], weights[row + 2], weights[row + 3]
        for n in range(width):
            x, y, z, w = values[a + n], values[b + n], values[c + n], values[d + n]
            high, low, score = found[n], found[_WIDTH + n], found[2 * _WIDTH + n]
            high = x if x > high else high
            high = y if y > high else high
            high = z if z > high else high
            high = w if w > high else high
            low = x if x < low else low
            low = y if y < low else low
            low = z if z < low else low
            low = w if w < low else low
            score = x * p if x * p > score else score
            score = y * q if y * q > score else score
            score = z * r if z * r > score else score
            score = w * s if w * s > score else score
            found[n], found[_WIDTH + n], found[2 * _WIDTH + n] = high, low, score
            found[3 * _WIDTH + n] += ((_ONE if x > 0 else _ZERO) + (_ONE if y > 0 else _ZERO)) + (
                (_ONE if z > 0 else _ZERO) + (_ONE if w > 0 else _ZERO)
            )
        row += 4
    while row < count:
        a, p = start + row * stride, weights[row]
        for n in range(width):
            x = values[a + n]
            found[n] = x if x > found[n] else found[n]
            found[_WIDTH + n] = x if x < found[_WIDTH + n] else found[_WIDTH + n]
            score = found[2 * _WIDTH + n]
            found[2 * _WIDTH + n] = x * p if x * p > score else score
            found[3 * _WIDTH + n] += _ONE if x > 0 else _ZERO
        row += 1


@compiled
@no_type_check
def _collect(flat, start, stride, weights, place, scores, found, size, first, width):  # noqa: PLR0917
    """Put in the positions of a stretch whose score reaches its neuron's bound.

    `scores` are the neurons' largest ones in the stretch.
    """
    counts, bounds, entries = found.counts, found.bounds, found.entries
    reached = np.empty(_DEPTH, np.float32)
    bits, positions = reached.view(np.uint32), np.empty(_DEPTH, np.int64)
    for n in range(width):
        neuron = first + n
        bound = bounds[neuron]
        if scores[n] >= bound:
            n_found = 0
            for position in range(len(weights)):  # without a branch that none could foresee
                score = flat[start + position * stride + n] * weights[position]
                reached[n_found], positions[n_found] = score, position
                n_found += score >= bound
            if counts[neuron] + _DEPTH > entries.shape[1]:
                make_room(found, size, neuron)
            at = counts[neuron]
            for hit in range(n_found):
                entries[neuron, at + hit] = entry_of(bits[hit], place + positions[hit])
            counts[neuron] = at + n_found


@compiled
@no_type_check
def _finite_powers(values, offset, lengths, column, sums, neuron):  # noqa: PLR0917  (compiled)
    """Add one neuron's activations again, the finite ones; count the others."""
    centre = sums.centre[neuron]
    for row in range(len(lengths)):
        for position in range(lengths[row]):
            value = values[row, offset + position, column]
            if np.isfinite(value):
                x = np.float64(value) - centre
                power = 1.0
                for at in range(4):
                    power *= x
                    sums.powers[at, neuron] += power
            else:
                sums.non_finite[neuron] += 1


@compiled
@no_type_check
def _copy_rows(values, offset, lengths, column, wanted, peaks, lows, lists, neuron):  # noqa: PLR0917
    """Copy activations to the slots where `wanted`, of each neuron of a stretch, has a chunk.

    Text by text and a few positions at a time, so that what is read is in the first cache.
    """
    n_wanted = np.zeros(len(lengths) + 1, np.int64)
    for n in range(wanted.shape[0]):
        for slot in range(wanted.shape[1]):
            n_wanted[wanted[n, slot] + 1] += 1
    ends = np.cumsum(n_wanted) - n_wanted[0]
    items = np.empty((ends[-1], 2), np.int64)
    filled = ends - n_wanted
    for n in range(wanted.shape[0]):
        for slot in range(wanted.shape[1]):
            row = wanted[n, slot]
            if row >= 0:
                items[filled[row + 1], 0] = n
                items[filled[row + 1], 1] = slot
                filled[row + 1] += 1
    flat, stride = values.reshape(-1), values.shape[2]
    copied = np.empty((_GROUP, lists.rows.shape[2]), np.float32)
    for row in range(len(lengths)):
        top = (row * values.shape[1] + offset) * stride + column
        for group in range(ends[row], ends[row + 1], _GROUP):
            size = min(_GROUP, ends[row + 1] - group)
            for position in range(0, lengths[row], _DEPTH):
                end = min(position + _DEPTH, lengths[row])
                for item in range(size):
                    start = top + items[group + item, 0]
                    for at in range(position, end):
                        copied[item, at] = flat[start + at * stride]
            for item in range(size):
                n, slot = items[group + item]
                own = copied[item, : lengths[row]]
                store(lists, neuron + n, slot, own, lows[n, row], peaks[n, row])


@compiled
@no_type_check
def scan(values, offset, batch, first, begins, sums, found, size, lists, begin, end):  # noqa: PLR0917
    """Take in a layer's activations on a batch, for its neurons from `begin` to before `end`.

    `values` is float32 [chunk, position, neuron], with `offset` positions before each text;
    `first` is where the layer's neurons begin in `sums`, `found` and `lists`, and `begins`
    tells whether this is the first batch of a shard.
    """
    flat = values.reshape(-1)
    n_rows, n_positions, stride = values.shape
    powers = np.empty(5 * _WIDTH)
    extremes = np.empty(4 * _WIDTH, np.float32)
    touched = np.empty(1, np.float32)
    peaks = np.empty((_WIDTH, n_rows), np.float32)
    lows = np.empty((_WIDTH, n_rows), np.float32)
    wanted = np.empty((_WIDTH, lists.scores.shape[1]), np.int64)
    for column in range(begin, end, _WIDTH):
        width = min(_WIDTH, end - column)
        own = first + column
        if begins:
            for n in range(width):
                value = values[0, offset, column + n]
                sums.centre[own + n] = value if np.isfinite(value) else 0.0
        powers[:width] = sums.centre[own : own + width]
        powers[_WIDTH:] = 0
        for row in range(n_rows):
            start = (row * n_positions + offset) * stride + column
            extremes[:_WIDTH] = -np.inf
            extremes[_WIDTH : 2 * _WIDTH] = np.inf
            extremes[3 * _WIDTH :] = 0
            for position in range(0, batch.lengths[row], _DEPTH):
                depth = min(_DEPTH, batch.lengths[row] - position)
                weights = batch.weights[row, position : position + depth]
                top = start + position * stride
                touched[0] = _touch(flat, top, stride, depth, width)
                _add_powers(flat, top, stride, depth, width, powers)
                extremes[2 * _WIDTH : 3 * _WIDTH] = 0
                _find_extremes(flat, top, stride, weights, width, extremes)
                if weights[0] > 0:
                    place, scores = batch.starts[row] + position, extremes[2 * _WIDTH :]
                    _collect(flat, top, stride, weights, place, scores, found, size, own, width)
            for n in range(width):
                peaks[n, row], lows[n, row] = extremes[n], extremes[_WIDTH + n]
                sums.positive[own + n] += np.int64(extremes[3 * _WIDTH + n])
        wanted[:] = -1
        taken = 0
        for n in range(width):
            neuron = own + n
            if np.isfinite(powers[2 * _WIDTH + n]):
                for at in range(4):
                    sums.powers[at, neuron] += powers[(at + 1) * _WIDTH + n]
            else:
                _finite_powers(values, offset, batch.lengths, column + n, sums, neuron)
            sums.high[neuron] = max(sums.high[neuron], peaks[n].max())
            sums.low[neuron] = min(sums.low[neuron], lows[n].min())
            taken += offer_texts(
                lists, neuron, batch.kinds, batch.chunks, batch.keys, peaks[n], lows[n], wanted[n]
            )
        if taken:
            _copy_rows(
                values, offset, batch.lengths, column, wanted[:width], peaks, lows, lists, own
            )
