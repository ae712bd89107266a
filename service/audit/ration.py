"""How much of what others can cause at will goes into the audit log.

The log is one chain for ever, so it must not be possible to flood it. What changes something is always written. Of
denials and of sign-ins under made-up names so many are written in an hour; the service's log has all of them.
"""

import time
from collections import Counter
from collections.abc import Hashable

HOUR_SECONDS = 3600


class Ration:
    """Lets each key through `hourly` times an hour, in this process."""

    def __init__(self, hourly: int) -> None:
        self.hourly = hourly
        self._hour = 0
        self._taken: Counter[Hashable] = Counter()

    def take(self, key: Hashable = None) -> bool:
        """Take one of a key's portions; False when none is left before the next hour.

        >>> ration = Ration(2)
        >>> [ration.take("a"), ration.take("a"), ration.take("a"), ration.take("b")]
        [True, True, False, True]
        """
        hour = int(time.monotonic() // HOUR_SECONDS)
        if hour != self._hour:
            self._hour, self._taken = hour, Counter()
        self._taken[key] += 1
        return self._taken[key] <= self.hourly
