"""Groups texts that ask alike, given as vectors of weighted terms. The same texts in the same order give the same groups."""

from collections import defaultdict
from collections.abc import Mapping, Sequence

ALIKE = 0.55  # cosine from which a text joins a group: nine in ten pairs of labelled questions then have one topic
NEAR = 0.25  # the same, where the nearest topic of both is the same one


def groups(vectors: Sequence[Mapping[str, float]], nearest: Sequence[str]) -> tuple[tuple[int, ...], ...]:
    """Numbers of the texts, group by group. Each text joins the leader that it is most like, else it leads a group itself.

    Leaders come first, so give the commonest texts first. `nearest` is the topic that each text is nearest to, or empty.
    Texts without any term are alike where that topic is.
    """
    found: list[list[int]] = []
    postings: dict[str, list[tuple[int, float]]] = defaultdict(list)
    leading: dict[str, set[int]] = defaultdict(set)
    empty: dict[str, int] = {}
    for number, vector in enumerate(vectors):
        leader = _nearest(vector, postings, leading[nearest[number]]) if vector else empty.get(nearest[number])
        if leader is not None:
            found[leader].append(number)
            continue
        for term, weight in vector.items():
            postings[term].append((len(found), weight))
        if vector:
            leading[nearest[number]].add(len(found))
        else:
            empty[nearest[number]] = len(found)
        found.append([number])
    return tuple(map(tuple, found))


def _nearest(
    vector: Mapping[str, float], postings: Mapping[str, Sequence[tuple[int, float]]], same: set[int]
) -> int | None:
    """The leader that a text is most like, the earliest of equals; None where it is like none. `same` have its topic."""
    likeness: dict[int, float] = defaultdict(float)
    for term, weight in vector.items():
        for leader, other in postings.get(term, ()):
            likeness[leader] += weight * other
    near = [
        (round(each, 9), -leader) for leader, each in likeness.items() if each >= (NEAR if leader in same else ALIKE)
    ]
    return -max(near)[1] if near else None
