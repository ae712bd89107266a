"""Schemes over HTTP: the course, who may do and see what, two officers, evidence with a file."""

from typing import Any

import pytest

from tests.schemes.conftest import People

SCHEMES = "/api/v1/schemes"
PDF = b"%PDF-1.4\n1 0 obj<<>>endobj\ntrailer<<>>\n%%EOF\n"
CONDITIONS = [
    *("position", "extent", "use", "density", "height", "far"),
    *("green_ratio", "facilities", "control_lines", "setbacks", "underground"),
]


def tag(version: int) -> dict[str, str]:
    return {"if-match": f'"{version}"'}


def begin(people: People, *codes: str, **new: Any) -> dict[str, Any]:  # noqa: ANN401 - any field
    body = {"parcels": list(codes or ["S-0"]), "method": "listing", **new}
    answer = people.planner.post(SCHEMES, json=body)
    assert answer.status_code == 201, answer.text
    return dict(answer.json())


def fill(people: People, scheme: dict[str, Any], **change: Any) -> dict[str, Any]:  # noqa: ANN401 - any field
    area = scheme["area_m2"]
    body = {
        "conditions_number": "郑东规条〔2022〕1号", "conditions_on": "2022-06-01", "conditions_items": CONDITIONS,
        "benchmark_yuan_m2": "3000", "floor_yuan": f"{area * 3000:.2f}", "reserve_yuan": f"{area * 3200:.2f}",
        "price_on": "2022-08-01",
    } | change  # fmt: skip
    answer = people.planner.patch(f"{SCHEMES}/{scheme['id']}", json=body, headers=tag(scheme["version"]))
    assert answer.status_code == 200, answer.text
    return dict(answer.json())


def act(people: People, who: str, scheme: dict[str, Any], step: str, **order: Any) -> Any:  # noqa: ANN401 - the client's own type
    version = people.viewer.get(f"{SCHEMES}/{scheme['id']}").json()["version"]
    return getattr(people, who).post(f"{SCHEMES}/{scheme['id']}/{step}", json=order, headers=tag(version))


def test_the_whole_course(people: People) -> None:
    scheme = fill(people, begin(people, "s-0", "S-1", level="city"))
    assert (scheme["actions"], scheme["codes"]) == (["edit", "submit", "withdraw"], ["S-0", "S-1"])
    assert scheme["uses"] == [{"use_class": "commercial", "term_years": 40.0, "share": 1.0}]
    told = act(people, "planner", scheme, "submit").json()
    assert [each["rule"] for each in told["findings"]] == ["R40", "R40", "R42", "R42"]
    assert act(people, "approver", scheme, "approve").json()["code"] == "scheme-not-endorsed"
    assert act(people, "approver", scheme, "endorse", note="同意").status_code == 200
    done = act(people, "approver", scheme, "approve", effective_on="2022-09-01", number="郑政东土〔2022〕8号")
    assert (done.status_code, done.json()["scheme"]["status"]) == (200, "approved")
    seen = people.viewer.get(f"{SCHEMES}/{scheme['id']}").json()
    assert ([step["kind"] for step in seen["steps"]], seen["actions"]) == (
        ["create", "submit", "endorse", "approve"],
        [],
    )
    assert [(each["stage"], each["live"]) for each in seen["land"]] == [("scheme_approved", True)] * 2
    parcel = people.viewer.get("/api/v1/parcels/S-0").json()
    assert (parcel["stage"], parcel["stage_since"]) == ("scheme_approved", "2022-09-01")
    refused = people.planner.post(
        "/api/v1/parcels/S-0/events",
        json={"kind": "announce", "effective_on": "2022-09-02"},
        headers=tag(parcel["version"]),
    )
    assert refused.json()["code"] == "parcel-held"
    assert refused.json()["holds"][0]["subject"] == "scheme"


def test_prices_are_for_those_who_deal_with_them(people: People) -> None:
    scheme = fill(people, begin(people), floor_yuan="100")
    path = f"{SCHEMES}/{scheme['id']}"
    for who, hidden in ((people.planner, False), (people.approver, False), (people.viewer, True)):
        terms = who.get(path).json()["terms"]
        assert (terms["prices_hidden"], terms["floor_yuan"] is None, terms["reserve_yuan"] is None) == (hidden,) * 3
        assert terms["benchmark_yuan_m2"] == "3000.00"
        rules = [each["rule"] for each in who.get(f"{path}/findings").json()["findings"]]
        assert ("R04" in rules) == (not hidden)


def test_what_stands_against_a_scheme_is_told_before_any_step(people: People) -> None:
    scheme = begin(people)
    path = f"{SCHEMES}/{scheme['id']}/findings"
    bare = people.planner.get(path).json()
    assert [each["field"] for each in bare["missing"]] == ["floor_yuan", "benchmark_yuan_m2", "reserve_yuan"]
    assert (bare["findings"][0]["rule"], bare["findings"][0]["hard"], bare["overridable"]) == ("R41", True, False)
    fill(people, scheme, floor_yuan="100")
    low = people.planner.get(path).json()
    assert (low["missing"], low["findings"][0]["rule"], low["overridable"]) == ([], "R04", True)
    assert people.planner.get(f"{path}?on=2009-01-01").json()["overridable"] is False  # before the notice of 2010
    incomplete = act(people, "planner", begin(people, "S-1"), "submit")
    assert (incomplete.status_code, incomplete.json()["code"]) == (409, "scheme-incomplete")


