"""Create the foundation: parcels and their events, regions, imports, documents, accounts, audit, revisions, tiles."""

from pathlib import Path

import sqlalchemy as sa
from alembic import op
from geoalchemy2 import Geometry
from procrastinate.schema import SchemaManager
from sqlalchemy.dialects import postgresql

revision = "0001"
down_revision = None

SQL = Path(__file__).parents[1] / "sql"


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'; SET LOCAL statement_timeout = '10min'")
    op.execute("CREATE EXTENSION IF NOT EXISTS postgis; CREATE EXTENSION IF NOT EXISTS pg_trgm")
    create_tables()
    create_job_queue()
    for name in ("audit", "revisions", "tally", "tiles", "bulk", "reading", "grants"):
        run((SQL / f"{name}.sql").read_text())


def downgrade() -> None:
    op.execute("DROP SCHEMA jobs CASCADE; DROP SCHEMA published CASCADE")
    run(DROP_ALL)


DROP_ALL = """
DO $$
DECLARE what text;
BEGIN
  FOR what IN
    SELECT format('TABLE %s', c.oid::regclass) FROM pg_class c
    WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace AND pg_get_userbyid(relowner) = current_user
      AND relname <> 'alembic_version'
  LOOP EXECUTE format('DROP %s CASCADE', what); END LOOP;
  FOR what IN
    SELECT format('FUNCTION %s', p.oid::regprocedure) FROM pg_proc p
    WHERE pronamespace = 'public'::regnamespace AND pg_get_userbyid(proowner) = current_user
      AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.objid = p.oid AND d.deptype = 'e')
  LOOP EXECUTE format('DROP %s CASCADE', what); END LOOP;
  DROP TYPE parcel_count;
END $$
"""


def run(script: str) -> None:
    """Run a script as it stands: through the driver, which leaves its percent signs alone."""
    driver = op.get_bind().connection.driver_connection
    assert driver is not None  # noqa: S101 - narrows the type: the migration runs on a live connection
    driver.execute(script)


def create_job_queue() -> None:
    """Make procrastinate's own tables, in a schema of their own; its later versions bring their own migrations."""
    op.execute("CREATE SCHEMA jobs; SET LOCAL search_path = jobs, public")
    run(SchemaManager.get_schema())
    op.execute("SET LOCAL search_path = public")


