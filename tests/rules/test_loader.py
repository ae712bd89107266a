"""The legal rules are data: complete, dated, with sources, and every fault in them is named with its line."""

import datetime as dt
import re
from decimal import Decimal
from fractions import Fraction
from pathlib import Path

import pytest

from service.codes.queries import lists
from service.rules.book import RuleBook, rulebook
from service.rules.loader import FILE, BrokenRules, read
from service.rules.parameters import NEEDED, Kind, parsed
from service.rules.rule import METHODS, USES, Severity, Verification
from tests.factories.law import rule

LAW = FILE.read_text(encoding="utf-8")
BLOCK, WARN, INFO = Severity
FULL, PARTIAL, NONE = Verification

# Reviewed by people against the domain notes: how strict each rule is, and how far its sources have been read.
# Two lines of one rule are two scopes or periods, in the order of the file.
REVIEWED = {
    "R01": [(BLOCK, PARTIAL), (WARN, NONE)],
    "R02": [(BLOCK, PARTIAL)],
    "R03": [(BLOCK, FULL), (WARN, NONE)],
    "R04": [(BLOCK, FULL), (WARN, NONE)],
    "R05": [(WARN, PARTIAL)],
    "R06": [(BLOCK, FULL)],
    "R07": [(BLOCK, FULL)],
    "R10": [(BLOCK, FULL), (WARN, NONE)],
    "R11": [(WARN, FULL), (WARN, NONE)],
    "R12": [(BLOCK, FULL), (WARN, NONE)],
    "R13": [(INFO, FULL)],
    "R14": [(BLOCK, FULL)],
    "R15": [(WARN, PARTIAL)],
    "R16": [(INFO, PARTIAL)],
    "R20": [(BLOCK, FULL)],
    "R21": [(INFO, FULL)],
    "R30": [(BLOCK, FULL), (WARN, NONE)],
    "R31": [(WARN, NONE)],
    "R32": [(WARN, FULL)],
    "R33": [(BLOCK, FULL)],
    "R34": [(WARN, PARTIAL)],
    "R35": [(WARN, NONE)],
    "R40": [(WARN, PARTIAL)],
    "R41": [(BLOCK, FULL)],
    "R42": [(BLOCK, FULL), (BLOCK, FULL)],
    "R43": [(BLOCK, FULL)],
    "R44": [(BLOCK, FULL)],
    "R45": [(WARN, NONE)],
    "R46": [(WARN, PARTIAL)],
    "R47": [(WARN, NONE)],
    "R50": [(BLOCK, FULL)],
    "R51": [(BLOCK, FULL)],
    "R52": [(WARN, FULL)],
    "R53": [(BLOCK, FULL)],
    "R60": [(WARN, FULL)],
    "R61": [(WARN, FULL)],
    "R62": [(INFO, PARTIAL)],
    "R63": [(WARN, NONE)],
    "R64": [(WARN, FULL)],
    "R65": [(WARN, FULL)],
    "R66": [(INFO, FULL)],
    "R67": [(WARN, FULL)],
    "R68": [(INFO, NONE)],
    "R70": [(BLOCK, PARTIAL)],
    "R71": [(WARN, NONE)],
    "R72": [(WARN, FULL)],
    "R73": [(WARN, FULL)],
    "R74": [(BLOCK, FULL)],
    "R75": [(BLOCK, FULL)],
    "R90": [(WARN, FULL)],
}


def test_every_rule_is_as_strict_as_was_reviewed() -> None:
    found: dict[str, list[tuple[Severity, Verification]]] = {}
    for each in rulebook().rules:
        found.setdefault(each.id, []).append((each.severity, each.verification))
    assert found == REVIEWED
    assert {each.id for each in rulebook().rules if each.hard} == {"R41", "R42", "R43", "R44"}


def test_what_nobody_has_read_never_blocks() -> None:
    assert not [each for each in rulebook().rules if each.verification is NONE and each.severity is BLOCK]


