"""Boxes: what a row of a decision table stands for, as the words that each of its conditions allows.

A box is a bit set for each condition: bit *i* stands for word *i* of the closed list. Two boxes meet where they meet in
every condition, and disjoint boxes hold as many cases as their volumes add up to. So neither an overlap nor a gap needs
a walk through the cases, of which there may be more than any machine can hold.
"""

from collections.abc import Iterable, Iterator, Sequence
from math import prod
from typing import NamedTuple

Box = tuple[int, ...]
Case = tuple[int, ...]
MOST = 100_000  # pieces


class TangledError(ValueError):
    """Rows that overlap in more places than are followed; ``row`` is the first that went beyond."""

    def __init__(self, row: int) -> None:
        super().__init__(f"more than {MOST} pieces")
        self.row = row


class Piece(NamedTuple):
    """A box in which one row answers."""

    row: int
    box: Box


class Cover(NamedTuple):
    """Disjoint pieces, and for each row what it took from each row before it."""

    pieces: list[Piece]
    taken: dict[int, dict[int, list[Box]]]


def make_bits(positions: Iterable[int]) -> int:
    """Return the bit set of some positions, each there once.

    >>> make_bits([0, 2])
    5
    """
    return sum(1 << i for i in positions)


def fill(sizes: Iterable[int]) -> Box:
    """Return the box of all cases of closed lists of these sizes.

    >>> fill([3, 2])
    (7, 3)
    """
    return tuple((1 << size) - 1 for size in sizes)


def list_positions(bits: int) -> list[int]:
    """Return the positions that a bit set holds.

    >>> list_positions(5)
    [0, 2]
    """
    positions = []
    while bits:
        least = bits & -bits
        positions.append(least.bit_length() - 1)
        bits ^= least
    return positions


def move(bits: int, places: Sequence[int]) -> int:
    """Return a bit set with each position moved to its place in another list.

    >>> list_positions(move(5, [1, 0, 3]))
    [1, 3]
    """
    return make_bits(places[i] for i in list_positions(bits))


def count(boxes: Iterable[Box]) -> int:
    """Return how many cases disjoint boxes hold.

    >>> count([(5, 2), (2, 3)])
    4
    """
    return sum(prod(map(int.bit_count, box)) for box in boxes)


def find_first(boxes: Iterable[Box]) -> Case:
    """Return the first case of some boxes, in the order of the closed lists: a position in each.

    >>> find_first([(2, 3), (4, 1)])
    (1, 0)
    """
    return min(tuple((bits & -bits).bit_length() - 1 for bits in box) for box in boxes)


def intersect(one: Box, other: Box) -> Box:
    """Return the box of the cases that two boxes share; a condition without words where they share none.

    >>> intersect((3, 1), (6, 3))
    (2, 1)
    """
    return tuple(a & b for a, b in zip(one, other, strict=True))


def unite(one: Box, other: Box) -> Box:
    """Return the least box that holds two boxes.

    >>> unite((3, 1), (4, 1))
    (7, 1)
    """
    return tuple(a | b for a, b in zip(one, other, strict=True))


def subtract(box: Box, other: Box) -> list[Box]:
    """Return disjoint boxes of the cases of a box that another does not hold.

    >>> subtract((3, 3), (1, 1))
    [(2, 3), (1, 2)]
    """
    if not all(intersect(box, other)):
        return [box]
    parts, head = [], Box()
    for at, (own, its) in enumerate(zip(box, other, strict=True)):
        if outside := own & ~its:
            parts.append((*head, outside, *box[at + 1 :]))
        head = (*head, own & its)
    return parts


def find_rest(box: Box, others: Iterable[Box]) -> list[Box]:
    """Return disjoint boxes of the cases of a box that none of the others holds.

    Raises:
        TangledError: more boxes than are followed.

    >>> find_rest((3, 3), [(1, 3), (2, 1)])
    [(2, 2)]
    """
    rest = [box]
    for other in others:
        rest = [part for own in rest for part in subtract(own, other)]
        if len(rest) > MOST:
            raise TangledError(-1)
    return rest


