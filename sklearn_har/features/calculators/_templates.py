"""Templates of two and three samples that match within a tolerance: pairs of them, counted as bits.

Samples within a tolerance of a given one are neighbours of it in sorted order, from rank `first` up to rank
`end`. The set of the samples below a rank is kept for every rank as bits, one for each position in the
window: the neighbours of a sample are then the exclusive or of two of these prefix sets. Templates of two
samples match where the neighbours of the first, and those of the second one moved by a position, have a
common bit; templates of three likewise. All comparisons are those of differences with the tolerance, as
tsfresh makes them; differences rounded to floating point keep the order.
"""

import numpy as np

from ..._core._compiling import compiled

_STRIP_BYTES = 2**19  # of prefix sets at a time: half the second-level cache of a small core


@compiled
def template_matches(values, order, tolerances):
    """Mean logarithm of the shares of matching templates of 2 and of 3 samples, and the pairs that match.

    Shape (n_windows, n_tolerances, 4): the two means count a template as a match of itself, the two
    numbers of pairs do not. No tolerance may be negative or NaN: the first would be without itself.
    """
    n_windows, n = values.shape
    n_tolerances = tolerances.shape[1]
    n_words = (n + 63) // 64
    strip = min(n_words, max(1, _STRIP_BYTES // (8 * (n + 1)) - 1))
    log_share_2 = np.zeros(n + 1)
    log_share_3 = np.zeros(n + 1)
    for count in range(1, n + 1):
        log_share_2[count] = np.log(count / (n - 1))
        log_share_3[count] = np.log(count / (n - 2))
    ascending = np.empty(n + 1)
    ascending[n] = np.nan  # within no tolerance, were it infinite
    ranks = np.empty(n, np.uint32)
    first = np.empty((n_tolerances, n + 1), np.uint32)
    end = np.empty((n_tolerances, n + 1), np.uint32)
    now = np.empty((2, n_tolerances), np.uint32)
    low_word = np.empty(n + 1, np.uint64)
    high_word = np.empty(n + 1, np.uint64)
    prefixes = np.empty((n + 1 if n_words > 2 else 0, strip + 1), np.uint64)
    counts_2 = np.empty((n_tolerances, n), np.uint32)
    counts_3 = np.empty((n_tolerances, n), np.uint32)
    matches = np.empty((n_windows, n_tolerances, 4))
    for window in range(n_windows):
        for rank in range(n):
            position = np.uint32(order[window, rank])
            ascending[rank] = values[window, position]
            ranks[position] = rank
        _neighbours(ascending, tolerances[window], first, end, now)
        if n_words <= 2:
            _prefix_sets_of_two_words(order[window], low_word, high_word)
            for k in range(n_tolerances):
                _count_in_two_words(ranks, first[k], end[k], low_word, high_word, counts_2[k], counts_3[k])
        else:
            counts_2[:] = 0
            counts_3[:] = 0
            for start in range(0, n_words, strip):
                _prefix_sets(order[window], start, prefixes)
                for k in range(n_tolerances):
                    _count_in_strip(ranks, first[k], end[k], prefixes, counts_2[k], counts_3[k])
        for k in range(n_tolerances):
            sum_2 = 0.0
            sum_3 = 0.0
            pairs_2 = 0
            pairs_3 = 0
            for position in range(n):
                count_2 = counts_2[k, position]
                count_3 = counts_3[k, position]
                sum_2 += log_share_2[count_2]
                sum_3 += log_share_3[count_3]
                pairs_2 += np.int64(count_2)
                pairs_3 += np.int64(count_3)
            matches[window, k, 0] = sum_2 / (n - 1)
            matches[window, k, 1] = sum_3 / (n - 2)
            matches[window, k, 2] = pairs_2 - (n - 1)
            matches[window, k, 3] = pairs_3 - (n - 2)
    return matches


@compiled
def _neighbours(ascending, tolerances, first, end, now):
    """For every tolerance and every rank, the first rank within the tolerance and the one after the last.

    Two ranks walk up, one a step, without a branch that the processor would have to guess; what a step
    writes too early, a later one corrects. The tolerances go together, so that none waits for another.
    """
    n = ascending.size - 1  # NaN stands last
    now[:] = 0
    for _ in range(2 * n):
        for k in range(tolerances.size):
            below = now[0, k]
            above = now[1, k]
            within = np.uint32(ascending[above] - ascending[below] <= tolerances[k])
            first[k, above] = below
            end[k, below] = above
            now[0, k] = below + (np.uint32(1) - within)
            now[1, k] = above + within


@compiled
def _prefix_sets_of_two_words(order, low_word, high_word):
    """The positions of the samples below every rank, as bits, for up to 128 samples."""
    none = np.uint64(0)
    low = none
    high = none
    for rank in range(order.size):
        low_word[rank] = low
        high_word[rank] = high
        position = np.uint64(order[rank])
        bit = np.uint64(1) << (position & np.uint64(63))
        low |= bit if position < np.uint64(64) else none
        high |= bit if position >= np.uint64(64) else none
    low_word[order.size] = low
    high_word[order.size] = high


@compiled
def _count_in_two_words(ranks, first, end, low_word, high_word, counts_2, counts_3):
    """Count the templates that match that of every position, for up to 128 samples, last position first."""
    one = np.uint64(1)
    carry = np.uint64(63)
    low_1 = high_1 = low_2 = high_2 = np.uint64(0)  # matches of 1 and 2 samples of the position after
    for back in range(ranks.size):
        position = np.uint32(ranks.size - 1 - back)
        rank = ranks[position]
        low = low_word[first[rank]] ^ low_word[end[rank]]
        high = high_word[first[rank]] ^ high_word[end[rank]]
        low_3 = low & ((low_2 >> one) | (high_2 << carry))
        high_3 = high & (high_2 >> one)
        low_2 = low & ((low_1 >> one) | (high_1 << carry))
        high_2 = high & (high_1 >> one)
        low_1 = low
        high_1 = high
        counts_2[position] = _n_bits(low_2) + _n_bits(high_2)
        counts_3[position] = _n_bits(low_3) + _n_bits(high_3)


@compiled
def _prefix_sets(order, start, prefixes):
    """The positions of the samples below every rank, as bits, in the words from ``start`` on."""
    n_words = prefixes.shape[1]
    for word in range(n_words):
        prefixes[0, word] = 0
    for rank in range(order.size):
        for word in range(n_words):
            prefixes[rank + 1, word] = prefixes[rank, word]
        word = (order[rank] >> 6) - start
        if 0 <= word < n_words:
            prefixes[rank + 1, word] |= np.uint64(1) << np.uint64(order[rank] & 63)


@compiled
def _count_in_strip(ranks, first, end, prefixes, counts_2, counts_3):
    """Add the templates that match that of every position among those that start in a strip of words.

    The last word is that of the strip after: only what moves from it into the strip is used.
    """
    one = np.uint64(1)
    carry = np.uint64(63)
    n_words = prefixes.shape[1]
    matches_1 = np.zeros(n_words + 1, np.uint64)  # of 1 and 2 samples of the position after
    matches_2 = np.zeros(n_words + 1, np.uint64)
    for back in range(ranks.size):
        position = np.uint32(ranks.size - 1 - back)
        below_first = prefixes[first[ranks[position]]]
        below_end = prefixes[end[ranks[position]]]
        count_2 = np.uint64(0)
        count_3 = np.uint64(0)
        here_1 = matches_1[0]
        here_2 = matches_2[0]
        for word in range(n_words):
            next_1 = matches_1[word + 1]
            next_2 = matches_2[word + 1]
            matches = below_first[word] ^ below_end[word]
            two = matches & ((here_1 >> one) | (next_1 << carry))
            three = matches & ((here_2 >> one) | (next_2 << carry))
            matches_1[word] = matches
            matches_2[word] = two
            if word < n_words - 1:
                count_2 += _n_bits(two)
                count_3 += _n_bits(three)
            here_1 = next_1
            here_2 = next_2
        counts_2[position] += np.uint32(count_2)
        counts_3[position] += np.uint32(count_3)


@compiled
def _n_bits(word):
    """Number of bits that are set, in a form that LLVM knows and turns into one instruction."""
    word = word - ((word >> np.uint64(1)) & np.uint64(0x5555555555555555))
    word = (word & np.uint64(0x3333333333333333)) + ((word >> np.uint64(2)) & np.uint64(0x3333333333333333))
    word = (word + (word >> np.uint64(4))) & np.uint64(0x0F0F0F0F0F0F0F0F)
    return (word * np.uint64(0x0101010101010101)) >> np.uint64(56)