def test_an_exception_needs_an_approver_a_reason_and_a_document(people: People) -> None:
    scheme = fill(people, begin(people), floor_yuan="100")
    act(people, "planner", scheme, "submit")
    refused = act(people, "approver", scheme, "approve")
    assert (refused.status_code, refused.json()["code"], refused.json()["overridable"]) == (409, "legal-rule", True)
    unknown = act(people, "approver", scheme, "approve", override={"reason": "x", "document_id": 9999})
    assert unknown.json()["errors"][0]["pointer"] == "/override/document_id"
    form = {"subject_type": "scheme", "subject_id": str(scheme["id"]), "title": "会议纪要"}
    document = people.approver.post("/api/v1/documents", data=form, files={"file": ("a.pdf", PDF)})
    assert document.status_code == 201, document.text
    override = {"reason": "市政府会议纪要", "document_id": document.json()["id"]}
    assert act(people, "approver", scheme, "approve", override=override).status_code == 200
    last = people.viewer.get(f"{SCHEMES}/{scheme['id']}").json()["steps"][-1]
    assert last["override_reason"] == "市政府会议纪要"
    entries = people.approver.get("/api/v1/audit?action=law:overridden").json()["items"]
    assert entries[0]["after"]["rule"] == "R04"


def test_evidence_is_shown_by_a_document(people: People) -> None:
    scheme = begin(people, "S-0", "S-1")
    path = f"{SCHEMES}/{scheme['id']}"
    form = {"subject_type": "scheme", "subject_id": str(scheme["id"])}
    document = people.planner.post("/api/v1/documents", data=form, files={"file": ("勘探报告.pdf", PDF)}).json()
    body = {"kind": "archaeology", "parcel": "S-1", "issued_on": "2022-05-01", "document_id": document["id"]}
    shown = people.planner.put(f"{path}/evidence", json=body, headers=tag(1)).json()
    assert [(each["kind"], each["parcel"], each["document"]) for each in shown["evidence"]] == [
        ("archaeology", "S-1", "勘探报告.pdf")
    ]
    again = people.planner.put(f"{path}/evidence", json=body | {"note": "更正"}, headers=tag(2)).json()
    assert len(again["evidence"]) == 1
    assert people.planner.put(f"{path}/evidence", json=body | {"parcel": "S-4"}, headers=tag(3)).status_code == 422
    assert (
        people.planner.put(f"{path}/evidence", json=body | {"issued_on": "2022-11-16"}, headers=tag(3)).status_code
        == 422
    )
    # Land that leaves the scheme takes its evidence with it.
    left = people.planner.put(
        f"{path}/parcels", json={"items": [{"code": "S-0", "farmland": True}]}, headers=tag(3)
    ).json()
    assert (left["evidence"], left["land"][0]["farmland"]) == ([], True)
    kept = people.planner.put(f"{path}/evidence", json=body | {"parcel": None}, headers=tag(4)).json()
    gone = people.planner.delete(f"{path}/evidence/{kept['evidence'][0]['id']}", headers=tag(5))
    assert gone.json()["evidence"] == []
    assert people.planner.delete(f"{path}/evidence/{kept['evidence'][0]['id']}", headers=tag(6)).status_code == 404


def test_two_officers_on_one_scheme(people: People) -> None:
    scheme = fill(people, begin(people))
    path = f"{SCHEMES}/{scheme['id']}"
    late = people.planner.patch(path, json={"title": "新名称"}, headers=tag(1))
    assert (late.status_code, late.json()["version"], late.json()["by"]) == (412, 2, people.planner.username)
    assert people.planner.patch(path, json={"title": "新名称"}).status_code == 428
    act(people, "planner", scheme, "submit")
    assert people.planner.patch(path, json={"title": "x"}, headers=tag(3)).json()["code"] == "scheme-wrong-status"
    first, second = (people.approver.post(f"{path}/approve", json={}, headers=tag(3)) for _ in range(2))
    assert (first.status_code, second.status_code) == (200, 412)


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("", ["B", "A"]), ("status=draft", ["B"]), ("status=draft&status=submitted", ["B", "A"]),
        ("method=allocation", ["B"]), ("level=city", ["A"]), ("parcel=S-1", ["B"]),
        ("q=s-0", ["A"]), ("q=%25", []), ("jurisdiction=GXQ", []),
    ],
)  # fmt: skip
def test_the_list_is_filtered(people: People, query: str, found: list[str]) -> None:
    first = fill(people, begin(people, "S-0", title="A", level="city"))
    begin(people, "S-1", title="B", method="allocation")
    assert act(people, "planner", first, "submit").status_code == 200
    items = people.viewer.get(f"{SCHEMES}?{query}").json()["items"]
    assert [each["title"] for each in items] == found


def test_pages_follow_each_other(people: People) -> None:
    for number in range(3):
        begin(people, f"S-{number}", title=f"T{number}")
    page = people.viewer.get(f"{SCHEMES}?limit=2").json()
    rest = people.viewer.get(page["next"]).json()
    assert [each["title"] for each in [*page["items"], *rest["items"]]] == ["T2", "T1", "T0"]
    assert rest["next"] is None


def test_who_may_not_is_turned_away(people: People) -> None:
    scheme = fill(people, begin(people))
    path = f"{SCHEMES}/{scheme['id']}"
    assert people.viewer.post(SCHEMES, json={"parcels": ["S-1"], "method": "listing"}).status_code == 403
    assert people.viewer.patch(path, json={"title": "x"}, headers=tag(2)).status_code == 403
    assert people.approver.patch(path, json={"title": "x"}, headers=tag(2)).status_code == 403
    act(people, "planner", scheme, "submit")
    for step in ("return", "endorse", "approve"):
        assert act(people, "planner", scheme, step, note="x").status_code == 403
