"""The templates are data: complete, labelled, with sources; every fault in one is named with its line."""

import datetime as dt
import json
import re
import tomllib
from dataclasses import replace
from pathlib import Path

import pytest

from service.checklist.template import (
    FOLLOWS,
    START,
    Basis,
    Item,
    Kind,
    Phase,
    Requirement,
    Step,
    Template,
    digest,
    from_json,
    to_json,
)
from service.checklist.template_diff import Change, diff
from service.checklist.template_facts import Facts
from service.checklist.template_faults import faults_of
from service.checklist.template_loader import FOLDER, BrokenTemplate, read, templates
from service.codes.queries import lists
from service.rules.book import rulebook

FILE = FOLDER / "zhengdong.toml"
TRACKS = FILE.read_text(encoding="utf-8")
ZHENGDONG, SHORT = templates()["zhengdong"], templates()["standard_land"]
BOTH = pytest.mark.parametrize("template", [ZHENGDONG, SHORT], ids=lambda template: template.key)

# The order and the wording of the district's own text, 2022.
EIGHT = [
    "招商引资和产业准入",
    "项目选址",
    "规划设计",
    "征地拆迁",
    "土地报批出让",
    "文物勘探",
    "土方运输与山体公园建设",
    "大气污染防治",
]

# Reviewed by people against the domain notes §7: duration, unit, its basis; "!": somebody has read the source.
# Kept apart from the data on purpose: nothing becomes law, or another figure, by a slip in a file.
REVIEWED = """
A1 10 workday assumed | A2 5 workday assumed | A3 1 workday statutory! | A4 10 workday usual
B1 10 workday assumed | B2 3 workday assumed | B3 45 workday usual | B4 20 workday statutory!
C1 10 workday usual | C2 30 workday assumed | C3 15 workday usual | C4 40 workday assumed
C5 15 workday statutory! | C6 30 day statutory!
D1 10 workday statutory! | D2 20 workday assumed | D3 30 day statutory! | D4 15 workday assumed
D5 15 workday statutory! | D6 20 workday assumed | D7 3 workday assumed
E0 10 workday usual | E1 40 workday usual | E2 5 workday assumed | E3 10 workday usual | E4 10 workday usual
E5 20 day statutory | E6 10 day statutory | E7 1 workday assumed
F1 7 day statutory! | F2 30 day statutory! | F3 7 day statutory! | F4 7 day statutory!
F5A 30 workday statutory! | F5B 60 workday assumed
G1 5 workday assumed | G2 5 workday usual | G3 5 workday assumed | G4 20 workday assumed
H1 5 workday assumed | H2 30 day statutory! | H3 5 workday assumed | H4 5 workday assumed
K1 20 day statutory! | K2P 5 workday usual | K3P 3 workday usual
E8A 3 workday assumed | E8B 1 workday usual | E8C 1 workday usual
K2 1 workday assumed | K3 1 workday usual | K4 2 workday assumed
"""
STEPS = """
contract 10 statutory! | filing 1 statutory! | land_permit 10 assumed | registration 10 assumed
archaeology 36 statutory! | design 30 assumed | review 15 usual | works_permit 20 assumed | eia 22 statutory!
drawings 40 assumed | drawing_review 15 statutory! | tender 20 assumed | spoil 15 usual | dust 5 assumed
construction 5 statutory!
"""


def reviewed(text: str) -> list[str]:
    return [each.strip() for line in text.strip().splitlines() for each in line.split("|")]


def test_the_tracks_are_those_of_the_district() -> None:
    for template in (ZHENGDONG, SHORT):
        assert [track.title for track in template.tracks] == [*EIGHT, "开工"]
        assert [track.number for track in template.tracks] == [*range(1, START + 1)]


