"""Roles and what each may do: the one table that access is decided by."""

from collections.abc import Iterable, Mapping
from enum import StrEnum


class Permission(StrEnum):
    """One kind of act on one kind of thing."""

    PARCEL_READ = "parcel:read"
    PARCEL_WRITE = "parcel:write"
    PARCEL_STAGE = "parcel:stage"
    PARCEL_EXPORT = "parcel:export"
    PARCEL_DIVIDE = "parcel:divide"
    PARCEL_SURVEY = "parcel:survey"
    PARCEL_OVERRIDE = "parcel:override"
    IMPORT_RUN = "import:run"
    IMPORT_PUBLISH = "import:publish"
    IMPORT_READ = "import:read"
    DOCUMENT_READ = "document:read"
    DOCUMENT_WRITE = "document:write"
    AUDIT_READ = "audit:read"
    USER_MANAGE = "user:manage"
    APIKEY_MANAGE = "apikey:manage"
    CONSTRAINT_CHECK = "constraint:check"
    PLAN_READ = "plan:read"
    PLAN_EDIT = "plan:edit"
    PLAN_APPROVE = "plan:approve"
    SCHEME_READ = "scheme:read"
    SCHEME_EDIT = "scheme:edit"
    SCHEME_APPROVE = "scheme:approve"
    LISTING_READ = "listing:read"
    LISTING_RUN = "listing:run"
    CONTRACT_READ = "contract:read"
    CONTRACT_RUN = "contract:run"
    PARTY_READ = "party:read"
    CHECKLIST_READ = "checklist:read"
    CHECKLIST_WORK = "checklist:work"
    CHECKLIST_OPEN = "checklist:open"
    CHECKLIST_ACCEPT = "checklist:accept"
    CHECKLIST_WAIVE = "checklist:waive"
    CHECKLIST_MANAGE = "checklist:manage"
    LAYER_READ = "layer:read"
    LAYER_WITHDRAW = "layer:withdraw"
    CODE_READ = "code:read"
    REGION_READ = "region:read"
    LAW_OVERRIDE = "law:override"
    WORKDAY_READ = "workday:read"
    WORKDAY_MANAGE = "workday:manage"


class Role(StrEnum):
    """What a user is in the bureau."""

    ADMINISTRATOR = "administrator"
    PLANNER = "planner"
    REGISTRAR = "registrar"
    LISTING_OFFICER = "listing_officer"
    TRACK_OFFICER = "track_officer"
    APPROVER = "approver"
    VIEWER = "viewer"


class Scope(StrEnum):
    """What an API key is for."""

    READ = "read"
    WRITE = "write"


ROLE_TITLES: Mapping[Role, tuple[str, str]] = {
    Role.ADMINISTRATOR: ("系统管理员", "Administrator"),
    Role.PLANNER: ("供地计划", "Planner"),
    Role.REGISTRAR: ("储备与地籍", "Registrar"),
    Role.LISTING_OFFICER: ("出让交易", "Listing officer"),
    Role.TRACK_OFFICER: ("部门经办", "Track officer"),
    Role.APPROVER: ("审批", "Approver"),
    Role.VIEWER: ("领导/只读", "Viewer"),
}

_LOOKING = frozenset(
    {
        Permission.PARCEL_READ,
        Permission.PLAN_READ,
        Permission.SCHEME_READ,
        Permission.LISTING_READ,
        Permission.CONTRACT_READ,
        Permission.CHECKLIST_READ,
        Permission.DOCUMENT_READ,
        Permission.LAYER_READ,
        Permission.CODE_READ,
        Permission.REGION_READ,
        Permission.WORKDAY_READ,
    }
)
_SUPPLYING = _LOOKING | {
    Permission.PARCEL_STAGE,
    Permission.PARCEL_EXPORT,
    Permission.IMPORT_READ,
    Permission.DOCUMENT_WRITE,
    Permission.CONSTRAINT_CHECK,
}
# Who runs checklists: opens them, records for bureaus without an account, accepts what the others hand in.
_COORDINATING = frozenset(
    {Permission.CHECKLIST_OPEN, Permission.CHECKLIST_WORK, Permission.CHECKLIST_ACCEPT},
)
_REGISTERING = _LOOKING | {
    Permission.PARCEL_WRITE,
    Permission.PARCEL_STAGE,
    Permission.PARCEL_EXPORT,
    Permission.PARCEL_DIVIDE,
    Permission.PARCEL_SURVEY,
    Permission.IMPORT_RUN,
    Permission.IMPORT_PUBLISH,
    Permission.IMPORT_READ,
    Permission.DOCUMENT_WRITE,
    Permission.CONSTRAINT_CHECK,
    Permission.LAYER_WITHDRAW,
}

# An administrator hands out rights but does no land business, and whoever only looks takes no files of the register
# away. An approver may read the audit log, so that somebody
# other than the administrator sees what the administrator did.
ROLE_PERMISSIONS: Mapping[Role, frozenset[Permission]] = {
    Role.ADMINISTRATOR: _LOOKING
    | {
        *(Permission.IMPORT_READ, Permission.AUDIT_READ, Permission.USER_MANAGE, Permission.APIKEY_MANAGE),
        *(Permission.WORKDAY_MANAGE, Permission.CHECKLIST_MANAGE),
    },
    Role.PLANNER: _SUPPLYING
    | _COORDINATING
    | {Permission.PLAN_EDIT, Permission.SCHEME_EDIT, Permission.WORKDAY_MANAGE},
    Role.REGISTRAR: _REGISTERING,
    # Bidders' and holders' names are personal or commercial data: for those who deal with them (`party:read`).
    Role.LISTING_OFFICER: _SUPPLYING
    | _COORDINATING
    | {Permission.SCHEME_EDIT, Permission.LISTING_RUN, Permission.CONTRACT_RUN, Permission.PARTY_READ},
    Role.TRACK_OFFICER: _LOOKING | {Permission.DOCUMENT_WRITE, Permission.CHECKLIST_WORK},
    Role.APPROVER: _SUPPLYING
    | {
        *(Permission.PARCEL_DIVIDE, Permission.PARCEL_SURVEY, Permission.PARCEL_OVERRIDE, Permission.PLAN_APPROVE),
        *(Permission.SCHEME_APPROVE, Permission.LISTING_RUN, Permission.CONTRACT_RUN, Permission.PARTY_READ),
        *(Permission.IMPORT_PUBLISH, Permission.LAYER_WITHDRAW, Permission.AUDIT_READ, Permission.LAW_OVERRIDE),
        *(Permission.CHECKLIST_WORK, Permission.CHECKLIST_ACCEPT, Permission.CHECKLIST_WAIVE),
    },
    Role.VIEWER: _LOOKING,
}

SCOPE_PERMISSIONS: Mapping[Scope, frozenset[Permission]] = {
    Scope.READ: ROLE_PERMISSIONS[Role.VIEWER],
    Scope.WRITE: _REGISTERING,
}


def permissions_of_scopes(scopes: Iterable[str]) -> frozenset[Permission]:
    """Return what a key of these scopes may do: nothing that manages users, keys or reads the audit log.

    >>> Permission.PARCEL_WRITE in permissions_of_scopes(["read"])
    False
    """
    return frozenset[Permission]().union(*(SCOPE_PERMISSIONS[Scope(scope)] for scope in scopes))
