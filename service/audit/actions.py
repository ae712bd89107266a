"""Everything that is written to the audit log, as `subject:verb`. A package's commands take their verbs from here."""

from enum import StrEnum
from typing import Literal

# What an act is done to. The web pages have a word for each of these and for each act, and do not compile without.
Subject = Literal[
    "address",
    "api_key",
    "backdrop",
    "blocked_period",
    "checklist",
    "checklist_item",
    "checklist_run",
    "checklist_sheet",
    "checklist_weekly",
    "contract",
    "control_layer",
    "demo",
    "document",
    "export",
    "field_map",
    "import",
    "jurisdiction",
    "lead_bureau",
    "lot",
    "lot_bid",
    "lot_bidder",
    "notice",
    "overlay_run",
    "parcel",
    "plan",
    "plan_item",
    "plan_target",
    "region",
    "route",
    "scheme",
    "session",
    "user",
    "workday",
    "workday_year",
    "workdays",
]


class Action(StrEnum):
    """One audited act."""

    SESSION_OPENED = "session:opened"
    SESSION_REFUSED = "session:refused"
    SESSION_CLOSED = "session:closed"
    SESSION_CLOSED_EVERYWHERE = "session:closed_everywhere"
    SESSION_SWEPT = "session:swept"

    ADDRESS_BARRED = "address:barred"
    ACCESS_DENIED = "access:denied"

    USER_CREATED = "user:created"
    USER_CHANGED = "user:changed"
    USER_LOCKED = "user:locked"
    USER_PASSWORD_SET = "user:password_set"  # noqa: S105 - a verb
    USER_PASSWORD_CHANGED = "user:password_changed"  # noqa: S105 - a verb

    KEY_CREATED = "key:created"
    KEY_REVOKED = "key:revoked"

    REGIONS_LOADED = "regions:loaded"
    BACKDROP_LOADED = "backdrop:loaded"
    DEMO_LOADED = "demo:loaded"
    DEMO_RESET = "demo:reset"

    DOCUMENT_ADDED = "document:added"

    PARCEL_REGISTERED = "parcel:registered"
    PARCEL_CHANGED = "parcel:changed"
    PARCEL_RESURVEYED = "parcel:resurveyed"
    PARCEL_EVENT_RECORDED = "parcel:event_recorded"
    PARCEL_PRINTED = "parcel:printed"

    PARCELS_EXPORTED = "parcels:exported"
    EXPORT_REQUESTED = "export:requested"
    EXPORT_STARTED = "export:started"
    EXPORT_FAILED = "export:failed"
    EXPORT_EXPIRED = "export:expired"
    PARCEL_SPLIT = "parcel:split"
    PARCEL_MERGED = "parcel:merged"
    PARCEL_LINEAGE_UNDONE = "parcel:lineage_undone"
    PARCEL_REVIVED = "parcel:revived"

    IMPORT_SUBMITTED = "import:submitted"
    IMPORT_STARTED = "import:started"
    IMPORT_STAGED = "import:staged"
    IMPORT_REPAIRED = "import:repaired"
    IMPORT_MAPPED = "import:mapped"
    IMPORT_PUBLICATION_ASKED = "import:publication_asked"
    IMPORT_PUBLISHED = "import:published"
    IMPORT_REFUSED = "import:refused"
    IMPORT_FAILED = "import:failed"

    CONTROL_LAYER_PUBLISHED = "control_layer:published"
    CONTROL_LAYER_WITHDRAWN = "control_layer:withdrawn"
    PARCEL_CONSTRAINTS_CHECKED = "parcel:constraints_checked"
    OVERLAY_RUN_STARTED = "overlay_run:started"
    OVERLAY_RUN_FINISHED = "overlay_run:finished"
    PLAN_CREATED = "plan:created"
    PLAN_CHANGED = "plan:changed"
    PLAN_SUBMITTED = "plan:submitted"
    PLAN_RETURNED = "plan:returned"
    PLAN_APPROVED = "plan:approved"
    PLAN_PUBLISHED = "plan:published"
    PLAN_AMENDED = "plan:amended"
    PLAN_CARRIED_OVER = "plan:carried_over"
    PLAN_SHEET_TAKEN = "plan:sheet_taken"
    PLAN_ITEM_ADDED = "plan_item:added"
    PLAN_ITEM_CHANGED = "plan_item:changed"
    PLAN_ITEM_REMOVED = "plan_item:removed"
    PLAN_TARGET_SET = "plan_target:set"
    PLAN_TARGET_CHANGE_ASKED = "plan_target:change_asked"
    PLAN_TARGET_CHANGED = "plan_target:changed"
    PLAN_TARGET_CHANGE_REFUSED = "plan_target:change_refused"
    CONTRACT_SIGNED = "contract:signed"
    CONTRACT_EVENT_RECORDED = "contract:event_recorded"
    PAYMENT_RECORDED = "payment:recorded"
    PAYMENT_REVERSED = "payment:reversed"
    PERMIT_ADDED = "permit:added"
    PERMIT_CHANGED = "permit:changed"
    WORKS_REPORTED = "works:reported"
    EXCLUSION_ADDED = "exclusion:added"
    EXCLUSION_CHANGED = "exclusion:changed"
    STANDARD_LAND_SIGNED = "standard_land:signed"
    STANDARD_LAND_MEASURED = "standard_land:measured"
    STANDARD_LAND_DECIDED = "standard_land:decided"
    IDLE_CASE_CHANGED = "idle_case:changed"
    IMPORT_DISCARDED = "import:discarded"
    IMPORT_UNDO_ASKED = "import:undo_asked"
    IMPORT_UNDONE = "import:undone"

    SCHEME_CREATED = "scheme:created"
    SCHEME_CHANGED = "scheme:changed"
    SCHEME_SUBMITTED = "scheme:submitted"
    SCHEME_RETURNED = "scheme:returned"
    SCHEME_ENDORSED = "scheme:endorsed"
    SCHEME_APPROVED = "scheme:approved"
    SCHEME_WITHDRAWN = "scheme:withdrawn"
    SCHEME_SPENT = "scheme:spent"
    NOTICE_CREATED = "notice:created"
    NOTICE_CHANGED = "notice:changed"
    NOTICE_PUBLISHED = "notice:published"
    LOT_DRAFTED = "lot:drafted"
    LOT_CHANGED = "lot:changed"
    LOT_DROPPED = "lot:dropped"
    LOT_EVENT_RECORDED = "lot:event_recorded"
    LOT_BIDDER_ADDED = "lot_bidder:added"
    LOT_BIDDER_CHANGED = "lot_bidder:changed"
    LOT_BID_MADE = "lot_bid:made"

    CHECKLIST_OPENED = "checklist:opened"
    CHECKLIST_CHANGED = "checklist:changed"
    CHECKLIST_CLOSED = "checklist:closed"
    CHECKLIST_MOVED = "checklist:moved"
    CHECKLIST_INHERITED = "checklist:inherited"
    CHECKLIST_SUPERSEDED = "checklist:superseded"
    CHECKLIST_REVIVED = "checklist:revived"
    CHECKLIST_ITEM_CHANGED = "checklist_item:changed"
    CHECKLIST_ITEM_WAIVED = "checklist_item:waived"
    CHECKLIST_ITEM_PLANNED = "checklist_item:planned"
    CHECKLIST_ITEM_EXPIRED = "checklist_item:expired"
    CHECKLIST_ITEM_COMMENTED = "checklist_item:commented"
    CHECKLIST_PROOF_ADDED = "checklist_proof:added"
    CHECKLIST_PROOF_WITHDRAWN = "checklist_proof:withdrawn"
    CHECKLIST_POLICY_SET = "checklist_policy:set"
    CHECKLIST_BUREAU_REPLACED = "checklist_bureau:replaced"
    CHECKLIST_RUN_STARTED = "checklist_run:started"
    CHECKLIST_RUN_FINISHED = "checklist_run:finished"
    CHECKLIST_SHEET_TAKEN = "checklist_sheet:taken"
    CHECKLIST_WEEKLY_PRINTED = "checklist_weekly:printed"

    LAW_OVERRIDDEN = "law:overridden"
    WORKDAYS_SEEDED = "workdays:seeded"
    WORKDAY_CHANGED = "workday:changed"
    WORKDAY_YEAR_CHANGED = "workday_year:changed"
    BLOCKED_PERIOD_CREATED = "blocked_period:created"
    BLOCKED_PERIOD_CHANGED = "blocked_period:changed"
    BLOCKED_PERIOD_REMOVED = "blocked_period:removed"

    FIELD_MAP_SAVED = "field_map:saved"
    FIELD_MAP_REMOVED = "field_map:removed"