def test_every_duration_is_labelled_as_was_reviewed() -> None:
    found = [
        f"{item.key.removeprefix('BT-')} {item.days} {item.unit} {item.basis}{'!' if item.verified else ''}"
        for item in ZHENGDONG.items
    ]
    assert found == reviewed(REVIEWED)
    assert [
        f"{step.key} {step.days} {step.basis}{'!' if step.verified else ''}" for step in ZHENGDONG.traditional
    ] == reviewed(STEPS)


def test_a_duration_of_the_short_template_is_the_same() -> None:
    for item in SHORT.items:
        other = ZHENGDONG.by_key[item.key]
        assert (item.days, item.unit, item.basis, item.source) == (other.days, other.unit, other.basis, other.source)
    assert SHORT.traditional == ZHENGDONG.traditional
    assert len(SHORT.items) < 2 / 3 * len(ZHENGDONG.items)


@BOTH
def test_every_source_is_told_in_both_languages(template: Template) -> None:
    parts: list[Item | Step] = [*template.items, *template.traditional]
    proofs = [proof for item in template.items for proof in item.evidence if proof.valid_months is not None]
    for each in [template, *parts, *proofs]:
        assert re.search(r"[一-鿿]", each.source)
        assert each.source_en.isascii(), each.source_en
        assert ("未核实" in each.source) == ("not verified" in each.source_en)
    english = {each.source: each.source_en for each in [*parts, *proofs]}
    assert all(english[each.source] == each.source_en for each in [*parts, *proofs])


@BOTH
def test_what_is_read_has_a_document_and_what_is_not_says_so(template: Template) -> None:
    parts: list[Item | Step] = [*template.items, *template.traditional]
    for part in parts:
        if part.verified:
            assert part.basis is Basis.statutory, part.key
            assert re.search(r"法|条例|办法|国土资发", part.source), part.key
        elif part.basis is not Basis.statutory or "规则" not in part.source:
            assert "未核实" in part.source, part.key


def test_hard_stops_are_those_of_the_law() -> None:
    hard = {item.key: item.rule for item in ZHENGDONG.items if item.hard}
    assert hard == {
        "BT-B3": "R43",
        "BT-C1": "R41",
        "BT-E1": "R44",
        "BT-F2": "R42",
        "BT-F4": "R42",
        "BT-F5B": "R42",
    }
    assert set(hard.values()) == {rule.id for rule in rulebook().rules if rule.hard}


@BOTH
def test_what_stops_the_sale(template: Template) -> None:
    gate = {item.key for item in template.gate}
    assert "BT-E4" in gate  # the scheme must be approved
    assert gate.isdisjoint({"BT-E5", "BT-E6", "BT-E7"})  # they are the sale's own course
    assert all(item.phase is Phase.pre for item in template.gate)
    assert {"BT-C1", "BT-F4"} <= gate


def test_a_shadow_review_turns_into_a_permit_that_is_followed() -> None:
    becomes = {item.key: item.becomes for item in ZHENGDONG.items if item.becomes}
    assert all(ZHENGDONG.by_key[key].kind is Kind.PRE for key in becomes)
    permits = {what.permit for what in becomes.values() if what.permit}
    assert permits == {"works_planning", "construction"}
    assert {f"permit:{each}" for each in permits} < {item.follows for item in ZHENGDONG.items} <= {None, *FOLLOWS}
    assert all(item.kind is Kind.real for item in ZHENGDONG.items if item.phase is Phase.after)


def test_every_lead_is_a_bureau_and_english_is_complete() -> None:
    for item in ZHENGDONG.items:
        assert item.lead in lists()["lead_bureau"].entries
        for text in (item.title_en, *(proof.title_en for proof in item.evidence)):
            assert text.replace("—", "").isascii()
        assert item.evidence


@BOTH
def test_a_template_comes_back_from_json(template: Template) -> None:
    content = json.loads(json.dumps(to_json(template), ensure_ascii=False))
    again = from_json(content)
    assert again == template
    assert digest(again) == digest(template)
    assert len(digest(again)) == 64
    item = again.items[0]
    other = replace(again, items=(replace(item, days=item.days + 1), *again.items[1:]))
    assert digest(other) != digest(again)