def test_scopes_name_codes_that_are_there() -> None:
    assert lists()["supply_method"].entries.keys() >= METHODS
    classes = {code.plan_class for each in lists().values() for code in each.entries.values()}
    assert classes - {None} == USES


def test_the_terms_of_the_code_lists_are_those_of_the_law() -> None:
    longest = rule("R20")
    for each in lists().values():
        for code in each.entries.values():
            if code.max_term_years is not None and code.plan_class is not None:
                assert longest.number_of("longest", code.plan_class) == code.max_term_years, (each.list, code.code)


def test_no_check_holds_a_figure_of_the_law() -> None:
    """Months of a year, cents and none at all are no law; everything else is read from the rule."""
    folder = Path(__file__).parents[2] / "service"
    for path in (*folder.glob("*/legal.py"), folder / "schemes/land_law.py", folder / "contracts/idle.py"):
        code = re.sub(r'"""(.|\n)*?"""|f?"[^"\n]*"|#.*|R\d\d', "", path.read_text(encoding="utf-8"))
        numbers = set(re.findall(r"(?<![\w.])\d+(?:\.\d+)?", code)) - {"0", "1"}
        assert numbers <= {"12", "100"}, path


def line_of(content: str, text: str) -> int:
    return next(
        number for number, line in enumerate(content.splitlines(), 1) if text in line and not line.startswith("#")
    )


def first(old: str, new: str) -> str:
    assert old in LAW
    return LAW.replace(old, new, 1)


@pytest.mark.parametrize(
    ("content", "place", "fault"),
    [
        (first('severity = "block"', 'severity = "law"'), 'severity = "law"', "R01: severity is 'law'"),
        (first('theme = "listing"', 'theme = "sale"'), 'theme = "sale"', "R01: theme is 'sale'"),
        (first("valid_from = 2007-11-01", "valid_from = 2007"), "valid_from = 2007", "R01: valid_from is 2007"),
        (first("valid_from = 2007-11-01", 'valid_from = "2007-11-01"'), 'valid_from = "', "without quotation marks"),
        (
            first("valid_to = 2012-05-22", "valid_to = 2009-05-22"),
            "valid_to = 2009",
            "R30: valid_to 2009-05-22 lies before valid_from 2009-11-10",
        ),
        (first('title_en = "Notice before the sale"', 'titel_en = "N"'), "[[rules]]", "R01: title_en is missing"),
        (first('title_en = "Notice before the sale"', 'titel_en = "N"'), "titel_en", "R01: titel_en is unknown"),
        (first('title = "公告期"', 'title = " "'), 'title = " "', "R01: title is empty"),
        (first('["auction", "listing"]', '["auction", "lottery"]'), "lottery", "R01: lottery in methods is unknown"),
        (first("value = 20,", 'value = "20",'), 'value = "20"', "R01: days is '20', must be a whole number"),
        (first('value = "0.20"', "value = 0.20"), "value = 0.20", "R03: share is 0.2, must be a number in quotation"),
        (
            first('unit = "day"', 'unit = "workday"'),
            'unit = "workday"',
            "R01: days is in workday, the check counts in day",
        ),
        (first('unit = "day"', 'unit = "moon"'), 'unit = "moon"', "R01: unit 'moon' of days is unknown"),
        (first("parameters.days", "parameters.dys"), "parameters.dys", "R01: no check reads dys"),
        (first("parameters.days", "parameters.dys"), "parameters.dys", "R01: parameter days is missing"),
        (first('"1/3", unit = "share"', '"4/3", unit = "share"'), "4/3", "R61: built is '4/3', must be a share"),
        (first("verified = true", 'verified = "yes"'), "sources = [", "verified is true or false"),
        (
            first('title_en = "notice to start" }', 'title_en = "notice to start", origin = "rumour" }'),
            "rumour",
            "R01: origin of days is 'rumour', must be one of source, unverified, district, own",
        ),
        (
            first('title_en = "notice to start" }', 'title_en = "notice to start", origin = "unverified" }'),
            'origin = "unverified" }',
            "R01: a rule does not block by days, which nobody has read",
        ),
        (first('id = "R02"', 'id = "Rule 2"'), "Rule 2", "Rule 2: id is R and two digits"),
        (first('id = "R02"', 'id = "R02"\nhard = "yes"'), 'hard = "yes"', "R02: hard is true or false"),
    ],
)
def test_a_fault_is_named_with_its_line(tmp_path: Path, content: str, place: str, fault: str) -> None:
    file = tmp_path / "law.toml"
    file.write_text(content, encoding="utf-8")
    with pytest.raises(BrokenRules) as raised:
        read(file)
    told = [each for each in raised.value.en.splitlines() if fault in each]
    assert told, raised.value.en
    assert told[0].startswith(f"law.toml:{line_of(content, place)}: ")


