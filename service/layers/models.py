"""Tables that only the map reads: the bureau's own base map, and counts of parcels by grid cell."""

from geoalchemy2 import Geometry, WKBElement
from sqlalchemy import BigInteger, CheckConstraint, Double, Identity, Index, Integer, SmallInteger, Text
from sqlalchemy.orm import Mapped, mapped_column

from service.core.db import Base


class BackdropFeature(Base):
    """A lake, park or road of the base map. No outside base map is ever asked for."""

    __tablename__ = "backdrop_feature"
    __table_args__ = (
        CheckConstraint("kind IN ('water', 'green', 'road')", name="kind"),
        Index("ix_backdrop_feature_geom", "geom", postgresql_using="gist"),
    )

    id: Mapped[int] = mapped_column(Integer, Identity(), primary_key=True)
    kind: Mapped[str] = mapped_column(Text)
    name: Mapped[str | None] = mapped_column(Text)
    rank: Mapped[int] = mapped_column(SmallInteger, comment="1: seen from afar … 5: street; decides the first zoom")
    geom: Mapped[WKBElement] = mapped_column(Geometry("GEOMETRY", srid=3857, spatial_index=False))


class ParcelTally(Base):
    """Parcels counted by map cell and stage, for zooms where single parcels are too many.

    A cell is 1/32 of the side of a tile of zoom `z`. Rows are only added, one set a statement, by a trigger on `parcel`
    (migrations/sql/tally.sql), with minus counts for what left; the sum is exact at every commit.
    """

    __tablename__ = "parcel_tally"
    __table_args__ = (Index("ix_parcel_tally_cell", "z", "i", "j"),)

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    z: Mapped[int] = mapped_column(SmallInteger)
    i: Mapped[int] = mapped_column(Integer, comment="cell column, from the left edge of the world")
    j: Mapped[int] = mapped_column(Integer, comment="cell row, from the top edge of the world")
    jurisdiction_id: Mapped[int] = mapped_column(Integer)
    stage: Mapped[str] = mapped_column(Text)
    n: Mapped[int] = mapped_column(Integer)
    area_m2: Mapped[float] = mapped_column(Double)
