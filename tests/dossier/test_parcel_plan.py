"""The plan as it comes out: measured, read and opened in the PDF itself."""

import datetime as dt
import itertools
import json
from collections.abc import Sequence
from typing import Any

import numpy as np
import pytest
import shapely
import shapely.affinity

from service.core.errors import Unavailable
from service.dossier import parcel_plan, typesetting
from service.dossier.order import Imprint, Order
from service.dossier.parcel_plan import PlaneRefused, TooManyPoints
from service.dossier.printing import TEMPLATE
from service.dossier.queries import MOST_NEIGHBOURS, Neighbour, Subject
from service.geo import crs as geo_crs
from service.geo.crs import CrsRefused
from tests.dossier import paper

USUAL = Order()
DEMO = Imprint(dt.date(2022, 11, 15), "https://gongdi.example", "", is_demo=True)
SMALL = shapely.affinity.rotate(shapely.box(0, 0, 70, 120), 12)
THIN = shapely.affinity.rotate(shapely.box(0, 0, 900, 14), 17)
WITH_HOLE = shapely.Polygon(shapely.box(0, 0, 120, 100).exterior, [shapely.box(40, 30, 70, 60).exterior])
PARTS = shapely.MultiPolygon([WITH_HOLE, shapely.box(140, 10, 230, 80)])


def circle(points: int, radius: float = 300) -> shapely.Polygon:
    angles = np.linspace(0, 2 * np.pi, points, endpoint=False)
    return shapely.Polygon(np.column_stack([radius * np.cos(angles), radius * np.sin(angles)]))


def document(
    subject: Subject, order: Order = USUAL, near: Sequence[Neighbour] = (), imprint: Imprint = DEMO
) -> dict[str, Any]:
    return parcel_plan.document(parcel_plan.lay_out(subject, order), near, order, imprint)


def printed(subject: Subject, order: Order = USUAL, near: Sequence[Neighbour] = (), imprint: Imprint = DEMO) -> bytes:
    return typesetting.typeset(TEMPLATE, json.dumps(document(subject, order, near, imprint)))


@pytest.mark.parametrize(
    ("shape", "order"),
    [
        (SMALL, Order()),
        (SMALL, Order("A3")),
        (SMALL, Order(scale=1_700)),
        (THIN, Order()),
        (PARTS, Order(language="en")),
        (circle(300), Order("A3")),
    ],
    ids=["small", "on A3", "odd scale", "thin", "parts and hole", "many points"],
)
def test_the_boundary_is_to_scale_on_paper(shape: shapely.Geometry, order: Order) -> None:
    """Every distance between two boundary points, measured on the sheet, is the plane's to 0.01 mm."""
    subject = paper.subject(shape)
    plan = parcel_plan.lay_out(subject, order)
    sheet, *_ = paper.pages(printed(subject, order))
    rings = paper.boundary_rings(sheet)
    assert len(rings) == len(plan.rings)
    for drawn, surveyed in zip(rings, plan.rings, strict=True):
        plane = np.array([(point.easting, point.northing) for point in surveyed])
        wanted = (plane - plane[0]) * 1000 / plan.layout.scale
        assert np.abs((drawn - drawn[0]) - wanted).max() < 0.01
    assert order.scale in {None, plan.layout.scale}
    assert f"1:{plan.layout.scale}" in sheet.extract_text()


def test_the_sheet_has_the_size_of_its_paper() -> None:
    for order, shape, size in (
        (Order(), SMALL, (210, 297)),
        (Order(), THIN, (297, 210)),
        (Order("A3"), SMALL, (297, 420)),
        (Order("A3"), THIN, (420, 297)),
    ):
        box = paper.pages(printed(paper.subject(shape), order))[0].mediabox
        assert (float(box.width) / paper.MM, float(box.height) / paper.MM) == pytest.approx(size, abs=0.01)


def test_the_scale_bar_is_as_long_as_it_says() -> None:
    made = document(paper.subject(SMALL))
    assert made["bar"]["length"] == pytest.approx(made["bar"]["metres"] * 1000 / made["scale"])
    part = made["bar"]["length"] / made["bar"]["parts"]
    (sheet,) = paper.pages(printed(paper.subject(SMALL)))
    boxes = [path.subpaths[0] for path in paper.strokes(sheet) if len(path.subpaths[0]) == 4]
    parts = [box for box in boxes if np.ptp(box, axis=0) == pytest.approx((part, 1.2), abs=0.01)]
    assert len(parts) == made["bar"]["parts"]
    assert np.ptp(np.vstack(parts)[:, 0]) == pytest.approx(made["bar"]["length"], abs=0.01)


@pytest.mark.parametrize("language", ["zh", "en"])
def test_all_fonts_are_embedded(language: Any) -> None:  # noqa: ANN401
    for page in paper.pages(printed(paper.subject(circle(60), name="龙湖 Longhu"), Order(language=language))):
        fonts = [font.get_object() for font in page["/Resources"]["/Font"].values()]  # type: ignore[index]
        assert fonts
        for font in fonts:
            descriptor = font["/DescendantFonts"][0].get_object()["/FontDescriptor"]
            assert "/FontFile3" in descriptor or "/FontFile2" in descriptor
            assert "NotoSansSC" in descriptor["/FontName"]


