"""Ways of supply (供应方式) that a scheme can choose. Pure; codes of the list supply_method."""

from enum import StrEnum


class Method(StrEnum):
    """招标、拍卖、挂牌、协议、划拨."""

    tender = "tender"
    auction = "auction"
    listing = "listing"
    agreement = "agreement"
    allocation = "allocation"


COMPETITIVE = frozenset({Method.tender, Method.auction, Method.listing})
"""Sold to the best offer after a notice; the others are shown to the public (公示) and go to a known taker."""
