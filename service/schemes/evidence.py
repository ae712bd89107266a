"""What can be shown by a document before land is supplied. Pure."""

from enum import StrEnum


class EvidenceKind(StrEnum):
    """The five conditions of clean land (R40), and what R42–R44 ask for."""

    clear_title = "title"
    compensation = "compensation"
    disputes = "disputes"
    planning = "planning"
    site = "site"
    archaeology = "archaeology"
    soil_survey = "soil_survey"
    soil_review = "soil_review"
    conversion = "conversion"
    expropriation = "expropriation"


CLEAN_LAND = frozenset(
    {
        EvidenceKind.clear_title,
        EvidenceKind.compensation,
        EvidenceKind.disputes,
        EvidenceKind.planning,
        EvidenceKind.site,
    }
)

CONDITION_ITEMS = frozenset(
    {
        *("position", "extent", "use", "density", "height", "far", "green_ratio"),
        *("facilities", "control_lines", "setbacks", "underground"),
    }
)
"""What planning conditions can state (R41)."""
