"""Does the audit log still say what was written? Every entry's hash is computed again, in one pass."""

from dataclasses import dataclass
from enum import StrEnum

from sqlalchemy import text
from sqlalchemy.orm import Session

LIMIT = 1000


class Kind(StrEnum):
    """What is wrong at an entry."""

    ALTERED = "altered"
    REMOVED = "removed"
    INSERTED = "inserted"
    HEAD = "head"
    REWRITTEN = "rewritten"


@dataclass(frozen=True, slots=True)
class Problem:
    """One finding: the entry's number (of a gap: its first) and what was done there."""

    seq: int
    kind: Kind


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """An entry's number and hash as noted earlier and kept elsewhere."""

    seq: int
    hash: bytes


@dataclass(frozen=True, slots=True)
class Verification:
    """The outcome: `head` is the checkpoint to keep elsewhere."""

    entries: int
    head: Checkpoint
    problems: tuple[Problem, ...]

    @property
    def ok(self) -> bool:
        """Whether nothing was found."""
        return not self.problems


# An entry is sound if its hash follows from the one before: from the stored one, or, where that one was itself altered,
# from the one it should have; so a change is reported where it was made and not at the entry after it. After a gap
# there is nothing to follow from: the gap is the finding.
_VERIFY = text("""
WITH linked AS (
    SELECT e AS entry, e.seq, e.hash, CASE WHEN e.seq > 1 THEN lag(e.hash) OVER w END AS previous,
        greatest(lag(e.seq) OVER w, 0) AS previous_seq
    FROM audit_entry e WINDOW w AS (ORDER BY e.seq)
), judged AS (
    SELECT seq, previous_seq + 1 AS wanted_seq, CASE
        WHEN seq < 1 OR seq > (SELECT seq FROM audit_head) THEN 'inserted'
        WHEN seq > previous_seq + 1 THEN 'removed'
        WHEN hash <> audit_hash(previous, entry) AND hash <> audit_hash((
            SELECT audit_hash((SELECT hash FROM audit_entry WHERE seq = earlier.seq - 1 AND seq > 0), earlier)
            FROM audit_entry AS earlier WHERE earlier.seq = linked.seq - 1 AND earlier.seq > 0
        ), entry) THEN 'altered' END AS kind
    FROM linked OFFSET 0  -- so that each hash is computed once
)
SELECT count(*) AS entries, coalesce(max(seq), 0) AS last_seq,
    (SELECT hash FROM audit_entry ORDER BY seq DESC LIMIT 1) AS last_hash,
    (SELECT seq FROM audit_head) AS head_seq, (SELECT hash FROM audit_head) AS head_hash,
    (SELECT hash FROM audit_entry WHERE seq = :expected_seq) AS found_hash,
    (array_agg(CASE kind WHEN 'removed' THEN wanted_seq ELSE seq END ORDER BY seq)
        FILTER (WHERE kind IS NOT NULL))[1:(:limit)] AS seqs,
    (array_agg(kind ORDER BY seq) FILTER (WHERE kind IS NOT NULL))[1:(:limit)] AS kinds
FROM judged
""")


def verify(session: Session, expect: Checkpoint | None = None) -> Verification:
    """Check every entry and the head; a checkpoint also shows a chain that was computed anew, or cut with its head.

    Reads the whole log in one statement, thus one snapshot; at most 1,000 problems are named. What was added after the
    newest checkpoint kept elsewhere could be rewritten without trace by whoever owns the database.
    """
    session.execute(text("SET LOCAL statement_timeout = '10min'"))
    row = session.execute(_VERIFY, {"limit": LIMIT, "expected_seq": expect and expect.seq}).one()
    found = [Problem(seq, Kind(kind)) for seq, kind in zip(row.seqs or (), row.kinds or (), strict=True)]
    if row.head_seq is None:
        found.append(Problem(row.last_seq, Kind.HEAD))
    elif row.last_seq < row.head_seq:
        found.append(Problem(row.last_seq + 1, Kind.REMOVED))
    elif (
        row.last_seq == row.head_seq > 0
        and row.last_hash != row.head_hash
        and row.last_seq not in {p.seq for p in found}
    ):
        found.append(Problem(row.last_seq, Kind.HEAD))
    if expect is not None and row.found_hash != expect.hash:
        found.append(Problem(expect.seq, Kind.REMOVED if row.found_hash is None else Kind.REWRITTEN))
    return Verification(row.entries, Checkpoint(row.last_seq, row.last_hash or b""), tuple(found))