def create_tables() -> None:
    op.create_table(
        "api_key",
        sa.Column("id", sa.Integer(), sa.Identity(always=False), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("token_hash", sa.LargeBinary(), nullable=False, comment="SHA-256 of the key"),
        sa.Column("prefix", sa.Text(), nullable=False, comment="first characters, to recognise a key by"),
        sa.Column("scopes", sa.ARRAY(sa.Text()), nullable=False, comment="read, write"),
        sa.Column("jurisdictions", sa.ARRAY(sa.Text()), nullable=True, comment="codes this key may see; null: all"),
        sa.Column("created_by", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("expires_on", sa.Date(), nullable=True),
        sa.Column("last_used_at", sa.DateTime(timezone=True), nullable=True, comment="to the hour"),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_api_key")),
        sa.UniqueConstraint("name", name=op.f("uq_api_key_name")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_api_key_token_hash")),
    )
    op.create_table(
        "audit_entry",
        sa.Column(
            "seq",
            sa.BigInteger(),
            autoincrement=False,
            nullable=False,
            comment="1, 2, 3 … without gaps; set by the trigger",
        ),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False, comment="set by the trigger"),
        sa.Column("actor", sa.Text(), nullable=False, comment="user name, key:<name>, job:<name>, system:<command>"),
        sa.Column("actor_kind", sa.Text(), nullable=False),
        sa.Column("action", sa.Text(), nullable=False, comment="subject:verb, see audit/actions.py"),
        sa.Column("subject_type", sa.Text(), nullable=False),
        sa.Column("subject_id", sa.Text(), nullable=False),
        sa.Column("before", postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), nullable=True),
        sa.Column("after", postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), nullable=True),
        sa.Column("request_id", sa.Text(), nullable=True),
        sa.Column(
            "hash",
            sa.LargeBinary(),
            nullable=False,
            comment="SHA-256 over the entry and the hash before it; set by the trigger",
        ),
        sa.PrimaryKeyConstraint("seq", name=op.f("pk_audit_entry")),
    )
    op.create_index("ix_audit_entry_action", "audit_entry", ["action", "seq"], unique=False)
    op.create_index("ix_audit_entry_actor", "audit_entry", ["actor", "seq"], unique=False)
    op.create_index("ix_audit_entry_recorded_at", "audit_entry", ["recorded_at"], unique=False)
    op.create_index("ix_audit_entry_subject", "audit_entry", ["subject_type", "subject_id", "seq"], unique=False)
    op.create_table(
        "audit_head",
        sa.Column("id", sa.Boolean(), nullable=False),
        sa.Column("seq", sa.BigInteger(), nullable=False),
        sa.Column("hash", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audit_head")),
    )
    op.create_table(
        "backdrop_feature",
        sa.Column("id", sa.Integer(), sa.Identity(always=False), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=True),
        sa.Column(
            "rank", sa.SmallInteger(), nullable=False, comment="1: seen from afar … 5: street; decides the first zoom"
        ),
        sa.Column("geom", Geometry(srid=3857, spatial_index=False), nullable=False),
        sa.CheckConstraint("kind IN ('water', 'green', 'road')", name=op.f("ck_backdrop_feature_kind")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_backdrop_feature")),
    )
    op.create_index("ix_backdrop_feature_geom", "backdrop_feature", ["geom"], unique=False, postgresql_using="gist")
    op.create_table(
        "document",
        sa.Column("id", sa.Integer(), sa.Identity(always=False), nullable=False),
        sa.Column("subject_type", sa.Text(), nullable=False, comment="parcel, import, …"),
        sa.Column("subject_id", sa.Text(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("file_name", sa.Text(), nullable=False, comment="as the sender called it"),
        sa.Column("media_type", sa.Text(), nullable=False, comment="decided by content, not by the sender"),
        sa.Column("size_bytes", sa.BigInteger(), nullable=False),
        sa.Column("sha256", sa.Text(), nullable=False),
        sa.Column("uploaded_by", sa.Text(), nullable=False),
        sa.Column("uploaded_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_document")),
    )
    op.create_index(op.f("ix_document_sha256"), "document", ["sha256"], unique=False)
    op.create_index("ix_document_subject", "document", ["subject_type", "subject_id"], unique=False)
    op.create_table(
        "idempotency_key",
        sa.Column("actor", sa.Text(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("request_hash", sa.LargeBinary(), nullable=False, comment="SHA-256 of method, path and body"),
        sa.Column("status", sa.Integer(), nullable=True),
        sa.Column("headers", postgresql.JSONB(astext_type=sa.Text()), nullable=True),
        sa.Column("body", sa.LargeBinary(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.PrimaryKeyConstraint("actor", "key", name=op.f("pk_idempotency_key")),
    )
    op.create_index(op.f("ix_idempotency_key_created_at"), "idempotency_key", ["created_at"], unique=False)
    op.create_table(
        "jurisdiction",
        sa.Column("id", sa.Integer(), sa.Identity(always=False), nullable=False),
        sa.Column("code", sa.Text(), nullable=False, comment="local code"),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("name_en", sa.Text(), nullable=False),
        sa.Column("geom", Geometry(geometry_type="MULTIPOLYGON", srid=4490, spatial_index=False), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_jurisdiction")),
        sa.UniqueConstraint("code", name=op.f("uq_jurisdiction_code")),
    )
    op.create_table(
        "login_attempt",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("username", sa.Text(), nullable=False),
        sa.Column("address", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_login_attempt")),
    )
    op.create_index("ix_login_attempt_address", "login_attempt", ["address", "at"], unique=False)
    op.create_index("ix_login_attempt_username", "login_attempt", ["username", "at"], unique=False)
    op.create_table(
        "parcel_tally",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("z", sa.SmallInteger(), nullable=False),
        sa.Column("i", sa.Integer(), nullable=False, comment="cell column, from the left edge of the world"),
        sa.Column("j", sa.Integer(), nullable=False, comment="cell row, from the top edge of the world"),
        sa.Column("jurisdiction_id", sa.Integer(), nullable=False),
        sa.Column("stage", sa.Text(), nullable=False),
        sa.Column("n", sa.Integer(), nullable=False),
        sa.Column("area_m2", sa.Double(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_parcel_tally")),
    )
    op.create_index("ix_parcel_tally_cell", "parcel_tally", ["z", "i", "j"], unique=False)
    op.create_table(
        "region_tally",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("region_id", sa.Integer(), nullable=False),
        sa.Column("jurisdiction_id", sa.Integer(), nullable=False),
        sa.Column("stage", sa.Text(), nullable=False),
        sa.Column("n", sa.Integer(), nullable=False),
        sa.Column("area_m2", sa.Double(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_region_tally")),
    )
    op.create_index("ix_region_tally_region", "region_tally", ["region_id"], unique=False)
    op.create_table(
        "user_account",
        sa.Column("id", sa.Integer(), sa.Identity(always=False), nullable=False),
        sa.Column("username", sa.Text(), nullable=False),
        sa.Column("display_name", sa.Text(), nullable=False),
        sa.Column("role", sa.Text(), nullable=False, comment="see accounts/permissions.py"),
        sa.Column("lead_bureau", sa.Text(), nullable=True, comment="code of the list lead_bureau; of a track officer"),
        sa.Column("jurisdictions", sa.ARRAY(sa.Text()), nullable=True, comment="codes this user may see; null: all"),
        sa.Column("password_hash", sa.Text(), nullable=False, comment="argon2id"),
        sa.Column("is_active", sa.Boolean(), server_default="true", nullable=False),
        sa.Column("last_login_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("version", sa.Integer(), server_default="1", nullable=False),
        sa.CheckConstraint(
            "role <> 'track_officer' OR lead_bureau IS NOT NULL", name=op.f("ck_user_account_track_officer_has_bureau")
        ),
        sa.CheckConstraint(
            "username = lower(username) AND username ~ '^[a-z0-9_.-]{2,40}$'", name=op.f("ck_user_account_username")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_user_account")),
        sa.UniqueConstraint("username", name=op.f("uq_user_account_username")),
    )
    op.create_table(
        "import",
        sa.Column("id", sa.Integer(), sa.Identity(always=False), nullable=False),
        sa.Column("jurisdiction_id", sa.Integer(), nullable=False),
        sa.Column("document_id", sa.Integer(), nullable=False),
        sa.Column("file_name", sa.Text(), nullable=False),
        sa.Column(
            "declared",
            postgresql.JSONB(astext_type=sa.Text()),
            nullable=False,
            comment="what the sender said: crs, encoding, layer",
        ),
        sa.Column("status", sa.Text(), server_default="queued", nullable=False),
        sa.Column("stage", sa.Text(), nullable=True, comment="what a running import is doing"),
        sa.Column("done", sa.Integer(), server_default="0", nullable=False, comment="rows of this stage so far"),
        sa.Column("total", sa.Integer(), nullable=True, comment="rows of the file, once known"),
        sa.Column("attempts", sa.Integer(), server_default="0", nullable=False),
        sa.Column("format", sa.Text(), nullable=True),
        sa.Column("layer", sa.Text(), nullable=True),
        sa.Column("source_crs", sa.Integer(), nullable=True),
        sa.Column("encoding", sa.Text(), nullable=True),
        sa.Column("published", sa.Integer(), server_default="0", nullable=False, comment="parcels made"),
        sa.Column("errors", sa.Integer(), server_default="0", nullable=False),
        sa.Column("warnings", sa.Integer(), server_default="0", nullable=False),
        sa.Column("problem", sa.Text(), nullable=True, comment="why a failed import failed, for a person"),
        sa.Column("created_by", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("stage IN ('reading', 'checking', 'publishing')", name=op.f("ck_import_stage")),
        sa.CheckConstraint(
            "status IN ('queued', 'running', 'published', 'refused', 'failed')", name=op.f("ck_import_status")
        ),
        sa.ForeignKeyConstraint(["document_id"], ["document.id"], name=op.f("fk_import_document_id_document")),
        sa.ForeignKeyConstraint(
            ["jurisdiction_id"], ["jurisdiction.id"], name=op.f("fk_import_jurisdiction_id_jurisdiction")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_import")),
    )
    op.create_index("ix_import_created_at", "import", ["created_at"], unique=False)
    op.create_table(
        "region",
        sa.Column("id", sa.Integer(), sa.Identity(always=False), nullable=False),
        sa.Column("code", sa.Text(), nullable=False, comment="GB/T 2260, 6 or 9 digits; local: a letter first"),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("name_en", sa.Text(), nullable=False),
        sa.Column("level", sa.Text(), nullable=False),
        sa.Column("parent_id", sa.Integer(), nullable=True, comment="county of a township"),
        sa.Column("jurisdiction_id", sa.Integer(), nullable=True, comment="who administers a township"),
        sa.Column("geom", Geometry(geometry_type="MULTIPOLYGON", srid=4490, spatial_index=False), nullable=False),
        sa.CheckConstraint("level IN ('county', 'township')", name=op.f("ck_region_level")),
        sa.ForeignKeyConstraint(
            ["jurisdiction_id"], ["jurisdiction.id"], name=op.f("fk_region_jurisdiction_id_jurisdiction")
        ),
        sa.ForeignKeyConstraint(["parent_id"], ["region.id"], name=op.f("fk_region_parent_id_region")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_region")),
        sa.UniqueConstraint("code", name=op.f("uq_region_code")),
    )
    op.create_index("ix_region_geom", "region", ["geom"], unique=False, postgresql_using="gist")
    op.create_index(op.f("ix_region_jurisdiction_id"), "region", ["jurisdiction_id"], unique=False)
    op.create_index(op.f("ix_region_parent_id"), "region", ["parent_id"], unique=False)
    op.create_table(
        "user_session",
        sa.Column("token_hash", sa.LargeBinary(), nullable=False, comment="SHA-256 of the cookie's value"),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("csrf_token", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("last_seen_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("address", sa.Text(), nullable=True, comment="client address at sign-in"),
        sa.Column("agent", sa.Text(), nullable=True, comment="browser's name for itself, cut to 200"),
        sa.ForeignKeyConstraint(
            ["user_id"], ["user_account.id"], name=op.f("fk_user_session_user_id_user_account"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("token_hash", name=op.f("pk_user_session")),
    )
    op.create_index(op.f("ix_user_session_user_id"), "user_session", ["user_id"], unique=False)
    op.create_table(
        "import_finding",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("import_id", sa.Integer(), nullable=False),
        sa.Column("row", sa.Integer(), nullable=True, comment="row of the file, from 1; null: the whole file"),
        sa.Column("field", sa.Text(), nullable=True),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("severity", sa.Text(), nullable=False),
        sa.Column("message", sa.Text(), nullable=False),
        sa.Column("message_en", sa.Text(), nullable=False),
        sa.Column("value", sa.Text(), nullable=True, comment="the offending value, cut to 200"),
        sa.Column("lon", sa.Double(), nullable=True, comment="degrees, where on the map"),
        sa.Column("lat", sa.Double(), nullable=True),
        sa.CheckConstraint("severity IN ('error', 'warning')", name=op.f("ck_import_finding_severity")),
        sa.ForeignKeyConstraint(
            ["import_id"], ["import.id"], name=op.f("fk_import_finding_import_id_import"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_import_finding")),
    )
    op.create_index("ix_import_finding_import", "import_finding", ["import_id", "id"], unique=False)
    op.create_table(
        "parcel",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("code", sa.Text(), nullable=False, comment="the bureau's own stable parcel number"),
        sa.Column("name", sa.Text(), nullable=True),
        sa.Column("address", sa.Text(), nullable=True, comment="坐落"),
        sa.Column("cadastral_code", sa.Text(), nullable=True, comment="宗地代码, 19 characters, once registered"),
        sa.Column("lot_number", sa.Text(), nullable=True, comment="出让编号, e.g. 郑政东出〔2022〕5号(网)"),
        sa.Column("jurisdiction_id", sa.Integer(), nullable=False),
        sa.Column("county_code", sa.Text(), nullable=True, comment="GB/T 2260, by geometry"),
        sa.Column("region_id", sa.Integer(), nullable=True, comment="township; by geometry, or overridden"),
        sa.Column("region_overridden", sa.Boolean(), server_default="false", nullable=False),
        sa.Column("geom", Geometry(geometry_type="MULTIPOLYGON", srid=4490, spatial_index=False), nullable=False),
        sa.Column(
            "geom_web",
            Geometry(geometry_type="MULTIPOLYGON", srid=3857, spatial_index=False),
            sa.Computed("ST_Transform(geom, 3857)", persisted=True),
            nullable=False,
        ),
        sa.Column(
            "area_legal_m2",
            sa.Numeric(precision=14, scale=2),
            nullable=True,
            comment="m², from the document; never computed",
        ),
        sa.Column(
            "area_plane_m2",
            sa.Numeric(precision=14, scale=2),
            nullable=False,
            comment="m², plane area in the local 3° zone",
        ),
        sa.Column(
            "area_ellipsoid_m2",
            sa.Numeric(precision=14, scale=2),
            nullable=False,
            comment="m², on the CGCS2000 ellipsoid",
        ),
        sa.Column(
            "area_m2",
            sa.Numeric(precision=14, scale=2),
            sa.Computed("coalesce(area_legal_m2, area_plane_m2)", persisted=True),
            nullable=False,
            comment="m², legal where known, else plane",
        ),
        sa.Column("stage", sa.Text(), nullable=False, comment="projection of parcel_event"),
        sa.Column("stage_since", sa.Date(), nullable=False),
        sa.Column("hold", sa.Text(), server_default="none", nullable=False),
        sa.Column("idle", sa.Text(), server_default="none", nullable=False),
        sa.Column("registered_on", sa.Date(), nullable=True, comment="不动产登记 date"),
        sa.Column("land_use_scheme", sa.Text(), nullable=True, comment="code list of the main use"),
        sa.Column("land_use_code", sa.Text(), nullable=True, comment="main use: the component with the largest share"),
        sa.Column("far", postgresql.NUMRANGE(), nullable=True, comment="容积率; open and closed bounds as given"),
        sa.Column("density_pct", postgresql.NUMRANGE(), nullable=True, comment="建筑密度, percent"),
        sa.Column("green_pct", postgresql.NUMRANGE(), nullable=True, comment="绿地率, percent"),
        sa.Column("height_m", postgresql.NUMRANGE(), nullable=True, comment="建筑高度, m"),
        sa.Column(
            "search",
            sa.Text(),
            sa.Computed(
                "lower(code || ' ' || coalesce(name, '') || ' ' || coalesce(lot_number, '') || ' ' || coalesce(cadastral_code, '') || ' ' || coalesce(address, ''))",
                persisted=True,
            ),
            nullable=False,
        ),
        sa.Column("import_id", sa.Integer(), nullable=True, comment="the import that made it"),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("version", sa.Integer(), server_default="1", nullable=False),
        sa.CheckConstraint(
            "cadastral_code ~ '^\\d{12}[GJZ][ABCDEFGHLNSWXY]\\d{5}$'", name=op.f("ck_parcel_cadastral_code")
        ),
        sa.CheckConstraint("hold IN ('none', 'suspended')", name=op.f("ck_parcel_hold")),
        sa.CheckConstraint("idle IN ('none', 'suspected', 'confirmed', 'disposing')", name=op.f("ck_parcel_idle")),
        sa.CheckConstraint(
            "lower(far) >= 0 AND lower(height_m) >= 0 AND density_pct <@ numrange(0, 100, '[]') AND green_pct <@ numrange(0, 100, '[]')",
            name=op.f("ck_parcel_planning_bounds"),
        ),
        sa.CheckConstraint(
            "stage IN ('candidate', 'acquiring', 'reserved', 'cleared', 'scheme_approved', 'publicised', 'announced', 'listed', 'sold', 'contracted', 'paid', 'delivered', 'started', 'completed', 'reclaimed')",
            name=op.f("ck_parcel_stage"),
        ),
        sa.CheckConstraint(
            "ST_XMin(geom) >= 73 AND ST_XMax(geom) <= 136 AND ST_YMin(geom) >= 3 AND ST_YMax(geom) <= 54",
            name=op.f("ck_parcel_inside_china"),
        ),
        sa.CheckConstraint(
            "area_plane_m2 > 0 AND area_ellipsoid_m2 > 0 AND area_legal_m2 > 0", name=op.f("ck_parcel_areas_positive")
        ),
        sa.ForeignKeyConstraint(
            ["jurisdiction_id"], ["jurisdiction.id"], name=op.f("fk_parcel_jurisdiction_id_jurisdiction")
        ),
        sa.ForeignKeyConstraint(["region_id"], ["region.id"], name=op.f("fk_parcel_region_id_region")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_parcel")),
        sa.UniqueConstraint("code", name=op.f("uq_parcel_code")),
    )
    op.create_index("ix_parcel_area", "parcel", ["area_m2", "id"], unique=False)
    op.create_index("ix_parcel_geom_web", "parcel", ["geom_web"], unique=False, postgresql_using="gist")
    op.create_index(
        "ix_parcel_land_use",
        "parcel",
        ["land_use_code"],
        unique=False,
        postgresql_ops={"land_use_code": "text_pattern_ops"},
    )
    op.create_index(
        "ix_parcel_lot_number", "parcel", ["lot_number"], unique=False, postgresql_where="lot_number IS NOT NULL"
    )
    op.create_index("ix_parcel_region", "parcel", ["region_id"], unique=False)
    op.create_index(
        "ix_parcel_search",
        "parcel",
        ["search"],
        unique=False,
        postgresql_using="gin",
        postgresql_ops={"search": "gin_trgm_ops"},
    )
    op.create_index("ix_parcel_stage", "parcel", ["stage"], unique=False)
    op.create_index("ix_parcel_updated_at", "parcel", ["updated_at", "id"], unique=False)
    op.create_index(
        "uq_parcel_cadastral_code",
        "parcel",
        ["cadastral_code"],
        unique=True,
        postgresql_where="cadastral_code IS NOT NULL",
    )
    op.create_table(
        "parcel_event",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("parcel_id", sa.BigInteger(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("effective_on", sa.Date(), nullable=False, comment="when it is true in law"),
        sa.Column(
            "recorded_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
            comment="when we knew",
        ),
        sa.Column("stage", sa.Text(), nullable=True),
        sa.Column("hold", sa.Text(), nullable=True),
        sa.Column("idle", sa.Text(), nullable=True),
        sa.Column("actor", sa.Text(), nullable=False),
        sa.Column("document_id", sa.Integer(), nullable=True),
        sa.Column("note", sa.Text(), nullable=True),
        sa.Column("override_reason", sa.Text(), nullable=True, comment="why a blocking rule was set aside"),
        sa.CheckConstraint(
            "effective_on BETWEEN '1949-10-01' AND '2100-01-01'", name=op.f("ck_parcel_event_effective_on")
        ),
        sa.CheckConstraint("hold IN ('none', 'suspended')", name=op.f("ck_parcel_event_hold")),
        sa.CheckConstraint(
            "idle IN ('none', 'suspected', 'confirmed', 'disposing')", name=op.f("ck_parcel_event_idle")
        ),
        sa.CheckConstraint(
            "kind IN ('propose', 'adopt', 'acquire', 'reserve', 'clear', 'approve_scheme', 'publicise', 'announce', 'open_listing', 'suspend', 'resume', 'sell', 'fail', 'terminate', 'void_award', 'contract', 'rescind', 'pay', 'deliver', 'start', 'complete', 'suspect_idle', 'dismiss_idle', 'confirm_idle', 'dispose_idle', 'end_idle', 'reclaim')",
            name=op.f("ck_parcel_event_kind"),
        ),
        sa.CheckConstraint(
            "stage IN ('candidate', 'acquiring', 'reserved', 'cleared', 'scheme_approved', 'publicised', 'announced', 'listed', 'sold', 'contracted', 'paid', 'delivered', 'started', 'completed', 'reclaimed')",
            name=op.f("ck_parcel_event_stage"),
        ),
        sa.ForeignKeyConstraint(["document_id"], ["document.id"], name=op.f("fk_parcel_event_document_id_document")),
        sa.ForeignKeyConstraint(["parcel_id"], ["parcel.id"], name=op.f("fk_parcel_event_parcel_id_parcel")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_parcel_event")),
    )
    op.create_index("ix_parcel_event_parcel", "parcel_event", ["parcel_id", "effective_on", "id"], unique=False)
    op.create_table(
        "parcel_land_use",
        sa.Column("parcel_id", sa.BigInteger(), nullable=False),
        sa.Column("ordinal", sa.SmallInteger(), nullable=False),
        sa.Column(
            "scheme", sa.Text(), nullable=False, comment="code list, e.g. land_use_2023: digits differ between lists"
        ),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("share", sa.Numeric(precision=5, scale=4), nullable=False, comment="of the parcel's area, 0–1"),
        sa.Column("max_term_years", sa.SmallInteger(), nullable=True),
        sa.CheckConstraint("share > 0 AND share <= 1", name=op.f("ck_parcel_land_use_share")),
        sa.ForeignKeyConstraint(
            ["parcel_id"], ["parcel.id"], name=op.f("fk_parcel_land_use_parcel_id_parcel"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("parcel_id", "ordinal", name=op.f("pk_parcel_land_use")),
    )
    op.create_table(
        "parcel_survey",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("parcel_id", sa.BigInteger(), nullable=False),
        sa.Column("source_crs", sa.Integer(), nullable=False, comment="EPSG code of the delivered coordinates"),
        sa.Column(
            "zone_prefixed",
            sa.Boolean(),
            server_default="false",
            nullable=False,
            comment="easting carried the zone number",
        ),
        sa.Column("geometry", sa.LargeBinary(), nullable=False, comment="WKB in source_crs, easting first"),
        sa.Column(
            "points",
            postgresql.JSONB(none_as_null=True, astext_type=sa.Text()),
            nullable=True,
            comment="boundary points with number and ring, where the file had them",
        ),
        sa.Column("document_id", sa.Integer(), nullable=True),
        sa.Column("source_row", sa.Integer(), nullable=True, comment="row of the file, from 1"),
        sa.Column("surveyed_on", sa.Date(), nullable=True),
        sa.Column("recorded_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.ForeignKeyConstraint(["document_id"], ["document.id"], name=op.f("fk_parcel_survey_document_id_document")),
        sa.ForeignKeyConstraint(
            ["parcel_id"], ["parcel.id"], name=op.f("fk_parcel_survey_parcel_id_parcel"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_parcel_survey")),
    )
    op.create_index(op.f("ix_parcel_survey_parcel_id"), "parcel_survey", ["parcel_id"], unique=False)
