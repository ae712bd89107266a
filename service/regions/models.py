"""Areas a parcel lies in. A jurisdiction (e.g. 郑东新区管委会) is not a county: it may span several."""

from geoalchemy2 import Geometry, WKBElement
from sqlalchemy import CheckConstraint, ForeignKey, Identity, Index, Integer, Text
from sqlalchemy.orm import Mapped, mapped_column

from service.core.db import Base


def _area() -> Geometry:
    return Geometry("MULTIPOLYGON", srid=4490, spatial_index=False)


class Jurisdiction(Base):
    """管辖区: whose land supply this is; the unit of access."""

    __tablename__ = "jurisdiction"

    id: Mapped[int] = mapped_column(Integer, Identity(), primary_key=True)
    code: Mapped[str] = mapped_column(Text, unique=True, comment="local code")
    name: Mapped[str] = mapped_column(Text)
    name_en: Mapped[str] = mapped_column(Text)
    geom: Mapped[WKBElement | None] = mapped_column(_area())


class Region(Base):
    """A county (县级行政区) or a township (乡镇、办事处)."""

    __tablename__ = "region"
    __table_args__ = (
        CheckConstraint("level IN ('county', 'township')", name="level"),
        Index("ix_region_geom", "geom", postgresql_using="gist"),
    )

    id: Mapped[int] = mapped_column(Integer, Identity(), primary_key=True)
    code: Mapped[str] = mapped_column(Text, unique=True, comment="GB/T 2260, 6 or 9 digits; local: a letter first")
    name: Mapped[str] = mapped_column(Text)
    name_en: Mapped[str] = mapped_column(Text)
    level: Mapped[str] = mapped_column(Text)
    parent_id: Mapped[int | None] = mapped_column(ForeignKey("region.id"), index=True, comment="county of a township")
    jurisdiction_id: Mapped[int | None] = mapped_column(
        ForeignKey(Jurisdiction.id), index=True, comment="who administers a township"
    )
    geom: Mapped[WKBElement] = mapped_column(_area())
