"""How long a schedule takes: a checklist of a thousand items, and the shipped template's.

    python -m tests.benchmarks.schedules [--items 1000] [--rounds 50]

Prints milliseconds of the clock and of the processor, the best and the median of the rounds. No database.
"""

import argparse
import datetime as dt
import random
import statistics
import time
from collections.abc import Sequence

from service.checklist.network import Place, network
from service.checklist.schedule import Activity, schedule
from service.checklist.template_facts import Facts
from service.checklist.template_loader import templates
from service.workdays.blocking import BlockedPeriod, Work
from service.workdays.calendar import Calendar, Unit
from service.workdays.official import official_calendar

DAY, HERE = dt.date(2022, 11, 15), frozenset({"ZDXQ"})
DIG = Work("earthwork", HERE)


def calendar() -> Calendar:
    """Return the official calendar with a dust order each winter."""
    official, kinds = official_calendar(), frozenset({"earthwork", "land_levelling", "demolition"})
    winters = [
        BlockedPeriod(year, "封土", "Dust", dt.date(year, 11, 15), dt.date(year + 1, 3, 15), kinds, "ZDXQ")
        for year in range(2015, 2030)
    ]
    return Calendar(official.marks, official.known, winters)


def made(items: int) -> list[Activity]:
    """Make a network of so many items, each of which needs up to three of the sixty before it."""
    chance = random.Random(1)
    found = []
    for number in range(items):
        near = range(max(0, number - 60), number)
        needs = tuple(f"i{each}" for each in chance.sample(near, min(len(near), chance.randint(0, 3))))
        work = DIG if chance.random() < 0.1 else None
        unit = chance.choice((Unit.WORKDAY, Unit.DAY))
        found.append(Activity(f"i{number}", chance.randint(1, 5), unit, needs, work))
    return found


def measured(title: str, activities: Sequence[Activity], rounds: int) -> None:
    """Time a schedule and print it."""
    days, clock, processor = calendar(), [], []
    for _ in range(rounds):
        begun, used = time.perf_counter(), time.process_time()
        found = schedule(activities, days, DAY)
        clock.append((time.perf_counter() - begun) * 1000)
        processor.append((time.process_time() - used) * 1000)
    told = ", ".join(
        f"{name} {min(spent):.2f} (median {statistics.median(spent):.2f}) ms"
        for name, spent in (("clock", clock), ("processor", processor))
    )
    print(f"{title}: {len(activities)} items, critical path of {len(found.critical_path)}, {told}")


def main() -> None:
    """Print all."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--items", type=int, default=1000)
    parser.add_argument("--rounds", type=int, default=50)
    asked = parser.parse_args()
    measured("made up", made(asked.items), asked.rounds)
    for template in templates().values():
        measured(template.key, network(template.items, Facts(), {}, Place(HERE)), asked.rounds)


if __name__ == "__main__":
    main()
