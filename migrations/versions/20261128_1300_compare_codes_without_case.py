"""Compare parcel codes regardless of case: the unique index on codes is exchanged, not added to."""

from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'; SET LOCAL statement_timeout = '10min'")
    op.drop_constraint("uq_parcel_code", "parcel")
    op.execute('CREATE UNIQUE INDEX uq_parcel_code ON parcel (upper(code COLLATE "C"))')
    op.alter_column("document", "subject_id", comment="as ids are compared: Latin letters in upper case")
    op.execute("""UPDATE document SET subject_id = upper(subject_id COLLATE "C") WHERE subject_type = 'parcel'""")


def downgrade() -> None:
    op.alter_column("document", "subject_id", comment=None)
    op.drop_index("uq_parcel_code", "parcel")
    op.create_unique_constraint("uq_parcel_code", "parcel", ["code"])
