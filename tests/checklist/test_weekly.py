"""The weekly summary: the same figures as the pages, on paper and as a workbook, for whoever may see them."""

import datetime as dt
import io
import re
from collections.abc import Callable
from pathlib import Path

import openpyxl
import pytest
from pypdf import PdfReader
from sqlalchemy import text

from service.accounts.access import system
from service.accounts.permissions import Role
from service.checklist.changes import ChecklistItemChange
from service.checklist.item_commands import plan_item
from service.checklist.states import STATE_TITLES
from service.core.db import Database
from service.dossier.weekly import READINESS
from service.parcels.lifecycle import Stage
from tests.caller import Caller
from tests.factories.checklists import act, finish, first_open, make_checklist, make_person
from tests.factories.listings import make_scheme
from tests.factories.parcels import make_parcel

As = Callable[..., Caller]
D = dt.date
ACTOR = system("test")
AT = "/api/v1/checklists"
OWN = {"jurisdiction": "ZDXQ"}
_COLUMNS = [(number, openpyxl.utils.get_column_letter(number)) for number in range(1, 19)]


@pytest.fixture
def week(database: Database) -> tuple[str, str]:
    """A parcel that is ready and one that is late, with an overdue item; their codes."""
    with database.write(ACTOR) as session:
        land = make_parcel(session, stage=Stage.scheme_approved, name="=1+1")
        make_scheme(session, [land])
        finish(session, make_checklist(session, land))
        late = make_parcel(session, stage=Stage.cleared)
        found = make_checklist(session, late, planned_sale_on=D(2022, 12, 1))
        key = first_open(session, found)
        act(session, make_person(session, Role.PLANNER), found, key, "start")
        plan_item(session, ACTOR, found.id, key, ChecklistItemChange(planned_finish=D(2022, 11, 1)), version=2)
        return land.code, late.code


def test_the_workbook_has_what_the_pages_have(as_role: As, week: tuple[str, str]) -> None:
    viewer = as_role("viewer")
    answer = viewer.get(f"{AT}/weekly.xlsx")
    assert answer.status_code == 200, answer.text
    book = openpyxl.load_workbook(io.BytesIO(answer.content))
    assert book.sheetnames == ["周报", "地块", "牵头单位", "逾期事项"]
    figures = {row[0]: row[1] for row in book["周报"].iter_rows(values_only=True)}
    assert (figures["在办清单"], figures["已就绪"], figures["将逾期"], figures["打开清单"]) == (2, 1, 1, 2)
    matrix = viewer.get(f"{AT}/matrix").json()["rows"]
    parcels = [*book["地块"].iter_rows(values_only=True)]
    assert [row[0] for row in parcels[1:]] == [row["parcel"] for row in matrix]
    titles = [track["title"] for track in viewer.get(f"{AT}/matrix").json()["tracks"]]
    assert parcels[0][9:] == (*(f"{number} {title}" for number, title in enumerate(titles[:8], 1)), titles[8])
    overdue = [*book["逾期事项"].iter_rows(values_only=True)]
    assert (overdue[1][0], overdue[1][4]) == (week[1], 14)
    bureaus = viewer.get(f"{AT}/statistics").json()["bureaus"]
    told = [*book["牵头单位"].iter_rows(values_only=True)][1:]
    assert [row[0] for row in told] == [*(each["lead"]["title"] for each in bureaus), "合计"]
    assert told[-1][1] == sum(each["open"] for each in bureaus)


def test_the_workbook_can_be_read_and_printed_as_it_comes(as_role: As, week: tuple[str, str]) -> None:
    book = openpyxl.load_workbook(io.BytesIO(as_role("viewer").get(f"{AT}/weekly.xlsx").content))
    figures = {row[0].value: row[1] for row in book["周报"].iter_rows()}
    assert (figures["截至"].is_date, figures["本周自"].value.date()) == (True, D(2022, 11, 9))
    assert figures["辖区"].value == "管辖区ZDXQ"
    parcels = book["地块"]
    widths = {parcels.cell(1, number).value: parcels.column_dimensions[letter].width for number, letter in _COLUMNS}
    assert 2 * widths["未办必办"] < widths["7 土方运输与山体公园建设"]
    for sheet in book:
        assert (sheet.print_title_rows, sheet.page_setup.orientation) == ("$1:$1", "landscape")
        assert sheet.sheet_properties.pageSetUpPr.fitToPage
        assert sheet.auto_filter.ref == sheet.dimensions


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_states_are_called_as_at_the_desk(lang: str) -> None:
    text = (Path(__file__).parents[2] / f"web/src/text/{lang}/checklists.ts").read_text(encoding="utf-8")
    for name, called in (("state", STATE_TITLES), ("readiness", READINESS)):
        shown = dict(re.findall(r"(\w+): '([^']+)'", re.search(rf"(?m)^  {name}: {{(.*)}},$", text)[1]))  # type: ignore[index]
        assert shown == {str(key): words[lang == "en"] for key, words in called.items()}


def test_no_text_of_a_workbook_is_a_formula(as_role: As, week: tuple[str, str]) -> None:
    book = openpyxl.load_workbook(io.BytesIO(as_role("viewer").get(f"{AT}/weekly.xlsx").content))
    named = [cell for row in book["地块"].iter_rows() for cell in row if cell.value == "=1+1"]
    assert [cell.data_type for cell in named] == ["s"]


@pytest.mark.parametrize(("lang", "words"), [("zh", ("八同步推进情况周报", "将逾期")), ("en", ("the week", "Late"))])
def test_the_paper_names_every_parcel(as_role: As, week: tuple[str, str], lang: str, words: tuple[str, ...]) -> None:
    answer = as_role("viewer").get(f"{AT}/weekly.pdf", params={"lang": lang})
    assert answer.status_code == 200, answer.text
    pages = PdfReader(io.BytesIO(answer.content)).pages
    paper = pages[0].mediabox
    assert (round(float(paper.width) / 72 * 25.4), round(float(paper.height) / 72 * 25.4)) == (420, 297)
    told = "".join(page.extract_text() for page in pages)
    for word in (*week, *words):
        assert word in told


def test_it_tells_who_had_it_and_only_what_they_may_see(as_role: As, database: Database, week: tuple[str, str]) -> None:
    other = as_role("viewer", jurisdictions=["ELSE"]).get(f"{AT}/weekly.xlsx")
    book = openpyxl.load_workbook(io.BytesIO(other.content))
    assert book["地块"].max_row == book["逾期事项"].max_row == 1
    assert {row[0]: row[1] for row in book["周报"].iter_rows(values_only=True)}["打开清单"] == 0
    nothing = as_role("viewer").get(f"{AT}/weekly.pdf", params={"jurisdiction": "ELSE"})
    assert nothing.status_code == 200
    with database.read() as session:
        told = session.scalars(text("SELECT after->>'form' FROM audit_entry WHERE action = 'checklist_weekly:printed'"))
        assert sorted(told) == ["pdf", "xlsx"]
    assert as_role("viewer").get(f"{AT}/weekly.pdf", params={"paper": "A0"}).status_code == 400
