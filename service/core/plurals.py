"""English words that agree with a number: the one way in which texts for people do it."""

from typing import Self


class Count(int):
    """A number that chooses the form of the words after it: `{number:one|several}`, in an f-string or a template.

    >>> f"{Count(1):parcel is|parcels are} left, {Count(2):day|days} late"
    '1 parcel is left, 2 days late'
    >>> "{count} 处 · {count:error|errors}".format(count=Count(0))
    '0 处 · 0 errors'
    """

    def __new__(cls, number: int) -> Self:
        """Take any whole number, also NumPy's."""
        return super().__new__(cls, number)

    def __format__(self, words: str) -> str:
        """Write the number, with the words that fit it where a `|` stands between two forms."""
        one, divided, several = words.partition("|")
        return f"{int(self)} {one if self == 1 else several}" if divided else super().__format__(words)
