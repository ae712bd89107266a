"""Standard land (标准地): what is announced with a lot is signed with its contract, no weaker; editions stay."""

from typing import Any

import pytest
from sqlalchemy.orm import Session

from service.accounts.access import Actor
from service.contracts import standard_land_queries as kept
from service.contracts.checking import disagreements
from service.contracts.models import Contract
from service.contracts.performance_commands import sign_edition
from service.contracts.performance_orders import EditionSigned
from service.core.errors import Invalid
from tests.factories.contracts import make_contract, make_lot

Json = dict[str, Any]
TAX: Json = {"name": "tax_per_mu", "sense": "at_least", "target": "50", "from_year": 2024}
ENERGY: Json = {"name": "energy_per_output", "sense": "at_most", "target": "0.3", "from_year": None}
ANNOUNCED = [TAX, ENERGY]


def editions(session: Session, contract: Contract) -> list[tuple[int, str, str, str]]:
    rows = kept.indicators_of(session, contract.id)
    return [(each.edition, str(each.signed_on), each.name, f"{each.target:f}") for each in rows]


def test_what_was_announced_is_signed_with_the_contract(session: Session, actor: Actor) -> None:
    contract = make_contract(session, make_lot(session, use="industrial", indicators=ANNOUNCED))
    session.expire_all()
    day = str(contract.signed_on)
    first = [(1, day, "tax_per_mu", "50.0000"), (1, day, "energy_per_output", "0.3000")]
    assert editions(session, contract) == first
    order = EditionSigned.model_validate({"signed_on": "2022-10-10", "indicators": [{**TAX, "target": "55"}]})
    sign_edition(session, actor, contract.id, order, version=contract.version)
    session.expire_all()
    assert editions(session, contract) == [*first, (2, "2022-10-10", "tax_per_mu", "55.0000")]
    assert disagreements(session) == []


@pytest.mark.parametrize(
    ("signed", "pointer"),
    [
        ([TAX, ENERGY], None),
        ([ENERGY, {**TAX, "target": "50.0001"}, {"name": "far", "target": "1.6"}], None),
        ([{**TAX, "from_year": None}, {**ENERGY, "target": "0.2999"}], None),
        ([{**TAX, "target": "49.9999"}, ENERGY], "/indicators/0"),
        ([{**TAX, "from_year": 2025}, ENERGY], "/indicators/0"),
        ([TAX, {**ENERGY, "target": "0.3001"}], "/indicators/1"),
        ([TAX, {**ENERGY, "from_year": 2023}], "/indicators/1"),
        ([TAX, {**ENERGY, "sense": "at_least"}], "/indicators/1"),
        ([TAX], "/indicators"),
        ([], "/indicators"),
        ([TAX, TAX, ENERGY], "/indicators/1/name"),
    ],
)
def test_nothing_weaker_than_announced_is_signed(session: Session, signed: list[Json], pointer: str | None) -> None:
    lot = make_lot(session, use="industrial", indicators=ANNOUNCED)
    if pointer is None:
        assert len(editions(session, make_contract(session, lot, indicators=signed))) == len(signed)
        return
    with pytest.raises(Invalid) as refused:
        make_contract(session, lot, indicators=signed)
    assert {each.pointer for each in refused.value.errors} == {pointer}


def test_other_land_is_signed_without_indices_or_with_its_own(session: Session) -> None:
    assert editions(session, make_contract(session)) == []
    assert len(editions(session, make_contract(session, indicators=[TAX]))) == 1


def test_the_doctor_misses_an_index_that_was_announced(session: Session, actor: Actor) -> None:
    lot = make_lot(session, use="industrial", indicators=[ENERGY])
    contract = make_contract(session, lot)
    lot.indicators = ANNOUNCED
    session.flush()
    (found,) = [each for each in disagreements(session) if each.check == "indices-signed"]
    assert (found.id, found.kept) == (contract.number, "no index tax_per_mu")
