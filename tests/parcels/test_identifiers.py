import contextlib
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.parcels import identifiers
from service.parcels.identifiers import BadIdentifier, Number

digits = st.text("0123456789", min_size=12, max_size=12)
cadastral = st.builds(
    lambda area, owner, feature, serial: f"{area}{owner}{feature}{serial:05}",
    digits,
    st.sampled_from("GJZ"),
    st.sampled_from("ABCDEFGHLNSWXY"),
    st.integers(1, 99999),
)


@given(cadastral)
def test_a_well_formed_cadastral_code_is_the_sum_of_its_parts(code: str) -> None:
    assert "".join(identifiers.parse_cadastral_code(code)) == code
    assert identifiers.looks_like(code) is Number.cadastral


@given(cadastral, st.integers(0, 18))
def test_a_wrong_character_is_named_with_its_place(code: str, place: int) -> None:
    with pytest.raises(BadIdentifier, match=f"Place {place + 1} is 'O'"):
        identifiers.parse_cadastral_code(code[:place] + "O" + code[place + 1 :])


@given(st.text(max_size=30))
def test_any_text_is_parsed_or_refused(text: str) -> None:
    with contextlib.suppress(BadIdentifier):
        parts = identifiers.parse_cadastral_code(text)
        assert re.fullmatch(r"\d{12}[GJZ][ABCDEFGHLNSWXY]\d{5}", "".join(parts), re.ASCII)


def test_spaces_and_lower_case_of_a_cadastral_code_are_put_right() -> None:
    assert "".join(identifiers.parse_cadastral_code(" 410105 003012 gb 00023 ")) == "410105003012GB00023"


@pytest.mark.parametrize(
    ("code", "complaint"),
    [
        ("410105003012GB0002", "19 characters, not 18"),
        ("410105003012GB00000", "start from 00001"),
        ("410105003012QB00023", "Place 13 is 'Q'"),
        ("410105003012GZ00023", "Place 14 is 'Z'"),
        ("410105003012GB0002３", "Place 19"),
    ],
)
def test_a_bad_cadastral_code_is_refused_precisely(code: str, complaint: str) -> None:
    with pytest.raises(BadIdentifier, match=complaint):
        identifiers.parse_cadastral_code(code)


def test_a_unit_code_holds_a_cadastral_code() -> None:
    parcel, attached = identifiers.parse_unit_code("410105003012GB00023F00010012")
    assert (parcel.serial, attached) == ("00023", "F00010012")
    with pytest.raises(BadIdentifier, match="Place 20 is 'B'"):
        identifiers.parse_unit_code("410105003012GB00023B00010012")
    with pytest.raises(BadIdentifier, match="28 characters"):
        identifiers.parse_unit_code("410105003012GB00023")


@pytest.mark.parametrize(
    "written",
    [
        "郑政东出〔２０２２〕５号（网）",
        "郑政东出〔2022〕5号(网)",
        "郑政东出[2022]5号(网)",
        "郑政东出［2022］5号（网）",
        "郑政东出【2022】5号（网)",
        "郑政东出(2022)5号(网)",
        " 郑政东出〔2022〕 5号 （网）",
    ],
)
def test_a_lot_number_is_kept_one_way_however_it_is_written(written: str) -> None:
    assert identifiers.normalise_lot_number(written) == "郑政东出〔2022〕5号(网)"
    assert identifiers.is_lot_number(written)
    assert identifiers.looks_like(written) is Number.lot


@given(st.text(max_size=40))
def test_normalising_twice_changes_nothing(text: str) -> None:
    once = identifiers.normalise_lot_number(text)
    assert identifiers.normalise_lot_number(once) == once


@pytest.mark.parametrize("number", ["郑政出〔2022〕18号(网)", "郑政经开出〔2022〕012号(网)", "郑政高新出〔2023〕7号"])
def test_numbers_of_real_notices_are_recognised(number: str) -> None:
    assert identifiers.is_lot_number(number)


@pytest.mark.parametrize("code", ["ZDXQ-2022-005", "龙湖-03", "A1", "郑政东出〔2022〕5号(网)", "410105003012GB00023"])
def test_these_are_parcel_numbers(code: str) -> None:
    assert identifiers.check_code(code) == code


@pytest.mark.parametrize(
    "code", ["", "a/b", "a b", " a", "a\n", "..", "status", "Facets", "locate", "a?b", "a%b", "a\\b", "x" * 65, "a\x00"]
)
def test_these_are_not(code: str) -> None:
    with pytest.raises(BadIdentifier):
        identifiers.check_code(code)


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("410105003012gb00023", Number.cadastral),
        ("410105003012GB00023W00000000", Number.unit),
        ("ZDXQ-2022-005", Number.code),
        ("金融岛", Number.text),
        ("龙湖 03", Number.text),
    ],
)
def test_a_search_text_is_told_by_its_form(text: str, kind: Number) -> None:
    assert identifiers.looks_like(text) is kind
