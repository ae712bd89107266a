"""Commands on checklists: newer templates, a bureau that takes over from another."""

from typing import Annotated

import typer

from service.cli_data import transaction
from service.terminal import out

checklists = typer.Typer(no_args_is_help=True, help="摘牌前清单(八同步) · The pre-delisting checklists.")


@checklists.command("reconcile")
def checklist_reconcile(
    *,
    apply: Annotated[
        bool, typer.Option("--apply", help="换用新版 · Move them; otherwise they are only listed.")
    ] = False,
) -> None:
    """把进行中的清单换用新版模板 · Move running checklists to their template's newest version, by key."""
    from service.checklist.beginning import outdated
    from service.checklist.changes import TemplateMove
    from service.checklist.queries import template_of
    from service.checklist.template_commands import move_template
    from service.checklist.template_diff import diff
    from service.checklist.template_loader import templates

    with transaction() as (session, actor):
        for checklist, newest in outdated(session, actor):
            old = template_of(session, checklist)
            told = diff(old, templates()[old.key])
            words = f"+{len(told.added)} -{len(told.removed)} ~{len(told.changed)}"
            out.print(f"{checklist.id}: {old.key} {old.version} → {newest} ({words})")
            if apply:
                move_template(session, actor, checklist.id, TemplateMove())


@checklists.command("reassign")
def checklist_reassign(
    old: Annotated[str, typer.Argument(help="原单位代码 · Code of the bureau that is no more.")],
    new: Annotated[str, typer.Argument(help="新单位代码 · Code of the bureau that takes over (lead_bureau).")],
    reason: Annotated[str, typer.Option(help="原因 · Why, for the history.")],
) -> None:
    """机构改革:把一个单位的事项交给另一个单位 · Give the items of a bureau to another, on all running checklists."""
    from service.checklist.changes import BureauReplacement
    from service.checklist.template_commands import replace_bureau

    with transaction() as (session, actor):
        moved = replace_bureau(session, actor, BureauReplacement(old=old, new=new, reason=reason))
    out.print(f"[green]✓[/] {old} → {new}: {moved} 项 items")
