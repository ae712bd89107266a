"""Paper, orientation and scale."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.dossier.order import Paper
from service.dossier.sheet import SCALES, DoesNotFit, blocks_in, in_blocks, lay_out

SIDE = st.floats(1, 20_000)
PAPER = st.sampled_from(["A4", "A3"])


def on_paper(side_m: float, scale: int) -> float:
    return side_m * 1000 / scale


@given(SIDE, SIDE, st.integers(4, 500), PAPER)
def test_the_largest_usual_scale_is_chosen_in_either_orientation(
    width: float, height: float, rows: int, paper: Paper
) -> None:
    try:
        sheet, scale = lay_out(width, height, rows, paper)
    except DoesNotFit:
        assert max(width, height) > SCALES[-1] / 10
        return
    assert on_paper(width, scale) <= sheet.map.width - 24
    assert on_paper(height, scale) <= sheet.map.height - 24
    larger = SCALES[: SCALES.index(scale)]
    for better in larger[-1:]:
        with pytest.raises(DoesNotFit) as refused:
            lay_out(width, height, rows, paper, better)
        assert refused.value.facts == {"largest_scale": scale}


@given(SIDE, SIDE, st.integers(4, 2_000), PAPER)
def test_nothing_on_a_sheet_overlaps_and_everything_lies_on_it(
    width: float, height: float, rows: int, paper: Paper
) -> None:
    try:
        sheet = lay_out(width, height, rows, paper).sheet
    except DoesNotFit:
        return
    boxes = [box for box in (sheet.title, sheet.facts, sheet.map, sheet.table, sheet.foot) if box]
    for i, one in enumerate(boxes):
        assert one.x >= 20
        assert one.y >= 10
        assert one.x + one.width <= sheet.width - 10 + 1e-6
        assert one.y + one.height <= sheet.height - 10 + 1e-6
        for other in boxes[i + 1 :]:
            apart_x = one.x + one.width <= other.x + 1e-6 or other.x + other.width <= one.x + 1e-6
            apart_y = one.y + one.height <= other.y + 1e-6 or other.y + other.height <= one.y + 1e-6
            assert apart_x or apart_y
    if sheet.table is not None:
        assert blocks_in(sheet.table).capacity >= rows


def test_a_long_parcel_lies_across_and_a_high_one_stands() -> None:
    assert lay_out(900, 60, 5, "A4").sheet.is_landscape
    assert not lay_out(60, 900, 5, "A4").sheet.is_landscape


def test_a_scale_that_does_not_fit_is_refused_in_words() -> None:
    with pytest.raises(DoesNotFit) as refused:
        lay_out(300, 300, 5, "A4", 500)
    assert "1:500" in refused.value.zh
    assert "1:2000" in refused.value.zh
    assert lay_out(300, 300, 5, "A4", 2_300).scale == 2_300


def test_rows_fill_block_after_block_and_page_after_page() -> None:
    blocks = blocks_in(lay_out(10, 10, 5, "A4").sheet.map)
    pages = in_blocks(range(2 * blocks.capacity + 1), blocks)
    assert [len(page) for page in pages] == [blocks.across, blocks.across, 1]
    assert [row for page in pages for block in page for row in block] == [*range(2 * blocks.capacity + 1)]
