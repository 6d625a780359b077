"""Near-duplicates by character 5-grams, among many texts.

All pairs above a Jaccard similarity, without comparing all pairs: texts in order of length, each looked up by its
rarest shingles only (prefix, length and position filters of the PPJoin algorithm, Xiao et al. 2008).
"""

import math
import re
from collections import Counter, defaultdict


def shingles(text: str) -> frozenset[str]:
    text = re.sub(r"\s+", " ", text.lower()).strip()
    return frozenset(text[at : at + 5] for at in range(max(1, len(text) - 4)))


def near_duplicates(texts: list[str], least: float = 0.6) -> list[tuple[int, int]]:
    """Pairs of indices, the smaller first, whose Jaccard similarity exceeds `least`."""
    sets = [shingles(text) for text in texts]
    common = Counter(shingle for one in sets for shingle in one)
    rank = {shingle: at for at, shingle in enumerate(sorted(common, key=lambda s: (common[s], s)))}
    rows = [sorted(rank[shingle] for shingle in one) for one in sets]
    seen: dict[int, list[tuple[int, int]]] = defaultdict(list)
    found = []
    for at in sorted(range(len(texts)), key=lambda row: len(rows[row])):
        row, size = rows[at], len(rows[at])
        candidates: dict[int, bool] = {}
        for i, shingle in enumerate(row[: size - math.ceil(least * size) + 1]):
            for other, j in seen.get(shingle, ()):
                if other in candidates:
                    continue
                length = len(rows[other])
                needed = least / (1 + least) * (size + length)
                candidates[other] = length >= least * size and 1 + min(size - i - 1, length - j - 1) >= needed
        one = sets[at]
        for other, possible in candidates.items():
            if possible:
                both = len(one & sets[other])
                if both > least * (size + len(rows[other]) - both):
                    found.append((min(at, other), max(at, other)))
        for j, shingle in enumerate(row[: size - math.ceil(2 * least / (1 + least) * size) + 1]):
            seen[shingle].append((at, j))
    return found
