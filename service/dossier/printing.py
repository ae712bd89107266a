"""A parcel plan on its way to paper: read in one snapshot, drawn, and told apart by what it shows."""

import hashlib
from pathlib import Path
from typing import NamedTuple

import orjson

from service.accounts.access import Actor
from service.core import clock
from service.core.settings import Settings
from service.dossier import parcel_plan, queries
from service.dossier.order import Imprint, Order
from service.parcels.reading import Connection

TEMPLATE = Path(__file__).with_name("parcel_plan.typ")


class Drawing(NamedTuple):
    """A plan ready to be set: the parcel's code, the order as it came out, the data, and their tag.

    Two plans with one tag show the same: parcel, neighbours, day, everything.
    """

    code: str
    order: Order
    data: str
    tag: str


def imprint(settings: Settings) -> Imprint:
    """Say when and by whom plans of this service are made.

    Its address is the one that is set, else its own on loopback; never what a request calls it.
    """
    own = f"http://{settings.host}:{settings.port}" if settings.on_loopback else ""
    return Imprint(clock.today(), settings.base_url or own, settings.map_notice, settings.demo)


def draw(connection: Connection, actor: Actor, number: str, order: Order, imprint: Imprint) -> Drawing:
    """Draw the plan of a parcel by any of its numbers.

    Raises:
        NotFound, AmbiguousNumber: no such parcel, or several.
        CrsRefused, PlaneRefused, TooManyPoints, DoesNotFit: it can't be drawn as ordered.

    """
    with connection.transaction():
        connection.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        subject = queries.subject(connection, actor, number)
        plan = parcel_plan.lay_out(subject, order)
        near = queries.neighbours(connection, actor, subject.members["id"], plan.box)
    data = orjson.dumps(parcel_plan.document(plan, near, order, imprint))
    tag = hashlib.sha256(TEMPLATE.read_bytes() + data).hexdigest()[:32]
    drawn = order._replace(scale=plan.layout.scale, crs=plan.plane.label)
    return Drawing(subject.members["code"], drawn, data.decode(), tag)
