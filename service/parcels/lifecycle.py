"""The stage machine of a parcel: states, events and the table that joins them. Pure.

Source of states and transitions: reference §1.2–1.3 of the project's domain notes (土地管理法, 民法典 347, 城市房地产管理法 26 and practice).
Guards that need facts beyond the three states (working days, documents, checklist) stand with the commands.
"""

from enum import StrEnum


class Stage(StrEnum):
    """Where a parcel stands, in order."""

    candidate = "candidate"
    acquiring = "acquiring"
    reserved = "reserved"
    cleared = "cleared"
    scheme_approved = "scheme_approved"
    publicised = "publicised"
    announced = "announced"
    listed = "listed"
    sold = "sold"
    contracted = "contracted"
    paid = "paid"
    delivered = "delivered"
    started = "started"
    completed = "completed"
    reclaimed = "reclaimed"


class Hold(StrEnum):
    """Whether the course is interrupted (中止); the stage it interrupts stays."""

    none = "none"
    suspended = "suspended"


class Idle(StrEnum):
    """闲置: suspicion, confirmation, disposal."""

    none = "none"
    suspected = "suspected"
    confirmed = "confirmed"
    disposing = "disposing"


class EventKind(StrEnum):
    """What can happen to a parcel."""

    propose = "propose"
    adopt = "adopt"
    acquire = "acquire"
    reserve = "reserve"
    clear = "clear"
    approve_scheme = "approve_scheme"
    publicise = "publicise"
    announce = "announce"
    open_listing = "open_listing"
    suspend = "suspend"
    resume = "resume"
    sell = "sell"
    fail = "fail"
    terminate = "terminate"
    void_award = "void_award"
    contract = "contract"
    rescind = "rescind"
    pay = "pay"
    deliver = "deliver"
    start = "start"
    complete = "complete"
    suspect_idle = "suspect_idle"
    dismiss_idle = "dismiss_idle"
    confirm_idle = "confirm_idle"
    dispose_idle = "dispose_idle"
    end_idle = "end_idle"
    reclaim = "reclaim"
