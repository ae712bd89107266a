"""What documents are attached to. Who may see the subject may see its documents.

Documents stand below the packages that own the subjects, so those say here, when they are loaded, which subjects an
actor may see.
"""

from collections.abc import Callable, Mapping
from types import MappingProxyType

from sqlalchemy import Select

from service.accounts.access import Actor

Visible = Callable[[Actor], Select[str]]
"""Gives the ids of the subjects that an actor may see, as they are compared (`core/spelling.py`)."""

_KINDS: dict[str, Visible] = {}
KINDS: Mapping[str, Visible] = MappingProxyType(_KINDS)


def register(subject_type: str, visible: Visible) -> None:
    """Make a kind of subject known."""
    _KINDS[subject_type] = visible
