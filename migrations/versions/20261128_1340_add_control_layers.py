"""Add control layers, what they mean for parcels, and imports that bring them."""

import sqlalchemy as sa
from alembic import op
from geoalchemy2 import Geometry
from sqlalchemy.dialects import postgresql

from service.core.migrate import run_script, script

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'; SET LOCAL statement_timeout = '10min'")
    op.create_table(
        "overlay_run",
        sa.Column("id", sa.Integer(), sa.Identity(always=False), nullable=False),
        sa.Column("parcel_ids", sa.ARRAY(sa.BigInteger()), nullable=True, comment="null: every visible parcel"),
        sa.Column("jurisdictions", sa.ARRAY(sa.Text()), nullable=True, comment="the starter's; null: all"),
        sa.Column("status", sa.Text(), server_default="queued", nullable=False),
        sa.Column("done", sa.Integer(), server_default="0", nullable=False, comment="parcels so far"),
        sa.Column("total", sa.Integer(), nullable=True),
        sa.Column("problem", sa.Text(), nullable=True, comment="why a failed run failed, for a person"),
        sa.Column("created_by", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("status IN ('queued', 'running', 'done', 'failed')", name=op.f("ck_overlay_run_status")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_overlay_run")),
    )
    op.create_index("ix_overlay_run_created_at", "overlay_run", ["created_at"], unique=False)
    op.create_table(
        "control_layer",
        sa.Column("id", sa.Integer(), sa.Identity(always=False), nullable=False),
        sa.Column("jurisdiction_id", sa.Integer(), nullable=False, comment="whose parcels it governs"),
        sa.Column("type", sa.Text(), nullable=False, comment="key of gis_data/constraints"),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False, comment="from 1; counts the imports under this name"),
        sa.Column("source", sa.Text(), nullable=False, comment="who issued it, with the number of the document"),
        sa.Column("dated_on", sa.Date(), nullable=False, comment="of the data, as its document says"),
        sa.Column("document_id", sa.Integer(), nullable=False, comment="the file it came in"),
        sa.Column("import_id", sa.Integer(), nullable=False),
        sa.Column("imported_by", sa.Text(), nullable=False),
        sa.Column("features", sa.Integer(), nullable=False, comment="how many areas it has"),
        sa.Column("published_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column(
            "superseded_at",
            sa.DateTime(timezone=True),
            nullable=True,
            comment="when a newer version replaced it; null: in force",
        ),
        sa.ForeignKeyConstraint(["document_id"], ["document.id"], name=op.f("fk_control_layer_document_id_document")),
        sa.ForeignKeyConstraint(
            ["jurisdiction_id"], ["jurisdiction.id"], name=op.f("fk_control_layer_jurisdiction_id_jurisdiction")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_control_layer")),
        sa.UniqueConstraint("jurisdiction_id", "type", "name", "version", name="uq_control_layer_version"),
    )
    op.create_index("ix_control_layer_document", "control_layer", ["document_id"], unique=False)
    op.create_index(
        "uq_control_layer_current",
        "control_layer",
        ["jurisdiction_id", "type", "name"],
        unique=True,
        postgresql_where="superseded_at IS NULL",
    )
    op.create_table(
        "control_feature",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("layer_id", sa.Integer(), nullable=False),
        sa.Column("row", sa.Integer(), nullable=False, comment="row of the file, from 1"),
        sa.Column("name", sa.Text(), nullable=True),
        sa.Column(
            "attributes", postgresql.JSONB(astext_type=sa.Text()), nullable=False, comment="the file's own columns"
        ),
        sa.Column("geom", Geometry("MULTIPOLYGON", srid=4490, spatial_index=False), nullable=False),
        sa.Column(
            "geom_web",
            Geometry("MULTIPOLYGON", srid=3857, spatial_index=False),
            sa.Computed("ST_Transform(geom, 3857)", persisted=True),
            nullable=False,
        ),
        sa.CheckConstraint(
            "ST_XMin(geom) >= 73 AND ST_XMax(geom) <= 136 AND ST_YMin(geom) >= 3 AND ST_YMax(geom) <= 54",
            name=op.f("ck_control_feature_inside_china"),
        ),
        sa.ForeignKeyConstraint(
            ["layer_id"],
            ["control_layer.id"],
            name=op.f("fk_control_feature_layer_id_control_layer"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_control_feature")),
    )
    op.create_index(
        "ix_control_feature_geom_web", "control_feature", ["geom_web"], unique=False, postgresql_using="gist"
    )
    op.create_index("ix_control_feature_layer", "control_feature", ["layer_id", "row"], unique=False)
    op.create_table(
        "control_piece",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("layer_id", sa.Integer(), nullable=False),
        sa.Column("feature_id", sa.BigInteger(), nullable=False),
        sa.Column("geom", Geometry("MULTIPOLYGON", srid=4490, spatial_index=False), nullable=False),
        sa.ForeignKeyConstraint(
            ["feature_id"],
            ["control_feature.id"],
            name=op.f("fk_control_piece_feature_id_control_feature"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["layer_id"], ["control_layer.id"], name=op.f("fk_control_piece_layer_id_control_layer"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_control_piece")),
    )
    op.create_index("ix_control_piece_feature", "control_piece", ["feature_id"], unique=False)
    op.create_index("ix_control_piece_geom", "control_piece", ["geom"], unique=False, postgresql_using="gist")
    op.create_index("ix_control_piece_layer", "control_piece", ["layer_id"], unique=False)
    op.create_table(
        "overlay_check",
        sa.Column("parcel_id", sa.BigInteger(), nullable=False),
        sa.Column("shape", sa.UUID(), nullable=False, comment="MD5 of the parcel's geometry that was compared"),
        sa.Column("layers", sa.ARRAY(sa.Integer()), nullable=False, comment="the versions compared with, rising"),
        sa.Column("computed_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("computed_by", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["parcel_id"], ["parcel.id"], name=op.f("fk_overlay_check_parcel_id_parcel"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("parcel_id", name=op.f("pk_overlay_check")),
    )
    op.create_table(
        "overlay_result",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("parcel_id", sa.BigInteger(), nullable=False),
        sa.Column("layer_id", sa.Integer(), nullable=False),
        sa.Column("rule", sa.Text(), nullable=False, comment="as the type said on that day"),
        sa.Column("inside", sa.Boolean(), nullable=False, comment="the land lies inside the layer; false: outside it"),
        sa.Column(
            "area_m2",
            sa.Numeric(precision=14, scale=2),
            nullable=False,
            comment="m², plane area of that land, local 3° zone",
        ),
        sa.Column("share", sa.Double(), nullable=False, comment="of the parcel's plane area, 0–1"),
        sa.Column(
            "features", postgresql.JSONB(astext_type=sa.Text()), nullable=False, comment="names of the areas touched"
        ),
        sa.Column("geom", Geometry("MULTIPOLYGON", srid=4490, spatial_index=False), nullable=False),
        sa.CheckConstraint("rule IN ('forbidden', 'needs_procedure', 'allowed')", name=op.f("ck_overlay_result_rule")),
        sa.CheckConstraint("area_m2 > 0 AND share > 0 AND share <= 1", name=op.f("ck_overlay_result_area")),
        sa.ForeignKeyConstraint(
            ["layer_id"], ["control_layer.id"], name=op.f("fk_overlay_result_layer_id_control_layer")
        ),
        sa.ForeignKeyConstraint(
            ["parcel_id"],
            ["overlay_check.parcel_id"],
            name=op.f("fk_overlay_result_parcel_id_overlay_check"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_overlay_result")),
        sa.UniqueConstraint("parcel_id", "layer_id", name="uq_overlay_result_parcel"),
    )
    op.create_index("ix_overlay_result_layer", "overlay_result", ["layer_id"], unique=False)
    op.create_index("ix_overlay_result_rule", "overlay_result", ["rule"], unique=False)
    op.add_column(
        "import",
        sa.Column(
            "control",
            postgresql.JSONB(none_as_null=True, astext_type=sa.Text()),
            nullable=True,
            comment="type, name, source, dated_on of a control layer; null: a file of parcels",
        ),
    )
    run_script(script("0006_constraints"))


def downgrade() -> None:
    op.execute("DROP FUNCTION control_tile(int, int, int, int[])")
    op.execute("DELETE FROM revision WHERE name = 'control'")
    op.execute("DROP TABLE overlay_run, overlay_result, overlay_check, control_piece, control_feature, control_layer")
    op.drop_column("import", "control")