def test_json_of_an_earlier_version_may_lack_what_has_come_since() -> None:
    content = to_json(ZHENGDONG)
    for item in content["items"]:
        for field in ("begins", "rule", "becomes"):
            item.pop(field)
    found = from_json(content)
    assert found.by_key["BT-E5"].begins is None
    assert not found.by_key["BT-C1"].hard


def test_a_difference_is_told_item_by_item() -> None:
    assert not diff(ZHENGDONG, ZHENGDONG)
    first, second, third, *rest = ZHENGDONG.items
    stranger = replace(third, key="BT-Z1", needs=())
    newer = replace(ZHENGDONG, version=3, items=(replace(first, days=8, lead="industry"), stranger, third, *rest))
    found = diff(ZHENGDONG, newer)
    assert found
    assert [item.key for item in found.added] == ["BT-Z1"]
    assert [item.key for item in found.removed] == [second.key]
    assert found.changed == (
        Change("BT-A1", "lead", "investment_promotion", "industry"),
        Change("BT-A1", "days", 10, 8),
    )
    assert not found.baseline_changed
    back = diff(newer, ZHENGDONG)
    assert ([item.key for item in back.added], [item.key for item in back.removed]) == ([second.key], ["BT-Z1"])
    assert [(change.field, change.before, change.after) for change in back.changed] == [
        (change.field, change.after, change.before) for change in found.changed
    ]
    other = diff(ZHENGDONG, replace(ZHENGDONG, traditional=ZHENGDONG.traditional[1:]))
    assert other.baseline_changed
    assert not other.changed


def begin_of(content: str, key: str) -> int:
    """Return where the entry of a key begins."""
    return content.rindex("[[", 0, content.index(f'key = "{key}"'))


def within(key: str, old: str, new: str) -> str:
    """Replace text in the entry of one key."""
    begin = begin_of(TRACKS, key)
    end = TRACKS.find("\n[[", begin)
    end = len(TRACKS) if end < 0 else end
    assert old in TRACKS[begin:end], (key, old)
    return TRACKS[:begin] + TRACKS[begin:end].replace(old, new, 1) + TRACKS[end:]


def faults(content: str, folder: Path) -> list[str]:
    file = folder / FILE.name
    file.write_text(content, encoding="utf-8")
    with pytest.raises(BrokenTemplate) as raised:
        read(file)
    return raised.value.en.splitlines()


