"""Notices and lots over HTTP: the whole course, what each role sees, versions, as of a day."""

import datetime as dt
from collections.abc import Callable
from typing import Any

import psycopg
import pytest

from service.accounts.access import system
from service.core.db import Database
from service.listings import queries
from service.schemes.methods import Method
from service.schemes.models import SupplyScheme
from tests.caller import Caller
from tests.factories.listings import (
    FLOOR,
    act,
    bid,
    bidder,
    make_announced,
    make_draft,
    make_notice,
    make_open,
    make_scheme,
    make_sold,
)
from tests.factories.schemes import make_document

As = Callable[..., Caller]
D = dt.date
ACTOR = system("test")
PRICE = "100000000.00"
TERMS = {
    "opens_at": "2022-10-21T09:00:00+08:00",
    "closes_at": "2022-11-01T15:00:00+08:00",
    "start_yuan": 100_000_000,
    "increment_yuan": 1_000_000,
    "deposit_yuan": 20_000_000,
}


def version(answer: Any) -> dict[str, str]:  # noqa: ANN401 - the client's own type
    return {"If-Match": answer.headers["etag"]}


def test_a_lot_goes_its_way_over_http(as_role: As, database: Database) -> None:
    with database.write(ACTOR) as session:
        scheme = make_scheme(session).id
    officer = as_role("listing_officer")
    new = {"jurisdiction": "ZDXQ", "method": "listing", "number": "告字〔2022〕1号", "title": "出让公告"}
    notice = officer.post("/api/v1/notices", json={**new, "centre": "zhengzhou"})
    assert notice.status_code == 201, notice.text
    at = f"/api/v1/notices/{notice.json()['id']}"
    assert officer.post("/api/v1/notices", json=new).json()["code"] == "notice-number-taken"
    lot = officer.post(
        f"{at}/lots",
        json={"scheme_id": scheme, "number": "郑政东出〔2022〕1号(网)", "terms": TERMS},
        headers=version(notice),
    )
    assert lot.status_code == 201, lot.text
    here = f"/api/v1/lots/{lot.json()['id']}"
    notice = officer.get(at)
    late = {"effective_on": "2022-10-02", "trial": True}
    trial = officer.post(f"{at}/publication", json=late, headers=version(notice))
    assert (trial.json()["blocked"], trial.json()["lots"][0]["findings"][0]["rule"]) == (True, "R01")
    refused = officer.post(f"{at}/publication", json={"effective_on": "2022-10-02"}, headers=version(notice))
    assert (refused.status_code, refused.json()["code"], refused.json()["findings"][0]["rule"]) == (
        409,
        "legal-rule",
        "R01",
    )
    done = officer.post(f"{at}/publication", json={"effective_on": "2022-10-01"}, headers=version(notice))
    assert (done.status_code, done.json()["notice"]["published_on"]) == (200, "2022-10-01"), done.text
    assert officer.patch(at, json={"title": "改"}, headers=version(done)).json()["code"] == "notice-published"

    _sell(officer, here)


