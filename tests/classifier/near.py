"""Near-duplicates by character 5-grams, among many texts."""

import math
import re
from collections import Counter, defaultdict


def shingles(text: str) -> frozenset[str]:
    text = re.sub(r"\s+", " ", text.lower()).strip()
    return frozenset(text[at : at + 5] for at in range(max(1, len(text) - 4)))


def near_duplicates(texts: list[str], least: float = 0.6) -> list[tuple[int, int]]:
    """Pairs of indices whose Jaccard similarity exceeds `least`.

    Two such sets share one of their rarest (1 - least) shingles, so only those are looked up.
    """
    sets = [shingles(text) for text in texts]
    common = Counter(shingle for one in sets for shingle in one)
    seen: dict[str, list[int]] = defaultdict(list)
    found = []
    for at, one in enumerate(sets):
        rarest = sorted(one, key=lambda shingle: (common[shingle], shingle))[
            : len(one) - math.ceil(least * len(one)) + 1
        ]
        for other in {other for shingle in rarest for other in seen[shingle]}:
            if len(one & sets[other]) > least * len(one | sets[other]):
                found.append((other, at))
        for shingle in rarest:
            seen[shingle].append(at)
    return found