A1, A2, C2 = "BT-A1", "BT-A2", "BT-C2"
HEAD_FAULTS = [
    ("version = 2", "version = 0", "version = 0", "version is missing or no number from 1"),
    ("version = 2", 'version = "1"', 'version = "1"', "version is missing or no number from 1"),
    ("version = 2", "", "# 郑东新区", "version is missing or no number from 1"),
    ("version = 2", "version = 2\nowner = 1", "owner = 1", "owner is unknown"),
    ('key = "zhengdong"', 'key = "zd"', 'key = "zd"', "the key is 'zd', the file is called zhengdong"),
    ("number = 2", "number = 12", "number = 12", "siting: number is 12, must be a whole number from 1 to 9"),
    ("number = 2", "number = 3", "number = 1", "the tracks are [1, 3, 3, 4, 5, 6, 7, 8, 9], must be 1 to 9 in order"),
    ('key = "admission"', 'key = "siting"', 'key = "siting"', "siting: stands twice"),
    ('key = "siting"', 'key = "Siting"', 'key = "Siting"', "Siting: key is 'Siting', must be a word in small letters"),
]
# entry, old and new text in it, the line the fault is told at (in another entry: its key before it), the fault
ITEM_FAULTS = [
    (A1, 'lead = "investment_promotion"\n', "", "[[items]]", "BT-A1: lead is missing"),
    (
        A1,
        'lead = "investment_promotion"',
        'lead = "invest"',
        'lead = "invest"',
        "BT-A1: lead 'invest' is no code of lead_b",
    ),
    (A1, "days = 10", "days = 0", "days = 0", "BT-A1: days is 0, must be a whole number from 1 to 1000"),
    (A1, "days = 10", "days = 1001", "days = 1001", "BT-A1: days is 1001"),
    (A1, "days = 10", 'days = "10"', 'days = "10"', "BT-A1: days is '10'"),
    (A1, "days = 10", "days = true", "days = true", "BT-A1: days is True"),
    (A1, 'unit = "workday"', 'unit = "month"', 'unit = "month"', "BT-A1: unit is 'month', must be one of workday, day"),
    (A1, 'basis = "assumed"', 'basis = "law"', 'basis = "law"', "BT-A1: basis is 'law'"),
    (A1, "verified = false", "verified = true", "verified = true", "BT-A1: what is assumed is not verified"),
    (A1, "verified = false", 'verified = "no"', 'verified = "no"', "BT-A1: verified is true or false"),
    (A1, 'kind = "PRE"', 'kind = "pre"', 'kind = "pre"', "BT-A1: kind is 'pre', must be one of G, PRE, real"),
    (A1, 'phase = "pre"', 'phase = "before"', 'phase = "before"', "BT-A1: phase is 'before'"),
    (A1, "track = 1", "track = 10", "track = 10", "BT-A1: track is 10"),
    (A1, 'title = "项', 'title = ""\ntitel = "项', 'title = ""', "BT-A1: title is empty"),
    (A1, 'title = "项', 'titel = "项', 'titel = "项', "BT-A1: titel is unknown"),
    (A1, 'key = "BT-A1"', 'key = "A1"', 'key = "A1"', "A1: key is 'A1', must be such as BT-A1"),
    (A2, 'key = "BT-A2"', 'key = "BT-A1"', 'key = "BT-A1"', "BT-A1: stands twice"),
    (A2, 'needs = ["BT-A1"]', 'needs = ["BT-A9"]', 'needs = ["BT-A9"]', "BT-A2: needs BT-A9, which is unknown"),
    (A2, 'needs = ["BT-A1"]', 'needs = "BT-A1"', 'needs = "BT-A1"', "BT-A2: needs is a list of keys"),
    (A2, 'needs = ["BT-A1"]', 'needs = ["BT-A1", "BT-A1"]', '["BT-A1", "BT-A1"]', "BT-A2: needs names one twice"),
    (A2, 'needs = ["BT-A1"]', 'needs = ["BT-E7"]', 'needs = ["BT-E7"]', "BT-A2: needs BT-E7, which comes after it"),
    (
        A1,
        "evidence = [",
        'needs = ["BT-A2"]\nevidence = [',
        'BT-A2|needs = ["BT-A1"]',
        "BT-A2: a circle of needs: BT-A2 → BT-A1 → BT-A2",
    ),
    (
        A1,
        'requirement = "required"',
        'requirement = "conditional"',
        '= "conditional"',
        "a conditional item has a condition",
    ),
    (
        A1,
        'requirement = "required"',
        'requirement = "required"\nwhen = "cleared"',
        'when = "cleared"',
        "only a conditional item",
    ),
    (
        "BT-B3",
        'when = "use:res',
        'when = "use:housing or use:res',
        "use:housing",
        "no condition: housing is no code of plan_c",
    ),
    (
        "BT-A4",
        'when = "energy_review"',
        'when = "energy"',
        'when = "energy"',
        "BT-A4: when is no condition: 'energy' is no fact",
    ),
    (
        "BT-C1",
        'rule = "R41"',
        'rule = "R01"',
        'rule = "R01"',
        "BT-C1: rule is 'R01', must be a legal rule that nobody may",
    ),
    (
        "BT-C1",
        'requirement = "required"',
        'requirement = "optional"',
        'rule = "R41"',
        "BT-C1: a hard stop is not optional",
    ),
    ("BT-D6", 'work = "demolition"', 'work = "dig"', 'work = "dig"', "BT-D6: work 'dig' is no code of work_kind"),
    ("BT-D6", 'unit = "workday"', 'unit = "day"', 'work = "demolition"', "BT-D6: blocked periods are left out of"),
    ("BT-E5", 'begins = "announced"', 'begins = "spoken"', 'begins = "spoken"', "BT-E5: begins is 'spoken'"),
    (
        "BT-E5",
        'follows = "opened"\n',
        "",
        'begins = "announced"',
        "BT-E5: what begins by itself is done by itself",
    ),
    (
        "BT-K2P",
        'permit = "works_planning"',
        'permit = "works"',
        'permit = "works"',
        "BT-K2P: becomes permit is 'works'",
    ),
    (
        "BT-K2",
        'follows = "permit:works_planning"\n',
        "",
        "BT-K2P|becomes = ",
        "BT-K2P: no item follows permit:works",
    ),
    (
        "BT-K2P",
        'kind = "PRE"',
        'kind = "G"',
        'permit = "works_planning"',
        "BT-K2P: only a PRE item becomes another",
    ),
    (
        "BT-E7",
        'phase = "sale"',
        'phase = "pre"',
        'BT-K4|phase = "after"',
        "one item is the sale (phase sale) and follows sold",
    ),
    ("BT-E7", 'follows = "sold"\n', "", 'phase = "sale"', "one item is the sale (phase sale) and follows sold"),
    ("BT-E8A", "track = 9", "track = 5", 'phase = "after"', "BT-E8A: what follows the sale stands in group 9"),
    (A1, '{ key = "minutes"', '{ key = "opinion"', "evidence = [", "BT-A1: evidence names a proof twice"),
    (A1, '{ key = "minutes"', '{ name = "minutes"', "evidence = [", "BT-A1: evidence has a proof whose key is missing"),
    (
        "BT-B4",
        "valid_months = 12",
        "valid_months = 0",
        "evidence = [",
        "BT-B4: evidence has a proof whose valid_months is 0",
    ),
    (
        "BT-B4",
        "valid_months = 12, ",
        "",
        "evidence = [",
        "BT-B4: evidence has a proof with valid_months but no source or source_en",
    ),
    ("BT-F1", 'source_en = "', 'source_en = "" # ', 'source_en = ""', "BT-F1: source_en is empty or no text"),
]
STEP_FAULTS = [
    (
        "filing",
        'needs = ["contract"]',
        'needs = ["design"]',
        'needs = ["design"]',
        "filing: needs design, which does not",
    ),
    ("filing", "days = 1", "days = -1", "days = -1", "filing: days is -1"),
    ("filing", 'basis = "statutory"', 'basis = "assumed"', "verified = true", "what is assumed is not verified"),
    ("filing", 'key = "filing"', 'key = "contract"', 'key = "contract"', "contract: stands twice"),
    ("filing", 'unit = "workday"', 'unit = "workday"\nlead = "finance"', 'lead = "finance"', "filing: lead is unknown"),
]