def _sell(officer: Caller, here: str) -> None:
    lot = officer.get(here)
    opened = officer.post(f"{here}/events", json={"kind": "open", "effective_on": "2022-10-21"}, headers=version(lot))
    assert opened.json()["lot"]["stage"] == "open", opened.text
    who = officer.post(
        f"{here}/bidders",
        json={"name": "甲", "qualified": True, "deposit_yuan": 20_000_000, "paid_on": "2022-10-20"},
    )
    assert who.status_code == 201, who.text
    offer = {"bidder_id": who.json()["bidder"]["id"], "yuan": 100_000_000, "offered_at": "2022-10-25T10:00:00+08:00"}
    assert officer.post(f"{here}/bids", json=offer).status_code == 201
    low = officer.post(f"{here}/bids", json={**offer, "yuan": 100_500_000})
    assert (low.status_code, low.json()["code"], low.json()["least"]) == (409, "offer-refused", "101000000.00")
    lot = officer.get(here)
    sold = officer.post(f"{here}/events", json={"kind": "sell", "effective_on": "2022-11-01"}, headers=version(lot))
    assert sold.json()["lot"]["winner"] == "甲", sold.text
    stale = officer.post(f"{here}/events", json={"kind": "fail"}, headers=version(lot))
    assert (stale.status_code, stale.json()["stage"]) == (412, "sold")
    detail = officer.get(here).json()
    assert {each["kind"]: each["due_on"] for each in detail["duties"]} == {
        "confirm": "2022-11-01", "result": "2022-11-15", "refund": "2022-11-08",
    }  # fmt: skip
    assert detail["actions"] == ["void_award", "confirm", "publish_result"]
    parcel = officer.get(f"/api/v1/parcels/{detail['parcels'][0]}").json()
    assert (parcel["stage"], parcel["stage_since"]) == ("sold", "2022-11-01")
    history = officer.get(f"{here}/events").json()["items"]
    assert [each["kind"] for each in history] == ["announce", "open", "sell"]


def test_names_and_floors_are_not_for_everybody(as_role: As, database: Database) -> None:
    with database.write(ACTOR) as session:
        scheme = make_scheme(session, reserve=FLOOR + 1_000_000)
        lot = make_open(session, scheme=scheme)
        who = bidder(session, lot, "示例置业")
        assert lot.opens_at is not None
        bid(session, lot, who, FLOOR + 2_000_000, lot.opens_at)
        running, sold = lot.id, make_sold(session).id
    viewer, planner, officer = as_role("viewer"), as_role("planner"), as_role("listing_officer")
    at = f"/api/v1/lots/{running}"
    assert [viewer.get(at).json()[name] for name in ("floor_yuan", "reserve_yuan", "floor_hidden")] == [
        None,
        None,
        True,
    ]
    assert planner.get(at).json()["reserve_yuan"] == officer.get(at).json()["reserve_yuan"] == "101000000.00"
    assert "示例置业" not in viewer.get(f"{at}/bidders").text + viewer.get(f"{at}/bids").text
    assert viewer.get(f"{at}/bids").json()["items"][0]["label"] == "1"
    assert officer.get(f"{at}/bidders").json()["items"][0]["name"] == "示例置业"
    announced = viewer.get(f"{at}/events").json()["items"][0]
    assert "floor_yuan" not in announced["facts"]
    at = f"/api/v1/lots/{sold}"
    seen = viewer.get(at).json()
    assert (seen["winner"], seen["winner_hidden"], seen["floor_yuan"], seen["price_yuan"]) == (None, True, PRICE, PRICE)
    assert "示例置业" not in viewer.get(f"{at}/events").text
    assert officer.get(at).json()["winner"] == "示例置业有限公司"
    for method, path in (("POST", "/events"), ("POST", "/bids"), ("POST", "/bidders"), ("DELETE", "")):
        assert viewer.request(method, f"{at}{path}", json={}, headers={"If-Match": '"1"'}).status_code == 403


def test_another_jurisdiction_sees_none_of_it(as_role: As, database: Database) -> None:
    with database.write(ACTOR) as session:
        lot = make_announced(session)
        lot_id, notice_id = lot.id, lot.notice_id
    stranger = as_role("listing_officer", jurisdictions=["OTHER"])
    assert stranger.get(f"/api/v1/lots/{lot_id}").status_code == 404
    assert stranger.get(f"/api/v1/notices/{notice_id}").status_code == 404
    assert stranger.get("/api/v1/lots").json()["items"] == []
    assert stranger.get("/api/v1/lots/counts").json()["counts"] == {}


