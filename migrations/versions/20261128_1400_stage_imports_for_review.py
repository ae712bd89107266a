"""Stage imports for review: staged rows with their differences, what a publication changed, saved field maps."""

import sqlalchemy as sa
from alembic import op
from geoalchemy2 import Geometry
from sqlalchemy.dialects import postgresql

from service.core.migrate import run_script, script

revision = "0008"
down_revision = "0007"

STATUSES = ("queued", "running", "published", "refused", "failed")
STATUSES_NOW = (
    "queued",
    "running",
    "staged",
    "publishing",
    "published",
    "undoing",
    "undone",
    "refused",
    "failed",
    "discarded",
)
STAGES = ("reading", "checking", "publishing")
STAGES_NOW = ("reading", "checking", "staging", "publishing")


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'")
    allow(STATUSES_NOW, STAGES_NOW)
    op.add_column(
        "import",
        sa.Column(
            "mode",
            sa.Text(),
            server_default="direct",
            nullable=False,
            comment="direct: published at once; review: staged first",
        ),
    )
    op.create_check_constraint(op.f("ck_import_mode"), "import", "mode IN ('direct', 'review')")
    op.add_column(
        "import",
        sa.Column(
            "mapping",
            postgresql.JSONB(none_as_null=True),
            nullable=True,
            comment="what each column of the file fills; null: by the field maps",
        ),
    )
    op.add_column(
        "import",
        sa.Column(
            "repairs",
            postgresql.JSONB(),
            server_default="[]",
            nullable=False,
            comment="repairs that were chosen: row, code, key, the shape made",
        ),
    )
    op.add_column(
        "import",
        sa.Column(
            "summary",
            postgresql.JSONB(none_as_null=True),
            nullable=True,
            comment="rows by what publishing does to their parcels, and the box they lie in",
        ),
    )
    op.add_column(
        "import", sa.Column("version", sa.Integer(), server_default="1", nullable=False, comment="acts on it so far")
    )
    op.add_column(
        "import", sa.Column("decided_by", sa.Text(), nullable=True, comment="who published, discarded or undid it")
    )
    op.alter_column("import", "published", comment="parcels made or changed")
    create_staged_parcel()
    create_import_change()
    create_field_map()
    run_script(script("0008_review"))


def downgrade() -> None:
    op.execute("DROP FUNCTION parcel_withdraw(int)")
    for table in ("field_map", "import_change", "staged_parcel"):
        op.drop_table(table)
    op.execute(
        "UPDATE import SET status = 'failed' WHERE status NOT IN ('queued', 'running', 'published', 'refused', 'failed')"
    )
    op.execute("UPDATE import SET stage = 'checking' WHERE stage = 'staging'")
    for column in ("decided_by", "version", "summary", "repairs", "mapping", "mode"):
        op.drop_column("import", column)
    op.alter_column("import", "published", comment="parcels made")
    allow(STATUSES, STAGES)


def allow(statuses: tuple[str, ...], stages: tuple[str, ...]) -> None:
    """Say anew where an import may stand."""
    for column, values in (("status", statuses), ("stage", stages)):
        listed = ", ".join(f"'{value}'" for value in values)
        op.execute(
            f"ALTER TABLE import DROP CONSTRAINT ck_import_{column}, ADD CONSTRAINT ck_import_{column} CHECK ({column} IN ({listed}))"
        )


