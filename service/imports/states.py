"""Where an import stands, and what may be done with it there. Pure."""

MODES = ("direct", "review")
STAGES = ("reading", "checking", "staging", "publishing", "indexing")
"""What a run is doing, in this order."""

STATUSES = (
    *("queued", "running", "staged", "publishing", "published", "undoing", "undone", "refused", "failed", "discarded"),
)
AT_WORK = ("queued", "running", "publishing", "undoing")
"""A job is at it, or about to be."""

ENDED = ("published", "undone", "refused", "failed", "discarded")
"""Nothing is staged any more."""