def test_a_lot_as_it_was(as_role: As, database: Database) -> None:
    with database.write(ACTOR) as session:
        lot_id = make_sold(session).id
    viewer = as_role("viewer")
    at = f"/api/v1/lots/{lot_id}"
    asked = [
        ("2022-09-30", 404, None),
        ("2022-10-01", 200, "announced"),
        ("2022-10-31", 200, "open"),
        ("2022-11-01", 200, "sold"),
    ]
    for day, status, stage in asked:
        answer = viewer.get(at, params={"as_of": day})
        assert (answer.status_code, answer.json().get("stage")) == (status, stage), day
        listed = viewer.get("/api/v1/lots", params={"as_of": day, "stage": stage or "announced"}).json()["items"]
        assert [each["id"] for each in listed] == ([lot_id] if stage else [])
    assert viewer.get(at, params={"as_of": "2022-10-31"}).json()["price_yuan"] is None
    assert viewer.get(at, params={"as_of": "2022-11-01", "known_at": "2022-10-01"}).status_code == 404


def test_what_became_known_late_is_not_known_before(as_role: As, database: Database) -> None:
    with database.write(ACTOR) as session:
        lot_id = make_announced(session).id
    with database.write(ACTOR) as session:
        lot = queries.lot_by_id(session, ACTOR, lot_id, lock="wait")
        before = queries.events_of(session, [lot_id])[lot_id][-1].recorded_at
        act(session, lot, "suspend", effective_on=D(2022, 10, 5), note="查封")
    viewer = as_role("viewer")
    day = {"as_of": "2022-10-06"}
    assert viewer.get(f"/api/v1/lots/{lot_id}", params=day).json()["hold"] == "suspended"
    then = viewer.get(f"/api/v1/lots/{lot_id}", params={**day, "known_at": before.isoformat()})
    assert (then.json()["hold"], then.json()["stage"]) == ("none", "announced")


def test_lists_are_paged_and_filtered(as_role: As, database: Database) -> None:
    with database.write(ACTOR) as session:
        made = [make_announced(session).id for _ in range(3)]
        make_notice(session, method=Method.auction)
    viewer = as_role("viewer")
    first = viewer.get("/api/v1/lots", params={"limit": 2}).json()
    assert [each["id"] for each in first["items"]] == made[:0:-1]
    assert [each["id"] for each in viewer.get(first["next"]).json()["items"]] == made[:1]
    assert viewer.get("/api/v1/lots/counts").json()["counts"] == {"announced": 3}
    number = viewer.get(f"/api/v1/lots/{made[0]}").json()["number"]
    assert [each["id"] for each in viewer.get("/api/v1/lots", params={"q": number[3:]}).json()["items"]] == made[:1]
    assert len(viewer.get("/api/v1/notices", params={"published": "false"}).json()["items"]) == 1
    assert viewer.get("/api/v1/lots", params={"method": "auction"}).json()["items"] == []


@pytest.mark.parametrize(
    "path", ["/api/v1/notices?", "/api/v1/contracts?", "/api/v1/lots/calendar?first=2022-11-01&last=2022-11-30&"]
)
def test_what_is_told_of_today_only_refuses_another_day(as_role: As, path: str) -> None:
    refused = as_role("viewer").get(f"{path}as_of=2022-06-01")
    assert (refused.status_code, "as_of" in refused.json()["detail"]) == (400, True)


def test_the_calendar_holds_what_was_and_is_due(as_role: As, database: Database) -> None:
    with database.write(ACTOR) as session:
        make_sold(session)
    viewer = as_role("viewer")
    found = viewer.get("/api/v1/lots/calendar", params={"first": "2022-11-01", "last": "2022-11-30"}).json()["items"]
    assert [(each["kind"], each["on"], each["done"]) for each in found] == [
        ("confirm", "2022-11-01", False), ("end", "2022-11-01", True), ("refund", "2022-11-08", True),
        ("result", "2022-11-15", False),
    ]  # fmt: skip
    assert viewer.get("/api/v1/lots/calendar", params={"first": "2022-11-02", "last": "2022-11-01"}).status_code == 400


