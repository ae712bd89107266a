"""Offers and the end of a round: what each trading centre takes, at the boundaries."""

import datetime as dt
from decimal import Decimal
from pathlib import Path

import pytest

from service.listings.centres import UNNAMED, BrokenCentres, centres, read
from service.listings.deposits import DepositEnd, ends
from service.listings.guards import TooEarly, sale
from service.listings.lifecycle import LotStage
from service.listings.offers import Bidding, Ending, Offer, OfferRefused, outcome, refuse_offer, round_ends
from service.schemes.methods import Method

UTC = dt.UTC
OPENS, CLOSES = dt.datetime(2022, 11, 1, 1, tzinfo=UTC), dt.datetime(2022, 11, 11, 7, tzinfo=UTC)
START, STEP = Decimal(100), Decimal(10)
MINUTE = dt.timedelta(minutes=1)


def bidding(centre: str = "", method: Method = Method.listing, ceiling: Decimal | None = None) -> Bidding:
    ends_at = CLOSES if method is Method.listing else None
    return Bidding(method, OPENS, ends_at, START, STEP, ceiling, centres().get(centre, UNNAMED))


def offer(bidder: int, yuan: int, at: dt.datetime = OPENS, *, qualified: bool | None = True) -> Offer:
    return Offer(bidder, Decimal(yuan), at, qualified)


def refused(terms: Bidding, made: list[Offer], new: Offer) -> str | None:
    try:
        refuse_offer(terms, made, new)
    except OfferRefused as wrong:
        return str(wrong.facts["reason"])
    return None


def test_every_centre_names_a_source_for_every_figure() -> None:
    assert set(centres()) == {"zhengzhou", "suzhou", "fujian"}
    assert centres()["zhengzhou"].silence_minutes.value is None
    for centre in centres().values():
        figures = [
            getattr(centre, name) for name in type(centre).model_fields if name not in {"key", "name", "name_en"}
        ]
        assert all(each.source and each.source_en for each in figures)
        assert not any(each.verified for each in figures) or centre.key != "zhengzhou"


def test_a_fault_in_the_data_is_named(tmp_path: Path) -> None:
    with pytest.raises(BrokenCentres, match="no trading centre"):
        read(tmp_path)
    (tmp_path / "x.toml").write_text('key = "x"\nname = "某"\n')
    with pytest.raises(BrokenCentres, match=r"x\.toml"):
        read(tmp_path)


@pytest.mark.parametrize(
    ("new", "reason"),
    [
        (offer(1, 100, OPENS - MINUTE), "too-early"),
        (offer(1, 99), "too-low"),
        (offer(1, 100), None),
        (offer(1, 100, CLOSES), None),
        (offer(1, 100, CLOSES + MINUTE), "too-late"),
    ],
)
def test_the_first_offer(new: Offer, reason: str | None) -> None:
    assert refused(bidding(), [], new) == reason


@pytest.mark.parametrize(("yuan", "reason"), [(129, "too-low"), (130, None), (200, None), (201, "above-ceiling")])
def test_the_next_offer_is_a_step_higher(yuan: int, reason: str | None) -> None:
    assert refused(bidding(ceiling=Decimal(200)), [offer(1, 120)], offer(2, yuan)) == reason


def test_a_tender_is_sealed() -> None:
    assert refused(bidding(method=Method.tender), [offer(1, 500)], offer(2, 100)) is None


@pytest.mark.parametrize(("before", "reason"), [(61, None), (60, None), (59, "silence"), (0, "silence")])
def test_suzhou_is_silent_for_an_hour(before: int, reason: str | None) -> None:
    assert refused(bidding("suzhou"), [], offer(1, 100, CLOSES - before * MINUTE)) == reason


@pytest.mark.parametrize(("after", "reason"), [(1, None), (4, None), (5, "round-over")])
def test_suzhou_goes_on_in_rounds_of_four_minutes(after: int, reason: str | None) -> None:
    made = [offer(1, 100), offer(2, 110)]
    assert refused(bidding("suzhou"), made, offer(1, 120, CLOSES + after * MINUTE)) == reason
    made.append(offer(1, 120, CLOSES + 3 * MINUTE))
    assert refused(bidding("suzhou"), made, offer(2, 130, CLOSES + 7 * MINUTE)) is None
    assert round_ends(bidding("suzhou"), made) == CLOSES + 7 * MINUTE


