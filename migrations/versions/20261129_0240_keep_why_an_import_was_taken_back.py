"""Keep who took an import back, and the approver's word where boundaries went back that others are concerned by."""

import sqlalchemy as sa
from alembic import op

revision = "0024"
down_revision = "0023"


_DECIDED = "who published, discarded or undid it"
_DECIDED_ON_STAGED = "who published or discarded it"


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.alter_column("import", "decided_by", comment=_DECIDED_ON_STAGED, existing_comment=_DECIDED)
    op.add_column("import", sa.Column("undone_by", sa.Text(), nullable=True, comment="who undid it, or asked to"))
    op.execute("UPDATE import SET undone_by = decided_by WHERE status = 'undone'")
    op.add_column(
        "import",
        sa.Column("undo_reason", sa.Text(), nullable=True, comment="why boundaries that concern others could go back"),
    )
    op.add_column("import", sa.Column("undo_document_id", sa.Integer(), nullable=True))
    op.create_foreign_key(
        op.f("fk_import_undo_document_id_document"), "import", "document", ["undo_document_id"], ["id"]
    )


def downgrade() -> None:
    op.drop_constraint(op.f("fk_import_undo_document_id_document"), "import")
    op.drop_column("import", "undo_document_id")
    op.drop_column("import", "undo_reason")
    op.drop_column("import", "undone_by")
    op.alter_column("import", "decided_by", comment=_DECIDED, existing_comment=_DECIDED_ON_STAGED)
