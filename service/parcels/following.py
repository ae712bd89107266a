"""What follows its land when that is split or merged: those packages stand above this one and say so when loaded.

And which parcels something else is known of, where that is written past the session: whoever goes by it looks there
before the commit.
"""

from collections.abc import Callable, Iterable, Sequence
from typing import NamedTuple

from sqlalchemy.orm import Session

from service.accounts.access import Actor
from service.parcels.built_on import Obstacle
from service.parcels.lineage_models import LineageOperation
from service.parcels.models import Parcel


class Change(NamedTuple):
    """An operation, the parcels that it ended, and those that stand for them; these may have stood before (undone)."""

    operation: LineageOperation
    ended: Sequence[Parcel]
    standing: Sequence[Parcel]


class Follower(NamedTuple):
    """What follows: `follow` moves it within the operation's transaction, `built_on` says what an undoing would lose.

    `table` points to parcels, and is no obstacle by itself.
    """

    table: str
    follow: Callable[[Session, Actor, Change], None]
    built_on: Callable[[Session, Sequence[Parcel]], Sequence[Obstacle]]


KNOWN_OTHERWISE = "parcels_known_otherwise"
"""Name in a session's info of the parcels, by id, of which the transaction has written something else."""

_FOLLOWERS: dict[str, Follower] = {}


def note(session: Session, parcel_ids: Iterable[int]) -> None:
    """Note parcels of which something else is known by now: uses, stage, shape, what control layers mean for them."""
    session.info.setdefault(KNOWN_OTHERWISE, set()).update(parcel_ids)


def register(follower: Follower) -> None:
    """Make something known that follows its land."""
    _FOLLOWERS[follower.table] = follower


def follow(session: Session, actor: Actor, change: Change) -> None:
    """Let everything follow."""
    for follower in _FOLLOWERS.values():
        follower.follow(session, actor, change)


def built_on(session: Session, parcels: Sequence[Parcel]) -> list[Obstacle]:
    """Return what was done since with what has followed to parcels."""
    return [each for follower in _FOLLOWERS.values() for each in follower.built_on(session, parcels)]


def tables() -> list[str]:
    """Return the tables of what follows."""
    return list(_FOLLOWERS)