@pytest.mark.parametrize(("after", "reason"), [(14, "preparation"), (15, None), (20, None), (21, "round-over")])
def test_fujian_prepares_for_a_quarter_of_an_hour(after: int, reason: str | None) -> None:
    made = [offer(1, 100, CLOSES - 60 * MINUTE), offer(2, 110, CLOSES)]
    assert refused(bidding("fujian"), made, offer(1, 120, CLOSES + after * MINUTE)) == reason


def test_fujian_goes_live_only_by_the_last_hour() -> None:
    made = [offer(1, 100, CLOSES - 61 * MINUTE), offer(2, 110, CLOSES)]
    assert refused(bidding("fujian"), made, offer(1, 120, CLOSES + 16 * MINUTE)) == "too-late"
    assert outcome(bidding("fujian"), made, START).ending is Ending.sell


@pytest.mark.parametrize(
    ("centre", "method", "made", "ending"),
    [
        ("", Method.listing, [], Ending.fail),
        ("", Method.listing, [offer(1, 99)], Ending.fail),
        ("", Method.listing, [offer(1, 100)], Ending.sell),
        ("", Method.listing, [offer(1, 100), offer(2, 110)], Ending.sell),
        ("zhengzhou", Method.listing, [offer(1, 100), offer(2, 110)], Ending.wait),
        ("zhengzhou", Method.listing, [offer(1, 100), offer(1, 110)], Ending.sell),
        ("", Method.listing, [offer(1, 100, qualified=None)], Ending.wait),
        ("", Method.listing, [offer(1, 100, qualified=False)], Ending.fail),
        ("zhengzhou", Method.tender, [offer(1, 100), offer(2, 110)], Ending.fail),
        ("zhengzhou", Method.tender, [offer(1, 100), offer(2, 110), offer(3, 105)], Ending.wait),
    ],
)
def test_how_a_round_ends(centre: str, method: Method, made: list[Offer], ending: Ending) -> None:
    assert outcome(bidding(centre, method), made, START).ending is ending


def test_of_equal_offers_the_earlier_wins() -> None:
    made = [offer(2, 110, OPENS + MINUTE), offer(1, 110, OPENS)]
    found = outcome(bidding(), made, START).offer
    assert found is not None
    assert found.bidder_id == 1


def test_no_sale_while_a_round_is_on() -> None:
    made = [offer(1, 100), offer(2, 110)]
    with pytest.raises(TooEarly):
        sale(bidding("suzhou"), made, START, bidder_id=None, moment=CLOSES + 3 * MINUTE)
    assert sale(bidding("suzhou"), made, START, bidder_id=None, moment=CLOSES + 4 * MINUTE).bidder_id == 2


def test_a_tender_may_go_to_another_than_the_highest() -> None:
    made = [offer(1, 100), offer(2, 110), offer(3, 105)]
    assert sale(bidding(method=Method.tender), made, START, bidder_id=3, moment=CLOSES).bidder_id == 3


@pytest.mark.parametrize(
    ("stage", "winner", "qualified", "ways"),
    [
        (LotStage.open, False, True, ()),
        (LotStage.open, False, False, ("refunded_on", "forfeited_on")),
        (LotStage.sold, True, True, ("credited_on",)),
        (LotStage.sold, False, True, ("refunded_on",)),
        (LotStage.failed, False, True, ("refunded_on",)),
        (LotStage.void, True, True, ("forfeited_on",)),
        (LotStage.void, False, True, ("refunded_on",)),
    ],
)
def test_how_a_deposit_ends(stage: LotStage, *, winner: bool, qualified: bool, ways: tuple[str, ...]) -> None:
    assert ends(stage, winner=winner, qualified=qualified, paid=True) == tuple(map(DepositEnd, ways))
    assert ends(stage, winner=winner, qualified=qualified, paid=False) == ()