@pytest.mark.parametrize(("old", "new", "place", "fault"), HEAD_FAULTS)
def test_a_fault_of_head_or_tracks_is_named_with_its_line(
    tmp_path: Path, old: str, new: str, place: str, fault: str
) -> None:
    assert old in TRACKS
    content = TRACKS.replace(old, new, 1)
    lines = [number for number, line in enumerate(content.splitlines(), 1) if line.startswith(place)]
    line = lines[-1] if "twice" in fault else lines[0]
    assert f"zhengdong.toml:{line}: {fault}" in faults(content, tmp_path)


@pytest.mark.parametrize(("key", "old", "new", "place", "fault"), [*ITEM_FAULTS, *STEP_FAULTS])
def test_a_fault_is_named_with_its_line(tmp_path: Path, key: str, old: str, new: str, place: str, fault: str) -> None:
    content = within(key, old, new)
    other, _, text = place.rpartition("|")
    at = begin_of(content, other) if other else begin_of(TRACKS, key)  # what is before the entry stays as it is
    line = content.count("\n", 0, content.index(text, at)) + 1
    told = faults(content, tmp_path)
    assert [each for each in told if each.startswith(f"zhengdong.toml:{line}: ") and fault in each], told


def test_something_must_follow_the_sale(tmp_path: Path) -> None:
    content = TRACKS.replace('phase = "after"', 'phase = "pre"')
    line = content.count("\n", 0, content.index('phase = "pre"', begin_of(content, "BT-K4"))) + 1
    assert f"zhengdong.toml:{line}: no item follows the sale (phase after)" in faults(content, tmp_path)


