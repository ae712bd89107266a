"""The year of land over HTTP: from the reserve to the finished building, and every other way that a round can end."""

import datetime as dt
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest

from service.accounts.access import system
from service.accounts.permissions import Role
from service.contracts.checking import disagreements
from service.core.db import Database
from service.parcels.lifecycle import Stage
from service.schemes.evidence import CONDITION_ITEMS
from tests.caller import Caller
from tests.factories.parcels import make_parcel, make_regions

API = "/api/v1"
FLOOR = 30_000_000
ACQUIRED = dt.date(2017, 1, 1)
Json = dict[str, Any]


@dataclass
class Bureau:
    """One caller a role, and what they do with a parcel."""

    registrar: Caller
    planner: Caller
    officer: Caller
    approver: Caller
    database: Database
    made: int = 0

    def act(self, who: Caller, base: str, path: str = "", *, method: str = "post", **body: Any) -> Json:  # noqa: ANN401 - JSON
        """Send an act with the version that `base` has now."""
        seen = who.get(f"{API}{base}")
        assert seen.status_code == 200, seen.text
        headers = {"If-Match": seen.headers["etag"]}
        answer = getattr(who, method)(f"{API}{base}{path}", json=body, headers=headers)
        assert answer.status_code in {200, 201}, answer.text
        return dict(answer.json())

    def new(self, who: Caller, path: str, **body: Any) -> Json:  # noqa: ANN401 - JSON
        """Make something that nobody else can be at."""
        answer = who.post(f"{API}{path}", json=body)
        assert answer.status_code == 201, answer.text
        return dict(answer.json())

    def stage(self, code: str) -> str:
        """Where a parcel stands, as anybody is told."""
        found = self.officer.get(f"{API}/parcels/{code}").json()
        return f"{found['stage']}{'' if found['hold'] == 'none' else ' suspended'}"

    def parcel(self, *, use: str = "0902") -> str:
        """Reserved land; the registrar certifies it as cleared."""
        self.made += 1
        code = f"Y-{self.made}"
        with self.database.write(system("test")) as session:
            make_regions(session)
            make_parcel(session, code=code, stage=Stage.acquiring, effective_on=ACQUIRED, land_uses=[{"code": use}])
        for kind, day in (("reserve", "2017-06-01"), ("clear", "2017-09-01")):
            self.act(self.registrar, f"/parcels/{code}", "/events", kind=kind, effective_on=day)
        return code

    def scheme(self, code: str, *, method: str = "listing") -> int:
        """An approved scheme."""
        made = self.new(self.planner, "/schemes", parcels=[code], method=method)
        base = f"/schemes/{made['id']}"
        said: Json = {
            "conditions_number": f"规条{self.made}",
            "conditions_on": "2018-01-05",
            "conditions_items": sorted(CONDITION_ITEMS),
        }
        if method != "allocation":
            said |= {"floor_yuan": FLOOR, "price_on": "2018-02-01"}
        if method == "listing":
            said |= {"benchmark_yuan_m2": 3000, "reserve_yuan": FLOOR}
        if method == "agreement":
            said |= {"new_land_fee_yuan": 1, "compensation_yuan": 1, "taxes_yuan": 1}
        self.act(self.planner, base, method="patch", **said)
        self.act(self.planner, base, "/submit", effective_on="2018-02-10")
        self.act(self.approver, base, "/approve", effective_on="2018-03-01", number=f"郑政东供{self.made}")
        return int(made["id"])

    def lot(self, scheme: int, *, method: str = "listing", day: str = "2018-04-02", **terms: Any) -> str:  # noqa: ANN401 - JSON
        """A lot whose notice is out; return its address."""
        self.made += 1
        notice = self.new(
            self.officer,
            "/notices",
            jurisdiction="ZDXQ",
            method=method,
            number=f"告字〔2018〕{self.made}号",
            title="公告",
            **({"centre": "zhengzhou"} if method == "listing" else {}),
        )
        own = {
            "opens_at": "2018-04-25T09:00:00+08:00", "closes_at": "2018-05-08T15:00:00+08:00",
            "start_yuan": FLOOR, "increment_yuan": 300_000, "deposit_yuan": FLOOR // 5,
        }  # fmt: skip
        base = f"/notices/{notice['id']}"
        number = f"郑政东出〔2018〕{self.made}号(网)"
        made = self.act(self.officer, base, "/lots", scheme_id=scheme, number=number, terms=terms or own)
        self.act(self.officer, base, "/publication", effective_on=day)
        return f"/lots/{made['id']}"

    def end(self, code: str, *others: str) -> tuple[str, ...]:
        """Where a parcel, a lot and a contract (by their addresses) stand in the end."""
        return (self.stage(code), *(str(self.officer.get(f"{API}{each}").json()["stage"]) for each in others))

    def contracts(self) -> list[Json]:
        """Every contract there is."""
        return list(self.officer.get(f"{API}/contracts").json()["items"])

    def event(self, lot: str, kind: str, day: str, **more: Any) -> Json:  # noqa: ANN401 - JSON
        """Something that happened to a lot."""
        return self.act(self.officer, lot, "/events", kind=kind, effective_on=day, **more)

    def sell(self, lot: str, *, opened: bool = False, offered: str = "2018-05-07", day: str = "2018-05-08") -> None:
        """Open, let one bidder win at the start price."""
        if not opened:
            self.event(lot, "open", "2018-04-25")
        new = {"name": "示例置业有限公司", "qualified": True, "deposit_yuan": FLOOR // 5, "paid_on": "2018-04-20"}
        who = self.new(self.officer, f"{lot}/bidders", **new)
        offer = {"bidder_id": who["bidder"]["id"], "yuan": FLOOR, "offered_at": f"{offered}T10:00:00+08:00"}
        self.new(self.officer, f"{lot}/bids", **offer)
        self.event(lot, "sell", day)

    def sign(self, lot: str, day: str, **terms: Any) -> str:  # noqa: ANN401 - JSON
        """A contract for a lot; return its address."""
        self.made += 1
        own: Json = {
            "number": f"HT-{self.made}", "effective_on": day, "late_rate_permille": 1,
            "conditions_items": sorted(CONDITION_ITEMS), "delivery_due_on": "2018-08-01", "start_due_on": "2019-02-01",
            "complete_due_on": "2021-12-01",
        }  # fmt: skip
        made = self.new(self.officer, "/contracts", lot_id=int(lot.rpartition("/")[2]), **{**own, **terms})
        return f"/contracts/{made['contract']['id']}"

    def agrees(self) -> bool:
        """Whether schemes, lots, contracts, parcels and events say the same."""
        with self.database.read() as session:
            found = disagreements(session)
        assert not found, found
        return True


HALVES = [{"due_on": "2018-06-10", "yuan": FLOOR // 2}, {"due_on": "2019-04-10", "yuan": FLOOR // 2}]


LATER = [{"due_on": "2018-08-10", "yuan": FLOOR // 2}, {"due_on": "2019-07-10", "yuan": FLOOR // 2}]


@pytest.fixture
def bureau(database: Database, as_role: Callable[..., Caller]) -> Bureau:
    return Bureau(
        registrar=as_role(Role.REGISTRAR),
        planner=as_role(Role.PLANNER),
        officer=as_role(Role.LISTING_OFFICER),
        approver=as_role(Role.APPROVER),
        database=database,
    )


def test_from_the_reserve_to_the_finished_building(bureau: Bureau) -> None:
    code = bureau.parcel()
    plan = bureau.new(bureau.planner, "/plans", jurisdiction="ZDXQ", year=2018)
    bureau.new(bureau.planner, f"/plans/{plan['id']}/items", parcel=code, source="stock", method="listing", month=5)
    for who, step in ((bureau.planner, "submit"), (bureau.approver, "approve"), (bureau.planner, "publish")):
        bureau.act(who, f"/plans/{plan['id']}", f"/{step}", effective_on="2018-03-20")
    lot = bureau.lot(bureau.scheme(code))
    assert bureau.stage(code) == "announced"
    refused = bureau.officer.post(
        f"{API}/parcels/{code}/events",
        json={"kind": "open_listing", "effective_on": "2018-04-25"},
        headers={"If-Match": bureau.officer.get(f"{API}/parcels/{code}").headers["etag"]},
    )
    assert (refused.status_code, refused.json()["code"]) == (409, "parcel-held"), "the lot alone opens itself"
    bureau.event(lot, "open", "2018-04-25")
    bureau.event(lot, "suspend", "2018-04-27", note="法院要求中止")
    assert bureau.stage(code) == "listed suspended"
    resumed = bureau.event(lot, "resume", "2018-05-03", note="恢复")["lot"]
    assert (bureau.stage(code), resumed["closes_at"][:10] > "2018-05-12") == ("listed", True)
    bureau.sell(lot, opened=True, offered="2018-05-10", day="2018-05-16")
    assert bureau.stage(code) == "sold"
    contract = bureau.sign(lot, "2018-05-22", instalments=HALVES)
    assert bureau.stage(code) == "contracted"
    for day in ("2018-06-08", "2018-07-20"):
        bureau.act(bureau.officer, contract, "/payments", paid_on=day, yuan=FLOOR // 2)
    assert bureau.stage(code) == "paid"
    bureau.act(bureau.officer, contract, "/events", kind="deliver", effective_on="2018-08-01")
    bureau.act(bureau.officer, contract, "/permits", kind="construction", number="410100-1", issued_on="2018-11-01")
    bureau.act(
        bureau.officer, contract, "/works-reports", reported_on="2018-12-20", foundation="other", foundation_done=0.5
    )
    for kind, day, stage in (("start", "2018-12-20", "started"), ("complete", "2021-06-01", "completed")):
        bureau.act(bureau.officer, contract, "/events", kind=kind, effective_on=day)
        assert bureau.stage(code) == stage
    then = bureau.officer.get(f"{API}/parcels/{code}?as_of=2018-05-20").json()["stage"]
    history = bureau.officer.get(f"{API}/parcels/{code}/history").json()["items"]
    assert (then, [each["kind"] for each in history][1:]) == (
        "sold",
        [
            *("reserve", "clear", "approve_scheme", "announce", "open_listing", "suspend", "resume", "sell"),
            *("contract", "pay", "deliver", "start", "complete"),
        ],
    )
    progress = bureau.planner.get(f"{API}/plans/{plan['id']}/progress?by=class").json()
    assert progress["whole"]["rate"] == 1, "supplied at the contract's day"
    assert bureau.end(code, lot, contract) == ("completed", "concluded", "completed")
    ended = bureau.officer.get(f"{API}{contract}").json()
    assert [ended[name] for name in ("paid_on", "delivered_on", "started_on", "completed_on")] == [
        *("2018-07-20", "2018-08-01", "2018-12-20", "2021-06-01")
    ]
    assert bureau.agrees()


def test_a_round_fails_and_the_next_one_sells(bureau: Bureau) -> None:
    code = bureau.parcel()
    scheme = bureau.scheme(code)
    lot = bureau.lot(scheme)
    bureau.event(lot, "open", "2018-04-25")
    bureau.event(lot, "fail", "2018-05-08")
    assert bureau.stage(code) == "scheme_approved"
    later: Json = {
        "opens_at": "2018-06-25T09:00:00+08:00", "closes_at": "2018-07-09T15:00:00+08:00", "start_yuan": FLOOR,
        "increment_yuan": 300_000, "deposit_yuan": FLOOR // 5,
    }  # fmt: skip
    again = bureau.lot(scheme, day="2018-06-01", **later)
    bureau.event(again, "open", "2018-06-25")
    bureau.sell(again, opened=True, offered="2018-07-05", day="2018-07-09")
    rounds = [bureau.officer.get(f"{API}{each}").json() for each in (lot, again)]
    assert [(each["round"], each["stage"]) for each in rounds] == [(1, "failed"), (2, "sold")]
    assert bureau.stage(code) == "sold"
    contract = bureau.sign(again, "2018-07-16", instalments=LATER)
    assert bureau.end(code, lot, again, contract) == ("contracted", "failed", "concluded", "in_force")
    assert bureau.agrees()


@pytest.mark.parametrize(("at", "day"), [("announced", "2018-04-10"), ("listed", "2018-04-27"), ("held", "2018-04-28")])
def test_a_round_is_terminated(bureau: Bureau, at: str, day: str) -> None:
    code = bureau.parcel()
    lot = bureau.lot(bureau.scheme(code))
    if at != "announced":
        bureau.event(lot, "open", "2018-04-25")
    if at == "held":
        bureau.event(lot, "suspend", "2018-04-27", note="权属争议")
    bureau.event(lot, "terminate", day, note="权属争议")
    ended = bureau.officer.get(f"{API}{lot}").json()
    assert (bureau.stage(code), ended["stage"], ended["hold"]) == ("scheme_approved", "terminated", "none")
    assert bureau.contracts() == []
    assert bureau.agrees()


def test_an_award_is_void_and_no_contract_follows(bureau: Bureau) -> None:
    code = bureau.parcel()
    lot = bureau.lot(bureau.scheme(code))
    bureau.sell(lot)
    bureau.event(lot, "void_award", "2018-05-20", note="提供虚假文件")
    assert (bureau.stage(code), bureau.officer.get(f"{API}{lot}").json()["stage"]) == ("scheme_approved", "void")
    order = {"lot_id": int(lot.rpartition("/")[2]), "number": "HT", "effective_on": "2018-05-21", "instalments": HALVES}
    refused = bureau.officer.post(f"{API}/contracts", json=order)
    assert (refused.status_code, bureau.contracts(), bureau.agrees()) == (409, [], True)


@pytest.mark.parametrize(("method", "until"), [("agreement", "2018-05-10"), ("allocation", "2018-04-20")])
def test_supply_to_a_known_taker(bureau: Bureau, method: str, until: str) -> None:
    code = bureau.parcel(use="0802")
    price: Json = {"price_yuan": FLOOR} if method == "agreement" else {}
    terms = {"closes_at": f"{until}T17:00:00+08:00", "taker": "示例大学", **price}
    lot = bureau.lot(bureau.scheme(code, method=method), method=method, **terms)
    assert bureau.stage(code) == "publicised"
    bureau.event(lot, "award", "2018-05-14")
    contract = bureau.sign(lot, "2018-05-22", **({"instalments": HALVES} if price else {}))
    bureau.act(bureau.officer, contract, "/events", kind="deliver", effective_on="2018-08-01")
    kind = bureau.officer.get(f"{API}{contract}").json()["kind"]
    assert kind == ("allocation" if method == "allocation" else "grant")
    assert bureau.end(code, lot, contract) == ("delivered", "concluded", "in_force")
    assert bureau.agrees()


def test_land_lies_idle_and_is_taken_back(bureau: Bureau) -> None:
    code = bureau.parcel()
    lot = bureau.lot(bureau.scheme(code))
    bureau.sell(lot)
    contract = bureau.sign(lot, "2018-05-22", instalments=HALVES)
    for day in ("2018-06-08", "2018-07-20"):
        bureau.act(bureau.officer, contract, "/payments", paid_on=day, yuan=FLOOR // 2)
    bureau.act(bureau.officer, contract, "/events", kind="deliver", effective_on="2018-08-01")
    base = f"{contract}/idle-cases"
    raised = bureau.officer.post(
        f"{API}{base}",
        json={"effective_on": "2020-03-02"},
        headers={"If-Match": bureau.officer.get(f"{API}{contract}").headers["etag"]},
    )
    assert raised.status_code == 201, raised.text
    case = bureau.officer.get(f"{API}{base}").json()["items"][0]["id"]
    for order in (
        {"step": "notice", "effective_on": "2020-03-20"},
        {"step": "answer", "effective_on": "2020-04-15"},
        {"step": "decide", "effective_on": "2021-03-01", "outcome": "recovery", "cause": "holder"},
    ):
        bureau.act(bureau.officer, contract, f"/idle-cases/{case}/steps", **order)
    bureau.act(bureau.officer, contract, "/events", kind="reclaim", effective_on="2021-03-20", ground="idle")
    ended = bureau.officer.get(f"{API}{contract}").json()
    assert bureau.end(code, lot, contract) == ("reclaimed", "concluded", "reclaimed")
    assert ended["ended_on"] == "2021-03-20"
    assert bureau.officer.get(f"{API}{base}").json()["items"][0]["closed_on"] == "2021-03-20"
    bureau.act(bureau.registrar, f"/parcels/{code}", "/events", kind="reserve", effective_on="2021-06-01")
    assert (bureau.stage(code), bureau.agrees()) == ("reserved", True)


def views(bureau: Bureau, code: str, lot: str, plan: int, known: str | None = None) -> Json:
    """The four views of a day, as known at an instant."""
    at = "as_of=2018-06-30" + ("" if known is None else f"&known_at={known}")

    def read(path: str) -> Json:
        return dict(bureau.officer.get(f"{API}{path}{'&' if '?' in path else '?'}{at}").json())

    listed = {stage: read(f"/lots?stage={stage}")["items"] for stage in ("open", "sold", "concluded")}
    overview = read("/overview?year=2018")
    progress = bureau.planner.get(f"{API}/plans/{plan}/progress?by=class&{at}").json()
    return {
        "parcel": read(f"/parcels/{code}")["stage"],
        "parcels": [each["code"] for each in read("/parcels?stage=contracted")["items"]],
        "lot": read(lot)["stage"],
        "lots": {stage: len(items) for stage, items in listed.items()},
        "supplied": progress["whole"]["supplied"],
        "stages": {each["stage"]: each["n"] for each in overview["parcels"]["stages"]},
        "sales": overview["events"]["sell"]["n"],
        "signed": overview["contracts"]["standings"]["signed"]["n"],
        "rate": overview["plans"][0]["rate"],
    }


def test_what_is_entered_late_changes_the_day_and_not_what_was_known_then(bureau: Bureau) -> None:
    """A sale and its contract: as of a day after them, parcels, lots, plan progress and dashboard tell them."""
    code = bureau.parcel()
    plan = bureau.new(bureau.planner, "/plans", jurisdiction="ZDXQ", year=2018)["id"]
    bureau.new(bureau.planner, f"/plans/{plan}/items", parcel=code, source="stock", method="listing", month=5)
    for who, step in ((bureau.planner, "submit"), (bureau.approver, "approve"), (bureau.planner, "publish")):
        bureau.act(who, f"/plans/{plan}", f"/{step}", effective_on="2018-03-20")
    lot = bureau.lot(bureau.scheme(code))
    bureau.event(lot, "open", "2018-04-25")
    before = views(bureau, code, lot, plan)
    assert before == {
        "parcel": "listed", "parcels": [], "lot": "open", "lots": {"open": 1, "sold": 0, "concluded": 0}, "supplied": 0,
        "stages": {"listed": 1}, "sales": 0, "signed": 0, "rate": 0,
    }  # fmt: skip
    time.sleep(0.01)
    known = dt.datetime.now(dt.UTC).isoformat().replace("+00:00", "Z")
    time.sleep(0.01)
    bureau.sell(lot, opened=True)
    bureau.sign(lot, "2018-05-22", instalments=HALVES)
    assert views(bureau, code, lot, plan) == {
        "parcel": "contracted", "parcels": [code], "lot": "concluded", "lots": {"open": 0, "sold": 0, "concluded": 1},
        "supplied": 1, "stages": {"contracted": 1}, "sales": 1, "signed": 1, "rate": 1,
    }  # fmt: skip
    assert views(bureau, code, lot, plan, known) == before
