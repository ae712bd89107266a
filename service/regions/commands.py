"""What changes regions."""

from collections import Counter
from collections.abc import Iterable, Mapping

from geoalchemy2.shape import from_shape
from sqlalchemy import select
from sqlalchemy.orm import Session

from service.audit.actions import Action
from service.audit.record import record
from service.regions.loader import Outline
from service.regions.models import Jurisdiction, Region

CGCS2000 = 4490


def load_regions(session: Session, outlines: Iterable[Outline]) -> Mapping[str, int]:
    """Take over outlines: new codes are added, known ones get the new names and shape, none is removed.

    Parcels keep the township they have; a later import or a change of the parcel finds it anew. Returns level → number.
    """
    outlines = list(outlines)
    jurisdictions = {found.code: found for found in session.scalars(select(Jurisdiction).with_for_update())}
    regions = {found.code: found for found in session.scalars(select(Region).with_for_update())}
    for each in outlines:
        if each.level == "jurisdiction":
            area = jurisdictions.setdefault(each.code, Jurisdiction(code=each.code))
            _describe(session, area, each)
    session.flush()
    for each in sorted(outlines, key=lambda outline: outline.level):  # counties before their townships
        if each.level != "jurisdiction":
            region = regions.setdefault(each.code, Region(code=each.code, level=each.level))
            region.parent_id = regions[each.parent].id if each.parent else None
            region.jurisdiction_id = jurisdictions[each.jurisdiction].id if each.jurisdiction else None
            _describe(session, region, each)
            session.flush()  # a county needs its id before a township names it
    loaded: dict[str, int] = dict(Counter(each.level for each in outlines))
    record(session, Action.REGIONS_LOADED, "region", "all", after=loaded)
    return loaded


def _describe(session: Session, area: Jurisdiction | Region, outline: Outline) -> None:
    area.name, area.name_en = outline.name, outline.name_en
    area.geom = from_shape(outline.geom, srid=CGCS2000)
    session.add(area)