def test_all_faults_are_told_at_once(tmp_path: Path) -> None:
    broken = (
        within(A1, "days = 10", "days = 0")
        .replace("track = 2\n", "track = 0\n")
        .replace("number = 3\n", "number = 0\n")
    )
    told = faults(broken, tmp_path)
    assert len(told) == 1 + 1 + sum(item.track == 2 for item in ZHENGDONG.items)


@pytest.mark.parametrize(
    "wrong", [[], {}, [{}], [[]], 1.5, True, -7, dt.date(2020, 1, 1), "", [1], {"a": [1]}, None], ids=str
)
def test_no_value_breaks_the_check_itself(wrong: object) -> None:
    document = tomllib.loads(TRACKS)
    for table in ("tracks", "items", "traditional"):
        for entry in document[table]:
            for field in entry:
                broken = list(faults_of(table, {**entry, field: wrong}))
                fits = (field == "verified" and wrong is True) or (field == "needs" and wrong == [])
                assert broken or fits, (entry["key"], field)


@pytest.mark.parametrize(
    ("content", "fault"),
    [
        ('key = "zhengdong"\nversion = [', "zhengdong.toml: "),
        ('key = "zhengdong"\n', "there is no [[tracks]]"),
        ("items = 1\n" + TRACKS.replace("[[items]]", "[[other]]"), "there is no [[items]]"),
        ("", "there is no [[traditional]]"),
        ("tracks = [1]\n", "there is no [[tracks]]"),
    ],
)
def test_what_is_no_template_is_told(tmp_path: Path, content: str, fault: str) -> None:
    assert any(fault in each for each in faults(content, tmp_path))


def test_a_file_that_is_not_there_is_told(tmp_path: Path) -> None:
    with pytest.raises(BrokenTemplate, match=r"none\.toml"):
        read(tmp_path / "none.toml")
    (tmp_path / "Our Own.toml").write_text(TRACKS, encoding="utf-8")
    with pytest.raises(BrokenTemplate, match="'Our Own', must be a word in small letters"):
        read(tmp_path / "Our Own.toml")
    (tmp_path / "bytes.toml").write_bytes(b"\xff\xfe")
    with pytest.raises(BrokenTemplate, match=r"bytes\.toml"):
        read(tmp_path / "bytes.toml")


def test_conditional_items_are_the_only_ones_that_a_fact_takes_away() -> None:
    everything = Facts.of(
        {
            "uses": [],
            "method": "listing",
            "cleared": True,
            **dict.fromkeys(
                (
                    "relics",
                    "relics_found",
                    "rezoning",
                    "separate_siting",
                    "soil_risk",
                    "energy_review",
                    "tender_required",
                ),
                False,
            ),
        }
    )
    gone = {item.key for item in ZHENGDONG.items if not item.applies(everything)}
    assert gone == {item.key for item in ZHENGDONG.items if item.requirement is Requirement.conditional}
