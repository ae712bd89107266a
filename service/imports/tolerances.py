"""From which size on a shape is worth a finding: `gis_data/rules/topology.toml`, checked when this module is loaded."""

import math
import tomllib
from dataclasses import dataclass, fields
from pathlib import Path

FILE = Path(__file__).resolve().parents[2] / "gis_data" / "rules" / "topology.toml"
_TOLD = {"key", "value", "meaning", "meaning_en", "source", "verified"}


class BrokenTolerances(ValueError):
    """The file can't be used; the message names the fault."""


@dataclass(frozen=True, slots=True)
class Tolerances:
    """The tolerances of the checks on shapes; what each means stands in the file."""

    repeated_m: float
    spike_angle_deg: float
    spike_width_m: float
    sliver_shape: float
    sliver_width_m: float
    hole_m2: float
    zero_m2: float
    overlap_m2: float
    gap_m: float
    touching_m: float
    snap_m: float


def read(path: Path = FILE) -> Tolerances:
    """Read the file. Raises BrokenTolerances: every tolerance once, positive, with meaning and source."""
    try:
        entries = tomllib.loads(path.read_text(encoding="utf-8"))["tolerances"]
        values = {entry["key"]: float(entry["value"]) for entry in entries if set(entry) == _TOLD}
    except (OSError, KeyError, TypeError, ValueError) as wrong:
        raise BrokenTolerances(f"{path.name}: {wrong!r}") from None
    known = {field.name for field in fields(Tolerances)}
    if set(values) != known or len(values) != len(entries):
        raise BrokenTolerances(f"{path.name}: {sorted(known.symmetric_difference(values))} missing, unknown or untold")
    if not all(0 < value < math.inf for value in values.values()) or values["touching_m"] >= values["gap_m"]:
        raise BrokenTolerances(f"{path.name}: a tolerance is not positive, or touching_m not below gap_m")
    return Tolerances(**values)


TOLERANCES = read()