@pytest.mark.parametrize(
    ("id_", "old", "new", "fault"),
    [
        ("R16", 'severity = "info"', 'severity = "info"\nhard = true', "R16: only what blocks is hard"),
        ("R13", 'severity = "info"', 'severity = "warn"', "R13: no check knows this rule: its severity is info"),
        ("R31", 'severity = "warn"', 'severity = "block"', "R31: a rule without a verified source does not block"),
    ],
)
def test_how_strict_a_rule_may_be(tmp_path: Path, id_: str, old: str, new: str, fault: str) -> None:
    begin = LAW.index(f'id = "{id_}"')
    file = tmp_path / "law.toml"
    file.write_text(LAW[:begin] + LAW[begin:].replace(old, new, 1), encoding="utf-8")
    with pytest.raises(BrokenRules, match=fault):
        read(file)


@pytest.mark.parametrize("wrong", ["[]", "{}", "[[]]", "1.5", "true", "2020-01-01", '""', "[1]", "{ a = [1] }"])
def test_no_value_breaks_the_check_itself(tmp_path: Path, wrong: str) -> None:
    begin = LAW.index('[[rules]]\nid = "R13"')
    end = LAW.index("[[rules]]", begin + 1)
    for old in re.findall(r"^([\w.]+) = (.+)$", LAW[begin:end], re.MULTILINE):
        block = LAW[begin:end].replace(f"{old[0]} = {old[1]}", f"{old[0]} = {wrong}", 1)
        file = tmp_path / "law.toml"
        file.write_text(LAW[:begin] + block + LAW[end:], encoding="utf-8")
        if (old[0], wrong) == ("valid_from", "2020-01-01"):
            assert read(file)
            continue
        if old[0] != "sources":  # begins on this line only
            with pytest.raises(BrokenRules, match=r"R13|id is R|missing"):
                read(file)


@pytest.mark.parametrize("wrong", ["[]", "{}", "1.5", "2020-01-01", "-1", '{ a = "b" }'])
def test_no_figure_breaks_the_check_itself(tmp_path: Path, wrong: str) -> None:
    for id_, name in (("R01", "days"), ("R03", "share"), ("R13", "days"), ("R30", "cap"), ("R33", "attributes")):
        begin = LAW.index(f'id = "{id_}"')
        block = re.sub(rf"(parameters\.{name} = \{{ value = ).+?, unit", rf"\g<1>{wrong}, unit", LAW[begin:], count=1)
        file = tmp_path / "law.toml"
        file.write_text(LAW[:begin] + block, encoding="utf-8")
        if (id_, wrong) in {("R30", "{}"), ("R13", "-1")}:
            continue  # an empty table is one that is not filled in; no check reads R13
        with pytest.raises(BrokenRules, match=f"{id_}: {name} "):
            read(file)