class _Index:
    """Boxes by the words that they allow: for each condition and word the numbers of the boxes, as a bit set."""

    def __init__(self, sizes: Sequence[int]) -> None:
        self._full = fill(sizes)
        self._any = [0] * len(sizes)
        self._words = [[0] * size for size in sizes]
        self._count = 0
        self._there = 0

    def add(self, box: Box) -> int:
        """Add a box; return its number."""
        own = 1 << self._count
        for at, bits in enumerate(box):
            if bits == self._full[at]:
                self._any[at] |= own
            else:
                for word in list_positions(bits):
                    self._words[at][word] |= own
        self._there |= own
        self._count += 1
        return self._count - 1

    def take_out(self, number: int) -> None:
        """Take a box out: the others keep their numbers."""
        self._there &= ~(1 << number)

    def find_meeting(self, box: Box) -> list[int]:
        """Return the numbers of the boxes that meet a box."""
        meeting = self._there
        for bits, every, words in zip(box, self._any, self._words, strict=True):
            own = every if bits else 0
            for word in list_positions(bits):
                own |= words[word]
            meeting &= own
        return list_positions(meeting)


def cover(boxes: Iterable[Piece], sizes: Sequence[int]) -> Cover:
    """Return what each row answers where later rows answer in place of earlier ones.

    Args:
        boxes: of each row, in their order.
        sizes: how many words each closed list has.

    Raises:
        TangledError: rows that overlap in more places than are followed.

    >>> covered = cover([Piece(0, (3, 3)), Piece(1, (1, 1))], [2, 2])
    >>> covered.pieces
    [Piece(row=0, box=(2, 3)), Piece(row=0, box=(1, 2)), Piece(row=1, box=(1, 1))]
    >>> covered.taken
    {1: {0: [(1, 1)]}}
    """
    index, pieces = _Index(sizes), dict[int, Piece]()
    taken: dict[int, dict[int, list[Box]]] = {}
    for row, box in boxes:
        for number in index.find_meeting(box):
            other = pieces.pop(number)
            index.take_out(number)
            taken.setdefault(row, {}).setdefault(other.row, []).append(intersect(box, other.box))
            for part in subtract(other.box, box):
                pieces[index.add(part)] = Piece(other.row, part)
        pieces[index.add(box)] = Piece(row, box)
        if len(pieces) > MOST:
            raise TangledError(row)
    return Cover(list(pieces.values()), taken)


def find_gap(pieces: Sequence[Piece], full: Box) -> tuple[int, Case]:
    """Return how many cases no piece holds, and the first of them, in the order of the closed lists.

    Args:
        pieces: disjoint.
        full: the box of all cases.

    >>> find_gap([Piece(0, (1, 3)), Piece(1, (2, 1))], (3, 3))
    (1, (1, 1))
    >>> find_gap([Piece(0, (3, 3))], (3, 3))
    (0, ())
    """
    missing = count([full]) - count(piece.box for piece in pieces)
    case: Case = ()
    if not missing:
        return 0, case
    behind = [(piece.box, _count_behind(piece.box)) for piece in pieces]
    sizes = _count_behind(full)
    for at, bits in enumerate(full):
        for position in list_positions(bits):
            own = [(box, volumes) for box, volumes in behind if box[at] >> position & 1]
            if sum(volumes[at] for _, volumes in own) < sizes[at]:
                behind, case = own, (*case, position)
                break
    return missing, case


def _count_behind(box: Box) -> list[int]:
    """Return for each condition how many cases the conditions behind it make."""
    volumes = [1]
    for bits in reversed(box[1:]):
        volumes.append(volumes[-1] * bits.bit_count())
    return volumes[::-1]


class Common(NamedTuple):
    """A piece, and what each of the others that meet it shares with it: their numbers, and the shared boxes."""

    piece: Piece
    numbers: list[int]
    boxes: list[Box]


def find_common(some: Iterable[Piece], others: Sequence[Piece], sizes: Sequence[int]) -> Iterator[Common]:
    """Yield each piece with what others share with it.

    Args:
        some: pieces.
        others: pieces.
        sizes: how many words each closed list has.

    >>> list(find_common([Piece(0, (3,))], [Piece(5, (2,)), Piece(6, (4,))], [3]))
    [Common(piece=Piece(row=0, box=(3,)), numbers=[0], boxes=[(2,)])]
    """
    index = _Index(sizes)
    for piece in others:
        index.add(piece.box)
    for piece in some:
        numbers = index.find_meeting(piece.box)
        yield Common(piece, numbers, [intersect(piece.box, others[number].box) for number in numbers])
