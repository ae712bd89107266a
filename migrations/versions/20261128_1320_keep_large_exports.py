"""Keep exports that are made in the background."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    op.create_table(
        "export",
        sa.Column("id", sa.Integer(), sa.Identity(always=False), nullable=False),
        sa.Column("order", postgresql.JSONB(), nullable=False, comment="format, crs, encoding, fields, filter, sort"),
        sa.Column(
            "reach",
            postgresql.ARRAY(sa.Text()),
            nullable=True,
            comment="codes of the jurisdictions that the asker sees; null: all",
        ),
        sa.Column("file_name", sa.Text(), nullable=False),
        sa.Column("status", sa.Text(), server_default="queued", nullable=False),
        sa.Column("done", sa.Integer(), server_default="0", nullable=False, comment="parcels written so far"),
        sa.Column("total", sa.Integer(), nullable=False, comment="parcels selected when it was asked for"),
        sa.Column("attempts", sa.Integer(), server_default="0", nullable=False),
        sa.Column("document_id", sa.Integer(), nullable=True),
        sa.Column("problem", sa.Text(), nullable=True, comment="why a failed export failed, for a person"),
        sa.Column("created_by", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("status IN ('queued', 'running', 'done', 'failed', 'expired')", name="status"),
        sa.ForeignKeyConstraint(["document_id"], ["document.id"], name="fk_export_document_id_document"),
        sa.PrimaryKeyConstraint("id", name="pk_export"),
    )
    op.create_index("ix_export_created_by", "export", ["created_by", "id"])
    op.execute("GRANT SELECT, INSERT, UPDATE, DELETE ON export TO gongdi_app")
    op.execute("GRANT USAGE ON SEQUENCE export_id_seq TO gongdi_app")


def downgrade() -> None:
    op.drop_table("export")
