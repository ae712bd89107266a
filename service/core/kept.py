"""Answers kept in memory, up to a limit of bytes.

A key holds the revision of what the answer shows (`core/revisions.py`): an answer of an older revision is never asked
for again and ages out.
"""

import asyncio
from collections import OrderedDict
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field

OVERHEAD_BYTES = 400  # of one entry, beside the answer


def _untold(_bytes: int) -> None:
    pass


@dataclass(slots=True)
class Kept:
    """Encoded answers, least recently used out first; `told` learns how many bytes are held. For one thread only."""

    limit_bytes: int
    told: Callable[[int], None] = _untold
    _answers: OrderedDict[tuple[object, ...], bytes] = field(default_factory=OrderedDict)
    _bytes: int = 0

    def get(self, key: tuple[object, ...]) -> bytes | None:
        """Return an answer that is kept, None otherwise."""
        answer = self._answers.get(key)
        if answer is not None:
            self._answers.move_to_end(key)
        return answer

    def put(self, key: tuple[object, ...], answer: bytes) -> None:
        """Keep an answer, dropping the least recently used to stay within the limit."""
        if key in self._answers:
            return
        self._answers[key] = answer
        self._bytes += len(answer) + OVERHEAD_BYTES
        while self._bytes > self.limit_bytes and self._answers:
            _, dropped = self._answers.popitem(last=False)
            self._bytes -= len(dropped) + OVERHEAD_BYTES
        self.told(self._bytes)


class Shelf:
    """Answers that take long to make: kept, and made for few callers at once; who asks the same meanwhile waits."""

    def __init__(self, kept: Kept, at_once: int) -> None:
        """Take the memory and how many answers may be made at a time."""
        self._kept = kept
        self._turns = asyncio.Semaphore(at_once)

    async def answer(self, key: tuple[object, ...], make: Callable[[], Awaitable[bytes]]) -> bytes:
        """Return the kept answer, else one that `make` gives."""
        found = self._kept.get(key)
        if found is None:
            async with self._turns:
                found = self._kept.get(key) or await make()
            self._kept.put(key, found)
        return found