def test_one_case_has_one_answer(tmp_path: Path) -> None:
    begin = LAW.index('[[rules]]\nid = "R02"')
    again = LAW[begin : LAW.index("[[rules]]", begin + 1)]
    file = tmp_path / "law.toml"
    file.write_text(f"{LAW}\n{again}", encoding="utf-8")
    with pytest.raises(BrokenRules, match=r"R02: stands already for the same scope from 2007-11-01 to now"):
        read(file)
    for apart in (
        again.replace('["listing"]', '["auction"]'),
        again.replace("valid_from = 2007-11-01", "valid_from = 2001-01-01\nvalid_to = 2007-10-31"),
        again.replace('["listing"]', '["listing"]\njurisdictions = ["ELSEWHERE"]'),
    ):
        file.write_text(f"{LAW}\n{apart}", encoding="utf-8")
        assert len(read(file)) == len(rulebook().rules) + 1


def test_a_rule_that_a_check_needs_is_missed(tmp_path: Path) -> None:
    begin = LAW.index('[[rules]]\nid = "R02"')
    file = tmp_path / "law.toml"
    file.write_text(LAW[:begin] + LAW[LAW.index("[[rules]]", begin + 1) :], encoding="utf-8")
    with pytest.raises(BrokenRules, match="R02: missing"):
        read(file)


def test_what_is_no_toml_is_named_with_its_line(tmp_path: Path) -> None:
    file = tmp_path / "law.toml"
    file.write_text('title = "a"\nrules = [', encoding="utf-8")
    with pytest.raises(BrokenRules, match=r"law\.toml: .*(line|end of document)"):
        read(file)
    file.write_text('title = "a"\n', encoding="utf-8")
    with pytest.raises(BrokenRules, match="a file has rules, title, title_en, version"):
        read(file)


def test_values_are_exact() -> None:
    assert parsed(Kind.number, "0.20") == Decimal("0.20")
    assert parsed(Kind.fraction, "1/3") == Fraction(1, 3)
    for kind, wrong in (
        (Kind.number, "NaN"),
        (Kind.number, "-1"),
        (Kind.number, 1),
        (Kind.fraction, "1/0"),
        (Kind.whole, True),
        (Kind.whole, -1),
        (Kind.wholes, []),
        (Kind.names, [""]),
        (Kind.numbers, ["1"]),
        (Kind.texts, {"a": 1}),
    ):
        with pytest.raises(ValueError, match=r".*"):
            parsed(kind, wrong)


def test_each_needed_rule_is_there_on_some_day() -> None:
    assert {each.id for each in rulebook().rules} >= NEEDED.keys()


@pytest.mark.parametrize(
    ("day", "read_by_somebody"),
    [("2009-11-09", None), ("2009-11-10", FULL), ("2012-05-22", FULL), ("2012-05-23", NONE)],
)
def test_a_day_belongs_to_one_edition(day: str, read_by_somebody: Verification | None) -> None:
    held = rulebook().at(dt.date.fromisoformat(day), "ZDXQ", use="residential").find("R30")
    assert (None if held is None else held.verification) is read_by_somebody


def test_the_rule_of_a_jurisdiction_goes_before_the_general_one(tmp_path: Path) -> None:
    begin = LAW.index('[[rules]]\nid = "R02"')
    own = LAW[begin : LAW.index("[[rules]]", begin + 1)]
    own = own.replace('methods = ["listing"]', 'methods = ["listing"]\njurisdictions = ["OWN"]').replace(
        "= 10,", "= 12,"
    )
    file = tmp_path / "law.toml"
    file.write_text(f"{LAW}\n{own}", encoding="utf-8")
    days = {}
    for jurisdiction in ("OWN", "OTHER"):
        held = RuleBook(read(file)).at(dt.date(2022, 11, 15), jurisdiction, method="listing").find("R02")
        assert held is not None
        days[jurisdiction] = held.whole("days")
    assert days == {"OWN": 12, "OTHER": 10}


def test_what_is_not_decided_yet_has_no_rules_of_its_own() -> None:
    held = rulebook().at(dt.date(2022, 11, 15), "ZDXQ").rules
    assert "R43" in held
    assert not {"R01", "R03", "R20", "R31"} & held.keys()
