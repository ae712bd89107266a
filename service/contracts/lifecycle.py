"""The stages of a contract (出让合同) or allocation decision (划拨决定书), and its events. Pure."""

from collections.abc import Mapping
from enum import StrEnum

from service.core.errors import Conflict
from service.parcels.lifecycle import EventKind, Hold, State
from service.parcels.lifecycle import allowed as of_parcels


class ContractStage(StrEnum):
    """In force until it ends; how far payment and works are, its dates and its parcels' stages say."""

    in_force = "in_force"
    completed = "completed"
    rescinded = "rescinded"
    reclaimed = "reclaimed"


class ContractEventKind(StrEnum):
    """What can happen to a contract."""

    sign = "sign"
    amend = "amend"
    pay = "pay"
    deliver = "deliver"
    register = "register"
    start = "start"
    complete = "complete"
    extend = "extend"
    suspend = "suspend"
    resume = "resume"
    suspect_idle = "suspect_idle"
    dismiss_idle = "dismiss_idle"
    confirm_idle = "confirm_idle"
    dispose_idle = "dispose_idle"
    end_idle = "end_idle"
    rescind = "rescind"
    reclaim = "reclaim"


class IllegalContractEvent(Conflict):
    """The event can't happen to the contract any more."""

    code, title_zh, title_en = "illegal-contract-event", "合同当前状态不允许该操作", "Not possible for the contract"


_K = ContractEventKind

EVENT_OF_PARCEL: Mapping[ContractEventKind, EventKind] = {
    _K.sign: EventKind.contract,
    _K.pay: EventKind.pay,
    _K.deliver: EventKind.deliver,
    _K.start: EventKind.start,
    _K.complete: EventKind.complete,
    _K.suspend: EventKind.suspend,
    _K.resume: EventKind.resume,
    _K.suspect_idle: EventKind.suspect_idle,
    _K.dismiss_idle: EventKind.dismiss_idle,
    _K.confirm_idle: EventKind.confirm_idle,
    _K.dispose_idle: EventKind.dispose_idle,
    _K.end_idle: EventKind.end_idle,
    _K.rescind: EventKind.rescind,
    _K.reclaim: EventKind.reclaim,
}
"""What an event of the contract is for each of its parcels; whether it is possible, the parcels' stages say."""

ENDS: Mapping[ContractEventKind, ContractStage] = {
    _K.complete: ContractStage.completed,
    _K.rescind: ContractStage.rescinded,
    _K.reclaim: ContractStage.reclaimed,
}

LIVE = (ContractStage.in_force, ContractStage.completed)
"""A contract that holds its parcels; completed land can still be taken back in the public interest (土地管理法 58)."""

_BY_ITSELF = frozenset({_K.sign, _K.pay})
_OF_AN_INQUIRY = frozenset({_K.dismiss_idle, _K.confirm_idle, _K.dispose_idle, _K.end_idle})


def allowed(stage: ContractStage, land: State | None, *, registered: bool = False) -> tuple[ContractEventKind, ...]:
    """Return what can be recorded of a contract whose parcels are in a state; an inquiry's steps are its own.

    >>> from service.parcels.lifecycle import Stage
    >>> [str(each) for each in allowed(ContractStage.in_force, State(Stage.delivered), registered=True)]
    ['amend', 'start', 'extend', 'suspend', 'suspect_idle', 'rescind', 'reclaim']
    """
    if stage not in LIVE or land is None:
        return ()
    possible = {kind for kind, told in EVENT_OF_PARCEL.items() if told in of_parcels(land)}
    if stage is ContractStage.in_force:
        possible |= {_K.amend, _K.extend}
    if not registered and land.hold is Hold.none:
        possible.add(_K.register)
    return tuple(kind for kind in ContractEventKind if kind in possible - _BY_ITSELF - _OF_AN_INQUIRY)


EVENT_TITLES: Mapping[ContractEventKind, tuple[str, str]] = {
    _K.sign: ("签订合同", "Sign"),
    _K.amend: ("变更合同", "Amend"),
    _K.pay: ("缴清价款", "Pay in full"),
    _K.deliver: ("交地", "Hand over"),
    _K.register: ("不动产登记", "Register"),
    _K.start: ("动工", "Start building"),
    _K.complete: ("竣工", "Complete"),
    _K.extend: ("延期", "Extend"),
    _K.suspend: ("中止", "Suspend"),
    _K.resume: ("恢复", "Resume"),
    _K.suspect_idle: ("疑似闲置调查", "Investigate as idle"),
    _K.dismiss_idle: ("排除闲置", "Dismiss as not idle"),
    _K.confirm_idle: ("认定闲置", "Confirm as idle"),
    _K.dispose_idle: ("处置闲置", "Dispose of idleness"),
    _K.end_idle: ("闲置处置完毕", "End of disposal"),
    _K.rescind: ("解除合同", "Rescind"),
    _K.reclaim: ("收回", "Reclaim"),
}