def test_the_words_and_figures_of_a_plan_can_be_read_and_copied() -> None:
    subject = paper.subject(SMALL, code="郑东-2022-005", area_legal_m2=8400.4)
    text = paper.text_of(printed(subject))
    rings = parcel_plan.lay_out(subject, Order()).rings
    for point in rings[0]:
        assert f"1 {point.number} {point.northing:.3f} {point.easting:.3f} {point.edge_m:.2f}" in text
    for words in (
        "郑东-2022-005",
        "410105003012GB00023",
        "郑政东出〔2022〕5号(网)",
        "070102 二类城镇住宅用地",
        "8,400.40 m²（12.6006 亩）",
        "2000国家大地坐标系，3°带，中央子午线114°（EPSG:4547）",
        "郑东新区管理委员会",
        "2022年11月15日",
        "示意数据",
        "第 1 页  共 1 页",
    ):
        assert words in text


def test_x_is_north_and_y_is_east() -> None:
    (first, *_), *_ = document(paper.subject(SMALL))["table"]
    _, number, x, y, _ = first
    assert number == "J1"
    assert 3_849_000 < float(x) < 3_850_000
    assert 475_000 < float(y) < 476_000


def test_the_zone_can_stand_before_the_easting() -> None:
    with_zone = document(paper.subject(SMALL), Order(crs="4526"))["table"][0]
    without = document(paper.subject(SMALL))["table"][0]
    for (*_, x, y, _), (*_, x0, y0, _) in zip(with_zone, without, strict=True):
        assert x == x0
        assert float(y) == pytest.approx(float(y0) + 38_000_000, abs=0.0005)


def test_english_says_the_same_in_english() -> None:
    text = paper.text_of(printed(paper.subject(SMALL), Order(language="en"))).replace(" \n", " ")
    for words in ("Parcel plan", "ZDXQ-2022-005", "Zhengdong New District", "Illustrative data", "Page 1 of 1", "— "):
        assert words in text


def test_a_real_plan_has_no_mark_of_the_demo_but_its_approval_number() -> None:
    real = Imprint(dt.date(2022, 11, 15), "", "审图号：豫S(2022)001号", is_demo=False)
    text = paper.text_of(printed(paper.subject(SMALL), imprint=real))
    assert "示意数据" not in text
    assert "豫S(2022)001号" in text


def test_a_long_table_goes_on_over_pages_and_loses_no_point() -> None:
    subject = paper.subject(circle(700))
    document = printed(subject)
    pages = paper.pages(document)
    text = "\n".join(page.extract_text() for page in pages[1:])
    for point in parcel_plan.lay_out(subject, Order()).rings[0]:
        assert f"{point.number} {point.northing:.3f} {point.easting:.3f}" in text
    for number, page in enumerate(pages, 1):
        assert f"第 {number} 页  共 {len(pages)} 页" in page.extract_text()
    assert "界址点成果表见附页" in pages[0].extract_text()


def test_parts_and_holes_close_ring_by_ring_in_the_table() -> None:
    rows = list(itertools.chain.from_iterable(document(paper.subject(PARTS))["table"]))
    assert [(row[0], row[1]) for row in rows] == [
        *[("1", each) for each in ("J1", "J2", "J3", "J4", "J1")],
        *[("2", each) for each in ("J5", "J6", "J7", "J8", "J5")],
        *[("3", each) for each in ("J9", "J10", "J11", "J12", "J9")],
    ]
    assert [row[4] for row in rows if not row[4]] == ["", "", ""]
    assert rows[0][4] == "120.00"


def test_neighbours_in_sight_are_drawn_and_named() -> None:
    beside = shapely.affinity.translate(SMALL, 80, 0)
    far = shapely.affinity.translate(SMALL, 20_000, 0)
    near = [Neighbour(f"N-{n}", paper.in_degrees(paper.on_plane(each))) for n, each in enumerate((beside, far))]
    made = document(paper.subject(SMALL), near=near)
    seen, unseen = made["map"]["neighbours"]
    assert (seen["label"]["text"], len(seen["rings"])) == ("N-0", 1)
    assert unseen == {"rings": [], "label": None}
    assert "N-0" in paper.text_of(printed(paper.subject(SMALL), near=near))


@pytest.mark.parametrize("language", ["zh", "en"])
def test_a_plan_of_what_was_divided_says_so(language: Any) -> None:  # noqa: ANN401
    many = [f"ZD-{n}" for n in range(1, 7)]
    subject = paper.subject(SMALL, retired_on="2022-11-15", successors=many)
    text = "".join(paper.text_of(printed(subject, Order(language=language))).split())
    said = {
        "zh": ("已被取代", "本宗地自2022年11月15日起已分割、合并，现为：ZD-1、ZD-2、ZD-3、ZD-4等"),
        "en": ("Superseded", "Splitormergedawayfrom2022-11-15;now:ZD-1,ZD-2,ZD-3,ZD-4…"),
    }[language]
    assert all(words in text for words in said)
    assert not any(words in "".join(paper.text_of(printed(paper.subject(SMALL))).split()) for words in said)


