"""Conditions over a parcel's facts: every fact, unanswered ones on the safe side, and what is no condition."""

import itertools
from dataclasses import fields

import pytest

from service.checklist.template import Item, Requirement
from service.checklist.template_facts import FACTS, BrokenCondition, Facts, asked_by, holds
from service.checklist.template_loader import templates

FLAGS = tuple(key for key in FACTS if key not in {"uses", "method"})
ITEMS = tuple(item for template in templates().values() for item in template.items)


def test_every_fact_is_named_and_can_be_told() -> None:
    assert tuple(FACTS) == tuple(each.name for each in fields(Facts))
    for kind in FACTS.values():
        assert kind.title.strip()
        assert kind.title_en.isascii()


def test_every_fact_is_asked_for_by_some_item() -> None:
    assert {fact for item in ITEMS if item.when for fact in asked_by(item.when)} == set(FACTS)


@pytest.mark.parametrize("key", FLAGS)
def test_a_yes_or_no(key: str) -> None:
    assert [holds(key, Facts.of({key: value})) for value in (True, False, None)] == [True, False, None]
    assert [holds(f"not {key}", Facts.of({key: value})) for value in (True, False, None)] == [False, True, None]


def test_uses_and_methods_count_for_their_parents() -> None:
    public = Facts(uses=frozenset({"industrial", "public"}))
    assert [holds(f"use:{code}", public) for code in ("public", "other", "industrial", "residential")] == [
        True,
        True,
        True,
        False,
    ]
    assert holds("use:public", Facts(uses=frozenset({"other"}))) is False
    assert holds("use:public", Facts(uses=frozenset())) is False
    assert holds("use:public", Facts()) is None
    assert [holds(f"method:{code}", Facts(method="listing")) for code in ("listing", "grant", "allocation")] == [
        True,
        True,
        False,
    ]
    assert holds("method:allocation", Facts()) is None


def kleene_and(*values: bool | None) -> bool | None:
    return False if False in values else None if None in values else True


def kleene_or(*values: bool | None) -> bool | None:
    return True if True in values else None if None in values else False


@pytest.mark.parametrize("told", [*itertools.product([True, False, None], repeat=3)])
def test_what_is_not_answered_is_neither_true_nor_false(told: tuple[bool | None, ...]) -> None:
    a, b, c = told
    facts = Facts(cleared=a, relics=b, rezoning=c)
    assert holds("cleared and relics or rezoning", facts) is kleene_or(kleene_and(a, b), c)
    assert holds("cleared and (relics or rezoning)", facts) is kleene_and(a, kleene_or(b, c))
    assert holds("cleared or relics and rezoning", facts) is kleene_or(a, kleene_and(b, c))
    assert holds("not (cleared or relics)", facts) is kleene_and(*(None if x is None else not x for x in (a, b)))
    assert holds("not cleared and not not relics", facts) is kleene_and(None if a is None else not a, b)


@pytest.mark.parametrize(
    ("condition", "fault"),
    [
        ("", "a fact is missing"),
        ("   ", "a fact is missing"),
        ("housing", "'housing' is no fact"),
        ("uses", "'uses' is no fact"),
        ("method", "'method' is no fact"),
        ("use:housing", "housing is no code of plan_class"),
        ("method:lottery", "lottery is no code of supply_method"),
        ("cleared:yes", "'cleared:yes' is no fact"),
        ("cleared relics", "'relics' is one too many"),
        ("cleared or", "a fact is missing"),
        ("and cleared", "'and' is no fact"),
        ("(cleared", "a bracket is not closed"),
        ("cleared)", r"'\)' is one too many"),
        ("cleared == 1", "'== 1' is no fact"),
        ("净地", "'净地' is no fact"),
    ],
)
def test_what_is_no_condition(condition: str, fault: str) -> None:
    with pytest.raises(BrokenCondition, match=fault):
        asked_by(condition)


def test_facts_come_back_from_json() -> None:
    for facts in (Facts(), Facts(uses=frozenset({"public", "commercial"}), method="listing", cleared=False)):
        assert Facts.of(facts.to_json()) == facts
    assert Facts.of({"cleared": True, "of_a_later_version": True}) == Facts(cleared=True)


@pytest.mark.parametrize("item", [item for item in ITEMS if item.when], ids=lambda item: item.key)
def test_a_condition_that_nobody_has_answered_applies(item: Item) -> None:
    assert item.requirement is Requirement.conditional
    assert item.applies(Facts())
    assert item.required(Facts())


def test_an_optional_item_applies_and_is_not_required() -> None:
    item = templates()["zhengdong"].by_key["BT-H4"]
    assert item.applies(Facts())
    assert not item.required(Facts())


def applying(**facts: object) -> set[str]:
    told = Facts.of({**dict.fromkeys(FLAGS, False), "uses": ["industrial"], "method": "listing", **facts})
    return {item.key for item in templates()["zhengdong"].items if item.when and item.applies(told)}


def test_which_items_a_parcel_needs() -> None:
    cleared = applying(cleared=True)
    assert cleared == set()
    expropriated = {f"BT-D{number}" for number in range(1, 8)} | {"BT-E1", "BT-E2"}
    assert applying() == expropriated
    assert applying(cleared=True, uses=["residential"]) == {"BT-B3"}
    assert applying(cleared=True, uses=["commercial", "public"]) == {"BT-B3"}
    assert applying(cleared=True, soil_risk=True) == {"BT-B3"}
    assert applying(cleared=True, relics=True) == {"BT-F1", "BT-F2", "BT-F3", "BT-F4"}
    assert applying(cleared=True, relics_found=True) == set()
    assert applying(cleared=True, relics=True, relics_found=True) >= {"BT-F5A", "BT-F5B"}
    assert applying(cleared=True, method="allocation") == applying(cleared=True, separate_siting=True) == {"BT-B4"}
    assert applying(cleared=True, rezoning=True) == {"BT-C6"}
    assert applying(cleared=True, energy_review=True) == {"BT-A4"}
    assert applying(cleared=True, tender_required=True) == {"BT-K1"}
