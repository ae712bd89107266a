"""Add notices, lots, their events, bidders and offers."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from service.core.migrate import run_script, script

revision = "0014"
down_revision = "0013"


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'; SET LOCAL statement_timeout = '10min'")
    op.create_table(
        "notice",
        sa.Column("id", sa.Integer(), sa.Identity(always=False), nullable=False),
        sa.Column("jurisdiction_id", sa.Integer(), nullable=False),
        sa.Column("centre", sa.Text(), nullable=True, comment="trading centre, key of gis_data/trading_centres"),
        sa.Column("number", sa.Text(), nullable=False, comment="公告文号, e.g. 郑国土资交易告字〔2022〕10号"),
        sa.Column("method", sa.Text(), nullable=False, comment="code list supply_method; the same for all its lots"),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("published_on", sa.Date(), nullable=True, comment="null: a draft"),
        sa.Column("document_id", sa.Integer(), nullable=True),
        sa.Column("amends_id", sa.Integer(), nullable=True, comment="补充公告: the notice it amends"),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("version", sa.Integer(), server_default="1", nullable=False, comment="changes so far, for If-Match"),
        sa.CheckConstraint(
            "method IN ('tender', 'auction', 'listing', 'agreement', 'allocation')", name=op.f("ck_notice_method")
        ),
        sa.ForeignKeyConstraint(["amends_id"], ["notice.id"], name=op.f("fk_notice_amends_id_notice")),
        sa.ForeignKeyConstraint(["document_id"], ["document.id"], name=op.f("fk_notice_document_id_document")),
        sa.ForeignKeyConstraint(
            ["jurisdiction_id"], ["jurisdiction.id"], name=op.f("fk_notice_jurisdiction_id_jurisdiction")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_notice")),
    )
    op.create_index("ix_notice_amends", "notice", ["amends_id"], unique=False, postgresql_where="amends_id IS NOT NULL")
    op.create_index("ix_notice_published_on", "notice", ["published_on", "id"], unique=False)
    op.create_index("uq_notice_number", "notice", ["jurisdiction_id", "number"], unique=True)
    op.create_table(
        "lot",
        sa.Column("id", sa.Integer(), sa.Identity(always=False), nullable=False),
        sa.Column("notice_id", sa.Integer(), nullable=False),
        sa.Column("scheme_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Text(), nullable=False, comment="出让编号, e.g. 郑政东出〔2022〕5号(网)"),
        sa.Column("round", sa.SmallInteger(), server_default="1", nullable=False, comment="轮次 of the scheme, from 1"),
        sa.Column("stage", sa.Text(), server_default="draft", nullable=False),
        sa.Column("hold", sa.Text(), server_default="none", nullable=False),
        sa.Column("held_since", sa.DateTime(timezone=True), nullable=True, comment="of the suspension in force"),
        sa.Column("notice_on", sa.Date(), nullable=True, comment="the day it was announced or publicised"),
        sa.Column("opens_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column(
            "closes_at",
            sa.DateTime(timezone=True),
            nullable=True,
            comment="end of listing or publicity; null: an auction or tender is one session",
        ),
        sa.Column(
            "floor_yuan", sa.Numeric(precision=18, scale=2), nullable=True, comment="底价 as decided by the scheme"
        ),
        sa.Column("start_yuan", sa.Numeric(precision=18, scale=2), nullable=True, comment="起始价"),
        sa.Column("increment_yuan", sa.Numeric(precision=18, scale=2), nullable=True, comment="加价幅度"),
        sa.Column("ceiling_yuan", sa.Numeric(precision=18, scale=2), nullable=True, comment="熔断价; null: none"),
        sa.Column("deposit_yuan", sa.Numeric(precision=18, scale=2), nullable=True, comment="竞买保证金"),
        sa.Column(
            "price_yuan",
            sa.Numeric(precision=18, scale=2),
            nullable=True,
            comment="成交价; of negotiated supply the price agreed",
        ),
        sa.Column("winner", sa.Text(), nullable=True, comment="竞得人; visible by role"),
        sa.Column("ended_on", sa.Date(), nullable=True, comment="the day the round ended, whatever its outcome"),
        sa.Column("sold_on", sa.Date(), nullable=True, comment="摘牌 date; stays when the award is void"),
        sa.Column("confirmed_on", sa.Date(), nullable=True, comment="成交确认书 date"),
        sa.Column("result_on", sa.Date(), nullable=True, comment="the day the result was published"),
        sa.Column("version", sa.Integer(), server_default="1", nullable=False, comment="changes so far, for If-Match"),
        sa.CheckConstraint("hold = 'none' OR stage IN ('announced', 'open', 'publicised')", name=op.f("ck_lot_held")),
        sa.CheckConstraint("hold IN ('none', 'suspended')", name=op.f("ck_lot_hold")),
        sa.CheckConstraint(
            "stage IN ('draft', 'announced', 'open', 'sold', 'publicised', 'awarded', 'concluded', 'failed', 'terminated', 'void')",
            name=op.f("ck_lot_stage"),
        ),
        sa.CheckConstraint(
            "stage NOT IN ('sold', 'void') OR num_nulls(sold_on, price_yuan) = 0", name=op.f("ck_lot_sold")
        ),
        sa.CheckConstraint("closes_at > opens_at", name=op.f("ck_lot_dates")),
        sa.CheckConstraint(
            "floor_yuan >= 0 AND start_yuan >= 0 AND increment_yuan >= 0 AND deposit_yuan >= 0 AND price_yuan >= 0",
            name=op.f("ck_lot_money"),
        ),
        sa.CheckConstraint("round >= 1", name=op.f("ck_lot_round")),
        sa.ForeignKeyConstraint(["notice_id"], ["notice.id"], name=op.f("fk_lot_notice_id_notice")),
        sa.ForeignKeyConstraint(["scheme_id"], ["supply_scheme.id"], name=op.f("fk_lot_scheme_id_supply_scheme")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_lot")),
        sa.UniqueConstraint("scheme_id", "round", name="uq_lot_round"),
    )
    op.create_index(
        "ix_lot_closes_at", "lot", ["closes_at"], unique=False, postgresql_where="stage = 'open' AND hold = 'none'"
    )
    op.create_index("ix_lot_notice", "lot", ["notice_id", "id"], unique=False)
    op.create_index("ix_lot_number", "lot", ["number"], unique=False)
    op.create_index(
        "ix_lot_opens_at", "lot", ["opens_at"], unique=False, postgresql_where="stage = 'announced' AND hold = 'none'"
    )
    op.create_index("ix_lot_sold_on", "lot", ["sold_on"], unique=False, postgresql_where="sold_on IS NOT NULL")
    op.create_index("ix_lot_stage", "lot", ["stage", "id"], unique=False)
    op.create_index(
        "ix_lot_unpublished",
        "lot",
        ["ended_on"],
        unique=False,
        postgresql_where="result_on IS NULL AND stage IN ('sold', 'failed', 'concluded')",
    )
    op.create_index(
        "ix_lot_unconfirmed",
        "lot",
        ["sold_on"],
        unique=False,
        postgresql_where="confirmed_on IS NULL AND stage IN ('sold', 'concluded')",
    )
    op.create_index(
        "uq_lot_live",
        "lot",
        ["scheme_id"],
        unique=True,
        postgresql_where="stage IN ('announced', 'open', 'sold', 'publicised', 'awarded')",
    )
    op.create_table(
        "lot_bidder",
        sa.Column("id", sa.Integer(), sa.Identity(always=False), nullable=False),
        sa.Column("lot_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False, comment="personal or commercial data; visible by role"),
        sa.Column(
            "shares",
            postgresql.ARRAY(sa.Numeric(precision=7, scale=6)),
            server_default="{1}",
            nullable=False,
            comment="of a joint bid, sum 1 (R07)",
        ),
        sa.Column("own_funds", sa.Boolean(), server_default="true", nullable=False, comment="R07"),
        sa.Column("qualified", sa.Boolean(), nullable=True, comment="null: not examined yet"),
        sa.Column("deposit_yuan", sa.Numeric(precision=18, scale=2), nullable=True),
        sa.Column("paid_on", sa.Date(), nullable=True),
        sa.Column("refunded_on", sa.Date(), nullable=True),
        sa.Column("forfeited_on", sa.Date(), nullable=True),
        sa.Column("credited_on", sa.Date(), nullable=True, comment="counted towards the price"),
        sa.Column("version", sa.Integer(), server_default="1", nullable=False, comment="changes so far, for If-Match"),
        sa.CheckConstraint("deposit_yuan >= 0", name=op.f("ck_lot_bidder_deposit")),
        sa.CheckConstraint(
            "num_nonnulls(refunded_on, forfeited_on, credited_on) <= 1", name=op.f("ck_lot_bidder_one_end")
        ),
        sa.ForeignKeyConstraint(["lot_id"], ["lot.id"], name=op.f("fk_lot_bidder_lot_id_lot")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_lot_bidder")),
        sa.UniqueConstraint("lot_id", "name", name="uq_lot_bidder_name"),
    )
    op.create_index("ix_lot_bidder_lot", "lot_bidder", ["lot_id", "id"], unique=False)
    op.create_index(
        "ix_lot_bidder_deposit",
        "lot_bidder",
        ["lot_id"],
        unique=False,
        postgresql_where="paid_on IS NOT NULL AND num_nonnulls(refunded_on, forfeited_on, credited_on) = 0",
    )
    op.create_table(
        "lot_event",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("lot_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("effective_on", sa.Date(), nullable=False, comment="when it is true in law"),
        sa.Column("happened_at", sa.DateTime(timezone=True), nullable=True, comment="to the minute, if known"),
        sa.Column(
            "recorded_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
            comment="when we knew",
        ),
        sa.Column("facts", postgresql.JSONB(astext_type=sa.Text()), server_default="{}", nullable=False),
        sa.Column("actor", sa.Text(), nullable=False),
        sa.Column("document_id", sa.Integer(), nullable=True),
        sa.Column("note", sa.Text(), nullable=True),
        sa.Column("override_reason", sa.Text(), nullable=True, comment="why a blocking rule was set aside"),
        sa.CheckConstraint(
            "effective_on BETWEEN '1949-10-01' AND '2100-01-01'", name=op.f("ck_lot_event_effective_on")
        ),
        sa.CheckConstraint(
            "kind IN ('announce', 'publicise', 'open', 'suspend', 'resume', 'sell', 'award', 'fail', 'terminate', 'void_award', 'conclude', 'amend', 'confirm', 'publish_result')",
            name=op.f("ck_lot_event_kind"),
        ),
        sa.ForeignKeyConstraint(["document_id"], ["document.id"], name=op.f("fk_lot_event_document_id_document")),
        sa.ForeignKeyConstraint(["lot_id"], ["lot.id"], name=op.f("fk_lot_event_lot_id_lot")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_lot_event")),
    )
    op.create_index("ix_lot_event_kind", "lot_event", ["kind", "effective_on"], unique=False)
    op.create_index("ix_lot_event_lot", "lot_event", ["lot_id", "id"], unique=False)
    op.create_table(
        "lot_parcel",
        sa.Column("lot_id", sa.Integer(), nullable=False),
        sa.Column("parcel_id", sa.BigInteger(), nullable=False),
        sa.Column("live", sa.Boolean(), server_default="true", nullable=False),
        sa.ForeignKeyConstraint(["lot_id"], ["lot.id"], name=op.f("fk_lot_parcel_lot_id_lot")),
        sa.ForeignKeyConstraint(["parcel_id"], ["parcel.id"], name=op.f("fk_lot_parcel_parcel_id_parcel")),
        sa.PrimaryKeyConstraint("lot_id", "parcel_id", name=op.f("pk_lot_parcel")),
    )
    op.create_index("ix_lot_parcel_parcel", "lot_parcel", ["parcel_id", "lot_id"], unique=False)
    op.create_index("uq_lot_parcel_live", "lot_parcel", ["parcel_id"], unique=True, postgresql_where="live")
    op.create_table(
        "lot_bid",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("lot_id", sa.Integer(), nullable=False),
        sa.Column("bidder_id", sa.Integer(), nullable=False),
        sa.Column("yuan", sa.Numeric(precision=18, scale=2), nullable=False),
        sa.Column("offered_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("actor", sa.Text(), nullable=False),
        sa.CheckConstraint("yuan > 0", name=op.f("ck_lot_bid_yuan")),
        sa.ForeignKeyConstraint(["bidder_id"], ["lot_bidder.id"], name=op.f("fk_lot_bid_bidder_id_lot_bidder")),
        sa.ForeignKeyConstraint(["lot_id"], ["lot.id"], name=op.f("fk_lot_bid_lot_id_lot")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_lot_bid")),
    )
    op.create_index("ix_lot_bid_lot", "lot_bid", ["lot_id", "yuan"], unique=False)
    run_script(script("0014_listings"))


def downgrade() -> None:
    op.drop_index("ix_lot_bid_lot", table_name="lot_bid")
    op.drop_table("lot_bid")
    op.drop_index("uq_lot_parcel_live", table_name="lot_parcel", postgresql_where="live")
    op.drop_index("ix_lot_parcel_parcel", table_name="lot_parcel")
    op.drop_table("lot_parcel")
    op.drop_index("ix_lot_event_lot", table_name="lot_event")
    op.drop_index("ix_lot_event_kind", table_name="lot_event")
    op.drop_table("lot_event")
    op.drop_index("ix_lot_bidder_lot", table_name="lot_bidder")
    op.drop_table("lot_bidder")
    op.drop_index(
        "uq_lot_live",
        table_name="lot",
        postgresql_where="stage IN ('announced', 'open', 'sold', 'publicised', 'awarded')",
    )
    op.drop_index("ix_lot_stage", table_name="lot")
    op.drop_index("ix_lot_sold_on", table_name="lot", postgresql_where="sold_on IS NOT NULL")
    op.drop_index("ix_lot_opens_at", table_name="lot", postgresql_where="stage = 'announced' AND hold = 'none'")
    op.drop_index("ix_lot_number", table_name="lot")
    op.drop_index("ix_lot_notice", table_name="lot")
    op.drop_index("ix_lot_closes_at", table_name="lot", postgresql_where="stage = 'open' AND hold = 'none'")
    op.drop_table("lot")
    op.drop_index("uq_notice_number", table_name="notice")
    op.drop_index("ix_notice_published_on", table_name="notice")
    op.drop_index("ix_notice_amends", table_name="notice", postgresql_where="amends_id IS NOT NULL")
    op.drop_table("notice")
    op.execute(
        "DROP FUNCTION lot_hold(), lot_agrees(), parcel_agrees(), lot_parcel_agrees(), refuse_disagreement(bigint), "
        "lot_keep_announced() CASCADE"
    )