def create_staged_parcel() -> None:
    op.create_table(
        "staged_parcel",
        sa.Column("import_id", sa.Integer(), nullable=False),
        sa.Column("row", sa.Integer(), autoincrement=False, nullable=False, comment="of the file, from 1"),
        sa.Column("action", sa.Text(), nullable=False, comment="what publishing does"),
        sa.Column("parcel_id", sa.BigInteger(), nullable=True, comment="the parcel that has this code already"),
        sa.Column("parcel_version", sa.Integer(), nullable=True, comment="as it was compared; a later one is refused"),
        sa.Column(
            "changes",
            postgresql.JSONB(none_as_null=True),
            nullable=True,
            comment="field → before and after, of an existing parcel",
        ),
        sa.Column(
            "moved_m2",
            sa.Double(),
            nullable=True,
            comment="m² in one of the two shapes only; null: same shape, or too complex to tell",
        ),
        sa.Column("geom", Geometry("MULTIPOLYGON", srid=4490, spatial_index=False), nullable=True),
        sa.Column("faulty", sa.LargeBinary(), nullable=True, comment="WKB (EPSG:4490) of a shape that has a fault"),
        sa.Column("repair", sa.Text(), nullable=True, comment="keys of the repairs that were chosen for the shape"),
        sa.Column("area_plane_m2", sa.Numeric(14, 2), nullable=True),
        sa.Column("area_ellipsoid_m2", sa.Numeric(14, 2), nullable=True),
        sa.Column("survey", sa.LargeBinary(), nullable=True, comment="WKB as delivered, easting first"),
        sa.Column("points", postgresql.JSONB(none_as_null=True), nullable=True),
        sa.Column("surveyed_on", sa.Date(), nullable=True),
        sa.Column("code", sa.Text(), nullable=True, comment="of the parcel, where it exists; else as the file has it"),
        sa.Column("name", sa.Text(), nullable=True),
        sa.Column("address", sa.Text(), nullable=True),
        sa.Column("cadastral_code", sa.Text(), nullable=True),
        sa.Column("lot_number", sa.Text(), nullable=True),
        sa.Column("registered_on", sa.Date(), nullable=True),
        sa.Column("area_legal_m2", sa.Numeric(14, 2), nullable=True),
        sa.Column("land_use_scheme", sa.Text(), nullable=True),
        sa.Column("land_use_code", sa.Text(), nullable=True),
        sa.Column("far", postgresql.NUMRANGE(), nullable=True),
        sa.Column("density_pct", postgresql.NUMRANGE(), nullable=True),
        sa.Column("green_pct", postgresql.NUMRANGE(), nullable=True),
        sa.Column("height_m", postgresql.NUMRANGE(), nullable=True),
        sa.Column("region_id", sa.Integer(), nullable=True),
        sa.Column("county_code", sa.Text(), nullable=True),
        sa.Column("stage", sa.Text(), nullable=True),
        sa.Column("stage_since", sa.Date(), nullable=True),
        sa.Column("hold", sa.Text(), nullable=True),
        sa.CheckConstraint(
            "action IN ('added', 'geometry', 'attributes', 'same')", name=op.f("ck_staged_parcel_action")
        ),
        sa.ForeignKeyConstraint(
            ["import_id"], ["import.id"], name=op.f("fk_staged_parcel_import_id_import"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("import_id", "row", name=op.f("pk_staged_parcel")),
    )
    op.create_index("ix_staged_parcel_action", "staged_parcel", ["import_id", "action", "row"])
    op.create_index("ix_staged_parcel_geom", "staged_parcel", ["geom"], postgresql_using="gist")


def create_import_change() -> None:
    op.create_table(
        "import_change",
        sa.Column("import_id", sa.Integer(), nullable=False),
        sa.Column("parcel_id", sa.BigInteger(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False, comment="of the parcel, as published"),
        sa.Column("before", postgresql.JSONB(), nullable=False, comment="the columns as they were, numbers as text"),
        sa.Column("land_uses", postgresql.JSONB(), nullable=False, comment="components as they were"),
        sa.Column(
            "geom",
            Geometry("MULTIPOLYGON", srid=4490, spatial_index=False),
            nullable=True,
            comment="as it was; null: not changed",
        ),
        sa.Column("survey_id", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(
            ["import_id"], ["import.id"], name=op.f("fk_import_change_import_id_import"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["parcel_id"], ["parcel.id"], name=op.f("fk_import_change_parcel_id_parcel"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["survey_id"],
            ["parcel_survey.id"],
            name=op.f("fk_import_change_survey_id_parcel_survey"),
            ondelete="SET NULL",
        ),
        sa.PrimaryKeyConstraint("import_id", "parcel_id", name=op.f("pk_import_change")),
    )
    op.create_index("ix_import_change_parcel", "import_change", ["parcel_id"])
    op.create_index("ix_import_change_survey", "import_change", ["survey_id"])


def create_field_map() -> None:
    op.create_table(
        "field_map",
        sa.Column("id", sa.Integer(), sa.Identity(always=False), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("jurisdiction_id", sa.Integer(), nullable=True, comment="null: for all"),
        sa.Column("columns", postgresql.JSONB(), nullable=False, comment="column of the file → field, as mapping.py"),
        sa.Column("created_by", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.ForeignKeyConstraint(
            ["jurisdiction_id"], ["jurisdiction.id"], name=op.f("fk_field_map_jurisdiction_id_jurisdiction")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_field_map")),
        sa.UniqueConstraint("name", name=op.f("uq_field_map_name")),
    )
    op.create_index("ix_field_map_jurisdiction", "field_map", ["jurisdiction_id"])