def test_a_deposit_goes_back_late_with_a_warning(as_role: As, database: Database) -> None:
    with database.write(ACTOR) as session:
        lot = make_open(session)
        assert lot.opens_at is not None
        loser, winner = bidder(session, lot, "甲"), bidder(session, lot, "乙")
        bid(session, lot, loser, FLOOR, lot.opens_at)
        bid(session, lot, winner, FLOOR + 1_000_000, lot.opens_at)
        act(session, lot, "sell", effective_on=D(2022, 11, 1))
        at, loser_id, winner_id = f"/api/v1/lots/{lot.id}/bidders", loser.id, winner.id
    officer = as_role("listing_officer")
    tag = {"If-Match": '"1"'}
    kept = officer.patch(f"{at}/{winner_id}", json={"refunded_on": "2022-11-08"}, headers=tag)
    assert (kept.status_code, kept.json()["allowed"]) == (409, ["credited_on"])
    late = officer.patch(f"{at}/{loser_id}", json={"refunded_on": "2022-11-09"}, headers=tag)
    assert (late.status_code, [each["rule"] for each in late.json()["findings"]]) == (200, ["R15"])
    again = officer.patch(f"{at}/{loser_id}", json={"refunded_on": "2022-11-08"}, headers=tag)
    assert again.status_code == 412


@pytest.mark.parametrize(("shares", "status"), [([0.5, 0.5], 201), ([0.5, 0.4], 409)])
def test_joint_bidders_hold_the_whole(as_role: As, database: Database, shares: list[float], status: int) -> None:
    with database.write(ACTOR) as session:
        lot_id = make_announced(session).id
    new = {"name": "联合体", "shares": shares}
    answer = as_role("listing_officer").post(f"/api/v1/lots/{lot_id}/bidders", json=new)
    assert answer.status_code == status
    assert status == 201 or answer.json()["findings"][0]["rule"] == "R07"


def test_the_centres_tell_their_sources(as_role: As) -> None:
    found = {each["key"]: each for each in as_role("viewer").get("/api/v1/trading-centres").json()["items"]}
    assert found["suzhou"]["round_minutes"] == {
        "value": 4, "source": "苏州市国有建设用地使用权网上挂牌出让规则 第21–23条",
        "source_en": "Suzhou rules on online listings, art. 21–23", "verified": True,
    }  # fmt: skip
    assert found["zhengzhou"]["round_minutes"]["value"] is None


def test_an_approver_answers_for_an_exception(as_role: As, database: Database, owner: psycopg.Connection[Any]) -> None:
    with database.write(ACTOR) as session:
        lot = make_draft(session)
        notice = queries.notice_by_id(session, ACTOR, lot.notice_id)
        document = make_document(session, session.get_one(SupplyScheme, lot.scheme_id))
        at, lot_id, tag = f"/api/v1/notices/{notice.id}/publication", lot.id, {"If-Match": f'"{notice.version}"'}
    late = {"effective_on": "2022-10-02", "override": {"reason": "经批准缩短公告期", "document_id": document}}
    assert as_role("listing_officer").post(at, json=late, headers=tag).json()["code"] == "legal-rule"
    approver = as_role("approver")
    unknown = {**late, "override": {**late["override"], "document_id": document + 1000}}  # type: ignore[dict-item]
    assert approver.post(at, json=unknown, headers=tag).status_code == 422
    done = approver.post(at, json=late, headers=tag)
    assert (done.status_code, done.json()["blocked"]) == (200, False), done.text
    event = approver.get(f"/api/v1/lots/{lot_id}/events").json()["items"][0]
    assert event["override_reason"] == "经批准缩短公告期"
    told = "SELECT after ->> 'rule', after ->> 'reason' FROM audit_entry WHERE action = 'law:overridden'"
    assert owner.execute(told).fetchall() == [("R01", "经批准缩短公告期")]
