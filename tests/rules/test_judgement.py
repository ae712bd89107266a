"""Findings pass, refuse, or pass because an approver answers for them; hard stops never pass."""

import datetime as dt
from decimal import Decimal

import pytest
from sqlalchemy import text
from sqlalchemy.orm import Session

from service.accounts.access import Actor
from service.accounts.permissions import ROLE_PERMISSIONS, Role
from service.listings import legal
from service.rules.finding import Finding
from service.rules.judgement import LegalRefusal, judge, record_override, refuse
from service.rules.schemas import LegalFinding, Override
from service.schemes import land_law
from service.workdays.calendar import Calendar
from service.workdays.queries import calendar_of
from tests.factories.law import TODAY, days_after, only, rule

BLOCK = only(legal.notice_period(rule("R01"), TODAY, days_after(TODAY, 19)))
WARN = only(legal.notice_period(rule("R01", "tender"), TODAY, days_after(TODAY, 19)))
HARD = only(land_law.planning_conditions(rule("R41"), None))
REASON = Override(reason="市政府会议纪要", document_id=7)


def actor(role: Role) -> Actor:
    return Actor("user", role, role, ROLE_PERMISSIONS[role], None)


@pytest.mark.parametrize(
    ("findings", "role", "override", "passes"),
    [
        ([], Role.LISTING_OFFICER, None, True),
        ([WARN], Role.LISTING_OFFICER, None, True),
        ([BLOCK], Role.LISTING_OFFICER, None, False),
        ([BLOCK], Role.LISTING_OFFICER, REASON, False),
        ([BLOCK], Role.ADMINISTRATOR, REASON, False),
        ([BLOCK], Role.APPROVER, None, False),
        ([BLOCK], Role.APPROVER, REASON, True),
        ([BLOCK, WARN], Role.APPROVER, REASON, True),
        ([HARD], Role.APPROVER, REASON, False),
        ([BLOCK, HARD], Role.APPROVER, REASON, False),
    ],
)
def test_who_may_pass(findings: list[Finding], role: Role, override: Override | None, *, passes: bool) -> None:
    if passes:
        judgement = refuse(findings, override, actor=actor(role))
        assert judgement.overridden == tuple(each for each in findings if each is BLOCK)
        assert set(map(id, judgement.findings)) == set(map(id, findings))
    else:
        with pytest.raises(LegalRefusal):
            refuse(findings, override, actor=actor(role))


def test_only_an_approver_may_override() -> None:
    assert [role for role in Role if "law:override" in ROLE_PERMISSIONS[role]] == [Role.APPROVER]


def test_the_gravest_come_first() -> None:
    ordered = judge([WARN, BLOCK, HARD], overrides=True)
    assert ordered.findings == (HARD, BLOCK, WARN)
    assert (ordered.refused, ordered.overridden) == ((HARD,), (BLOCK,))


def test_a_refusal_tells_everything_that_was_found() -> None:
    with pytest.raises(LegalRefusal) as raised:
        refuse([WARN, BLOCK], actor=actor(Role.LISTING_OFFICER))
    error = raised.value
    assert (error.status, error.code, error.facts["overridable"]) == (409, "legal-rule", True)
    told = error.facts["findings"]
    assert isinstance(told, list)
    assert told[0] == {
        "rule": "R01",
        "severity": "block",
        "hard": False,
        "verified": True,
        "provisional": False,
        "title": "公告期",
        "title_en": "Notice before the sale",
        "message": "公告至开始:2022-11-15 至 2022-12-04(相隔 19 日),不足 20 日",
        "message_en": "notice to start: 2022-11-15 to 2022-12-04 (19 days apart), less than 20 days",
        "source": "苏州市国有建设用地使用权网上挂牌出让规则 第9条；城市拍卖出让规定（拍卖前20日公告）；"
        "国土资源部令第39号 第8条(未核实)",
        "source_en": "Suzhou rules on online listings, art. 9; A city's rules on auctions; "
        "Order 39 of the Ministry of Land and Resources, art. 8 (not verified)",
        "figures": [
            {"name": "begins_on", "title": "开始日期", "title_en": "begins on", "value": "2022-11-15", "unit": "date"},
            {"name": "ends_on", "title": "结束日期", "title_en": "ends on", "value": "2022-12-04", "unit": "date"},
            {"name": "days", "title": "天数", "title_en": "days", "value": "19", "unit": "day"},
            {"name": "due_on", "title": "期限", "title_en": "due on", "value": "2022-12-05", "unit": "date"},
        ],
        "satisfied_by": "不早于 2022-12-05",
        "satisfied_by_en": "2022-12-05 or later",
    }
    assert told[1]["verified"] is False
    assert "例外须由审批人员" in error.zh


def test_a_hard_stop_names_no_way_round() -> None:
    with pytest.raises(LegalRefusal) as raised:
        refuse([HARD], REASON, actor=actor(Role.APPROVER))
    assert raised.value.facts["overridable"] is False
    assert "不能例外" in raised.value.zh


@pytest.mark.parametrize(("ended", "provisional"), [("2022-12-20", False), ("2022-12-28", True)])
def test_a_day_that_leans_on_a_year_without_a_calendar_says_so(ended: str, *, provisional: bool) -> None:
    on, known = dt.date.fromisoformat(ended), Calendar({}, {2022})
    late = only(legal.refund(rule("R15"), on, None, today=dt.date(2023, 3, 1), calendar=known))
    assert (late.provisional, LegalFinding.of(late).provisional) == (provisional, provisional)
    earliest = land_law.pre_notice(rule("R50"), on, dt.date(2022, 12, 29), known)
    assert only(earliest).provisional


def test_a_calendar_day_leans_on_no_calendar() -> None:
    assert not BLOCK.provisional


def test_checks_take_the_calendar_that_the_database_keeps(session: Session) -> None:
    kept = calendar_of(session)
    assert legal.refund_due(rule("R15"), dt.date(2022, 9, 29), kept) == kept.add_workdays(dt.date(2022, 9, 29), 5)


def test_money_is_told_exactly() -> None:
    found = only(legal.deposit(rule("R03"), Decimal("1E+3"), floor=Decimal("10000.50")))
    assert {each.name: each.value for each in LegalFinding.of(found).figures} == {
        "deposit": "1000",
        "floor": "10000.50",
        "least": "2000.10",
    }


def test_an_override_is_written_down_with_rule_figures_and_document(session: Session) -> None:
    session.info["actor"] = actor(Role.APPROVER)
    judgement = refuse([BLOCK], REASON, actor=actor(Role.APPROVER))
    record_override(session, judgement, REASON, "parcel", "ZDJC-001-01")
    (entry,) = session.info["audit_entries"]
    for told in (b"law:overridden", b"R01", b"2022-12-05", b'"document_id":7', "市政府会议纪要".encode()):
        assert told in entry.row
    assert session.execute(text("SELECT 1")).scalar() == 1
