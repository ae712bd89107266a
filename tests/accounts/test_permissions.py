from service.accounts.permissions import ROLE_PERMISSIONS, ROLE_TITLES, Permission, Role, Scope, permissions_of_scopes

# Reviewed by people: who may do what, one line per permission. A change of the table must be a change here too.
ADMINISTRATOR, PLANNER, REGISTRAR, LISTING, TRACK, APPROVER, VIEWER = Role
REVIEWED = {
    "parcel:read": {ADMINISTRATOR, PLANNER, REGISTRAR, LISTING, TRACK, APPROVER, VIEWER},
    "parcel:write": {REGISTRAR},
    "parcel:stage": {PLANNER, REGISTRAR, LISTING, APPROVER},
    "parcel:export": {PLANNER, REGISTRAR, LISTING, APPROVER},
    "parcel:divide": {REGISTRAR, APPROVER},
    "parcel:survey": {REGISTRAR, APPROVER},
    "parcel:override": {APPROVER},
    "import:run": {REGISTRAR},
    "import:publish": {REGISTRAR, APPROVER},
    "import:read": {ADMINISTRATOR, PLANNER, REGISTRAR, LISTING, APPROVER},
    "document:read": {ADMINISTRATOR, PLANNER, REGISTRAR, LISTING, TRACK, APPROVER, VIEWER},
    "document:write": {PLANNER, REGISTRAR, LISTING, TRACK, APPROVER},
    "audit:read": {ADMINISTRATOR, APPROVER},
    "user:manage": {ADMINISTRATOR},
    "apikey:manage": {ADMINISTRATOR},
    "constraint:check": {PLANNER, REGISTRAR, LISTING, APPROVER},
    "layer:withdraw": {REGISTRAR, APPROVER},
    "layer:read": {ADMINISTRATOR, PLANNER, REGISTRAR, LISTING, TRACK, APPROVER, VIEWER},
    "code:read": {ADMINISTRATOR, PLANNER, REGISTRAR, LISTING, TRACK, APPROVER, VIEWER},
    "law:override": {APPROVER},
    "plan:read": {ADMINISTRATOR, PLANNER, REGISTRAR, LISTING, TRACK, APPROVER, VIEWER},
    "plan:edit": {PLANNER},
    "plan:approve": {APPROVER},
    "scheme:read": {ADMINISTRATOR, PLANNER, REGISTRAR, LISTING, TRACK, APPROVER, VIEWER},
    "scheme:edit": {PLANNER, LISTING},
    "scheme:approve": {APPROVER},
    "listing:read": {ADMINISTRATOR, PLANNER, REGISTRAR, LISTING, TRACK, APPROVER, VIEWER},
    "listing:run": {LISTING, APPROVER},
    "contract:read": {ADMINISTRATOR, PLANNER, REGISTRAR, LISTING, TRACK, APPROVER, VIEWER},
    "contract:run": {LISTING, APPROVER},
    "party:read": {LISTING, APPROVER},
    "checklist:read": {ADMINISTRATOR, PLANNER, REGISTRAR, LISTING, TRACK, APPROVER, VIEWER},
    "checklist:work": {PLANNER, LISTING, TRACK, APPROVER},
    "checklist:open": {PLANNER, LISTING},
    "checklist:accept": {PLANNER, LISTING, APPROVER},
    "checklist:waive": {APPROVER},
    "checklist:manage": {ADMINISTRATOR},
    "workday:read": {ADMINISTRATOR, PLANNER, REGISTRAR, LISTING, TRACK, APPROVER, VIEWER},
    "workday:manage": {ADMINISTRATOR, PLANNER},
    "region:read": {ADMINISTRATOR, PLANNER, REGISTRAR, LISTING, TRACK, APPROVER, VIEWER},
}
READ_KEY = {"parcel:read", "document:read", "layer:read", "code:read", "region:read", "plan:read", "workday:read"}
READ_KEY |= {"scheme:read", "listing:read", "contract:read", "checklist:read"}
WRITE_KEY = READ_KEY | {
    *("parcel:write", "parcel:stage", "parcel:divide", "parcel:survey", "parcel:export", "constraint:check"),
    *("import:run", "import:publish", "import:read", "document:write", "layer:withdraw"),
}


def test_every_role_may_do_what_was_reviewed() -> None:
    held = {
        str(permission): {role for role in Role if permission in ROLE_PERMISSIONS[role]} for permission in Permission
    }
    assert held == REVIEWED


def test_a_key_may_do_what_its_scope_was_reviewed_for() -> None:
    assert permissions_of_scopes([Scope.READ]) == READ_KEY
    assert permissions_of_scopes([Scope.WRITE]) == WRITE_KEY
    assert permissions_of_scopes([Scope.READ, Scope.WRITE]) == WRITE_KEY
    assert permissions_of_scopes([]) == frozenset()


def test_every_role_has_a_title_in_both_languages() -> None:
    assert ROLE_TITLES.keys() == set(Role)
    assert all(zh and en for zh, en in ROLE_TITLES.values())