def test_too_many_neighbours_are_said_to_be_too_many() -> None:
    one = Neighbour("N", paper.in_degrees(paper.on_plane(shapely.affinity.translate(SMALL, 80, 0))))
    made = document(paper.subject(SMALL), near=[one] * (MOST_NEIGHBOURS + 1))
    assert made["crowded"]
    assert len(made["map"]["neighbours"]) == MOST_NEIGHBOURS


HOSTILE = {
    "markup": '#eval("1+1") $x^2$ *bold* _it_ #read("/etc/passwd") <label> @ref // note /* */',
    "code": '"); #panic("out") ; json("x") \\ `raw` [#sys.inputs]',
    "very long": "超长名称" * 50,
    "one word": "A" * 200,
    "emoji": "🏗️👷‍♀️ 地块 🇨🇳",
    "right to left": "قطعة أرض ١٢٣ abc שלום",
    "rare Han": "𠮷𪚥龘地块",
    "combining": "a\u0301\u0323" * 60,
    "nothing but space": "\u3000\u200b",
}


@pytest.mark.parametrize("name", HOSTILE.values(), ids=HOSTILE)
def test_a_hostile_name_is_only_words(name: str) -> None:
    subject = paper.subject(SMALL, name=name, address=name, lot_number=name[:200])
    made = printed(subject)
    (sheet,) = paper.pages(made)
    assert len(paper.boundary_rings(sheet)) == 1
    assert "ZDXQ-2022-005" in sheet.extract_text()


@pytest.mark.parametrize("kind", ["markup", "code", "very long"])
def test_a_hostile_name_is_printed_as_it_is(kind: str) -> None:
    text = "".join(paper.text_of(printed(paper.subject(SMALL, name=HOSTILE[kind]))).split())
    assert "".join(HOSTILE[kind].split()) in text


def test_the_surveys_numbers_are_those_of_the_plan() -> None:
    subject = paper.subject(shapely.box(0, 0, 100, 80))
    ring = [(0, 80), (100, 80), (100, 0), (0, 0)]
    numbers = ["K12", "K13", "K14", "K1"]
    places = shapely.get_coordinates(
        paper.in_degrees(shapely.MultiPoint([(paper.EAST + x, paper.NORTH + y) for x, y in ring]))
    )
    rows = document(subject._replace(numbers=numbers, places=places))["table"]
    assert [row[1] for block in rows for row in block] == [*numbers, "K12"]


@pytest.mark.parametrize("name", ["4490", "EPSG:3857", "EPSG:32649", "CRS84"])
def test_a_plan_needs_a_plane_of_the_country(name: str) -> None:
    with pytest.raises(PlaneRefused):
        parcel_plan.lay_out(paper.subject(SMALL), Order(crs=name))


def test_a_zone_far_away_and_an_old_datum_are_refused() -> None:
    with pytest.raises(PlaneRefused, match="too far"):
        parcel_plan.lay_out(paper.subject(SMALL), Order(crs="4549"))
    with pytest.raises(CrsRefused):
        parcel_plan.lay_out(paper.subject(SMALL), Order(crs="EPSG:2383"))


@pytest.mark.parametrize(("longitude", "epsg"), [(73.6, 4534), (87.6, 4538), (113.7, 4547), (134.9, 4554)])
def test_a_plan_is_in_the_parcels_own_zone(longitude: float, epsg: int) -> None:
    shape = shapely.MultiPolygon([shapely.box(longitude, 40, longitude + 0.001, 40.001)])
    subject = paper.subject(SMALL)._replace(shape=shape)
    assert parcel_plan.lay_out(subject, Order()).plane == geo_crs.recognise(f"EPSG:{epsg}")


def test_more_points_than_are_printed_are_refused_in_words() -> None:
    with pytest.raises(TooManyPoints, match="5001"):
        parcel_plan.lay_out(paper.subject(circle(5_000)), Order())


def test_the_largest_plan_is_made_within_its_time() -> None:
    assert len(paper.pages(printed(paper.subject(circle(4_999, radius=2_000))))) > 20


def test_what_takes_too_long_is_ended_and_said_to_be() -> None:
    with pytest.raises(Unavailable) as refused:
        typesetting.typeset(TEMPLATE, json.dumps(document(paper.subject(SMALL))), seconds=0.01)
    assert refused.value.headers["Retry-After"]


def test_a_template_that_fails_is_no_broken_pdf() -> None:
    with pytest.raises(Unavailable):
        typesetting.typeset(TEMPLATE, "{}")


def test_the_qr_code_is_the_parcels_page() -> None:
    made = document(paper.subject(SMALL))
    again = parcel_plan.qr_code("https://gongdi.example/desk/map?parcel=ZDXQ-2022-005")
    assert made["qr"] == again
    assert document(paper.subject(SMALL), imprint=DEMO._replace(site=""))["qr"] is None
