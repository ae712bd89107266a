"""Giving memory back: a process that works through large files should be as small after one as before it.

The C library keeps what was freed for the next time, and learns to keep blocks of up to 32 MiB; it is told not to.
Elsewhere than with glibc nothing happens.
"""

import ctypes

_MMAP_THRESHOLD, _ARENA_MAX = -3, -8  # malloc.h: M_…
_LARGE_BYTES = 1 << 20  # from this size on a block is the system's own again as soon as it is freed
_ARENAS = 2


def keep_little() -> None:
    """Let this process keep little of what it frees; for a process that runs jobs, before the first of them."""
    mallopt = getattr(ctypes.CDLL(None), "mallopt", None)
    if mallopt is not None:
        mallopt(_MMAP_THRESHOLD, _LARGE_BYTES)
        mallopt(_ARENA_MAX, _ARENAS)


def give_back() -> None:
    """Return what was freed to the system; after a piece of large work."""
    trim = getattr(ctypes.CDLL(None), "malloc_trim", None)
    if trim is not None:
        trim(0)
