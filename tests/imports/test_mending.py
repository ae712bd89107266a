"""What the reader found of a shape is told anew once the shape was repaired."""

from service.imports.findings import finding
from service.imports.mending import still_true
from tests.imports.test_repairs import polygon

SQUARE = [(0.0, 0.0), (100.0, 0.0), (100.0, 80.0), (0.0, 80.0)]


def test_a_repair_takes_away_what_else_the_fault_had_made_odd_and_an_open_ring_stays_until_closed() -> None:
    found = [
        finding("spike", row=1, ring=1, point="2"),
        finding("self_crossing", row=1, ring=1, point="1–2 × 3–4"),
        finding("sliver", row=1, width="0.00"),
        finding("ring_open", row=1),
        finding("sliver", row=2, width="0.01"),
    ]
    repairs = [{"row": 1, "code": "spike", "wkb": polygon(SQUARE).wkb.hex()}]
    assert [(each.row, each.code) for each in still_true(found, repairs)] == [(1, "ring_open"), (2, "sliver")]
    closed = [*repairs, {"row": 1, "code": "ring_open", "wkb": polygon(SQUARE).wkb.hex()}]
    assert [(each.row, each.code) for each in still_true(found, closed)] == [(2, "sliver")]


def test_what_is_odd_about_the_repaired_shape_is_said_of_its_own_points() -> None:
    spiked = polygon([*SQUARE[:3], (50.005, 80.0), (50.0, 140.0), (49.995, 80.0), SQUARE[3]])
    found = [finding("spike", row=3, ring=1, point="J9"), finding("hole", row=3, ring=2, area="1.00")]
    (told,) = still_true(found, [{"row": 3, "code": "self_crossing", "wkb": spiked.wkb.hex()}])
    assert (told.row, told.code, told.ring, told.point) == (3, "spike", 1, "5")
    assert list(still_true(found, [])) == found
