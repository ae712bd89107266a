"""Keep an approver's word for an import that moves boundaries others are concerned by: with it and with each survey."""

import sqlalchemy as sa
from alembic import op

revision = "0023"
down_revision = "0022"

_ACTOR = "who recorded it; of a survey by hand"
_ACTOR_OR_APPROVER = "who recorded it; of a survey by hand, or one that an approver answers for"


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.add_column(
        "import",
        sa.Column("override_reason", sa.Text(), nullable=True, comment="why boundaries that concern others could move"),
    )
    op.add_column("import", sa.Column("override_document_id", sa.Integer(), nullable=True))
    op.create_foreign_key(
        op.f("fk_import_override_document_id_document"), "import", "document", ["override_document_id"], ["id"]
    )
    op.add_column(
        "parcel_survey",
        sa.Column(
            "override_document_id",
            sa.Integer(),
            nullable=True,
            comment="of an import: the document that the approver's reason rests on",
        ),
    )
    op.create_foreign_key(
        op.f("fk_parcel_survey_override_document_id_document"),
        "parcel_survey",
        "document",
        ["override_document_id"],
        ["id"],
    )
    op.alter_column("parcel_survey", "actor", comment=_ACTOR_OR_APPROVER, existing_comment=_ACTOR)


def downgrade() -> None:
    op.alter_column("parcel_survey", "actor", comment=_ACTOR, existing_comment=_ACTOR_OR_APPROVER)
    for table in ("parcel_survey", "import"):
        op.drop_constraint(op.f(f"fk_{table}_override_document_id_document"), table)
        op.drop_column(table, "override_document_id")
    op.drop_column("import", "override_reason")
