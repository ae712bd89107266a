"""Commands on imports: take a file in, read what was found, publish what was staged, discard it, take it back."""

import contextlib
import datetime as dt
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from pydantic import ValidationError
from rich.markup import escape
from rich.progress import Progress

from service import running
from service.cli_data import COMMAND_LINE, database
from service.core.db import Database
from service.core.settings import Settings
from service.dossier.order import Language
from service.terminal import out

if TYPE_CHECKING:
    from service.imports.control_layers import Control
    from service.imports.grouping import Line
    from service.imports.models import Finding, Import
    from service.imports.review_commands import Answer

LINES_OF_A_KIND = 5  # of findings, where not all are asked for

reviewing = typer.Typer(no_args_is_help=True, help="已导入的文件 · Imports: findings, publication, taking back.")


def import_file(  # noqa: PLR0917 - one parameter per option
    file: Annotated[Path, typer.Argument(exists=True, dir_okay=False, readable=True)],
    jurisdiction: Annotated[
        str | None,
        typer.Option(help="管辖区代码; 只有一个时可省 · Code of the jurisdiction; may be left out if there is one."),
    ] = None,
    crs: Annotated[
        str | None, typer.Option(help="坐标系, 如 EPSG:4547 · Coordinate system, if the file is silent.")
    ] = None,
    encoding: Annotated[
        str | None, typer.Option(help="文字编码, 如 gbk · Text encoding, if the file is silent.")
    ] = None,
    layer: Annotated[str | None, typer.Option(help="图层名 · Layer, if the file has several.")] = None,
    target: Annotated[
        str, typer.Option("--as", help="parcels 或 control:类型, 如 control:ecological_redline · What the file holds.")
    ] = "parcels",
    name: Annotated[str | None, typer.Option(help="管控图层名称; 同名即新版本 · Name of the control layer.")] = None,
    source: Annotated[str | None, typer.Option(help="管控图层的发布单位和文号 · Who issued it.")] = None,
    dated_on: Annotated[
        dt.datetime | None, typer.Option(formats=["%Y-%m-%d"], help="管控数据日期 · Date of the control data.")
    ] = None,
    review: Annotated[bool, typer.Option("--review", help="先待审, 不入库 · Stage it for review.")] = False,
) -> None:
    """导入地块或管控图层: 全部入库或全部不入库 · Import a file, all or nothing. Exit code 1 if it has errors.

    .shp 连同旁边的 .shx .dbf .prj .cpg 一起读 · A .shp is taken with the files beside it.
    """
    from service.documents import storage
    from service.imports import commands as importing
    from service.imports import jobs, parts, report
    from service.imports import queries as imported

    control = _control(target, name, source, dated_on)
    settings = running.serving_settings(Settings())
    with database(settings) as opened:
        belongs_to = jurisdiction or _only_jurisdiction(opened)
        with contextlib.ExitStack() as stack:
            files = [(path.name, stack.enter_context(path.open("rb"))) for path in parts.beside(file)]
            title, content = stack.enter_context(parts.together(files))
            kept = storage.keep(settings.documents_dir, content, limit=settings.max_upload_mib << 20)
        with opened.write(COMMAND_LINE) as session:
            import_id = importing.create_import(
                session,
                COMMAND_LINE,
                kept,
                file_name=title,
                jurisdiction=belongs_to,
                declared=importing.Declared(crs, encoding, layer),
                control=control,
                mode="review" if review else "direct",
                queue=False,
            ).id
        with _shown_progress() as show:
            jobs.run_now(opened, settings, import_id, show, attempts=1)
        with opened.read() as session:
            found, _ = imported.import_with_jurisdiction(session, COMMAND_LINE, import_id)
            findings = imported.finding_page(session, import_id, after=None, limit=report.MOST)
    _tell_some(found, findings)
    _tell_import(found, good=("published", "staged"))


@contextlib.contextmanager
def _shown_progress() -> Iterator[Callable[[str, int, int | None], None]]:
    """A bar on the terminal that is told stage, done and total."""
    with Progress(console=out, transient=True) as progress:
        task = progress.add_task("")

        def show(stage: str, done: int, total: int | None) -> None:
            progress.update(task, description=stage, completed=done, total=total)

        yield show


def _only_jurisdiction(opened: "Database") -> str:
    """The code of the one jurisdiction there is; otherwise names those to choose from."""
    from service.regions.queries import jurisdiction_rows

    with opened.read() as session:
        found = {str(row.code): row.name for row in jurisdiction_rows(session, COMMAND_LINE, shapes=False)}
    if len(found) != 1:
        known = ", ".join(f"{code} {name}" for code, name in found.items()) or "-"
        raise typer.BadParameter(f"须指明管辖区 · Say which jurisdiction: {known}", param_hint="--jurisdiction")
    return next(iter(found))


def _tell_some(found: "Import", findings: "Sequence[Finding]") -> None:
    """Print what was found in a file, what says the same as one line, of each kind the first few lines."""
    from service.imports.grouping import grouped

    whole = True
    for kind in grouped(findings):
        for line in kind.lines[:LINES_OF_A_KIND]:
            _tell(found, line)
            whole &= line.names_all
        if more := kind.after(LINES_OF_A_KIND):
            whole = False
            out.print(f"  … 另有同类 {more} 条 · {more} more of this kind ({kind.code})")
    if not whole:
        out.print(f"  全部逐条 All of them: gongdi review findings {found.id}")


def _tell(found: "Import", line: "Line") -> None:
    from service.imports.grouping import placed

    said = line.first
    words = placed(said.message, file=found.file_name, layer=found.layer, rows=line.rows)
    at = "" if line.point is None or line.point in said.message else f"（点 point {line.point}）"
    mark = "[red]✗[/]" if said.severity == "error" else "[yellow]![/]"
    out.print(f"{mark} {escape(f'{words}{at} · {said.message_en}')}", soft_wrap=True)


def _tell_import(found: "Import", *, good: tuple[str, ...]) -> None:
    """Say where an import stands; exit code 1 where it has errors or stands elsewhere than it should."""
    what = "地块 parcels" if found.control is None else "区域 areas"
    out.print(
        f"导入 Import {found.id}: {found.status}; {what} {found.published}, "
        f"错误 errors {found.errors}, 提醒 warnings {found.warnings}"
    )
    if found.summary is not None:
        counts = (f"{name} {found.summary[name]}" for name in ("added", "geometry", "attributes", "same", "missing"))
        out.print(f"比对 Compared: {', '.join(counts)}")
    if found.problem:
        out.print(found.problem, soft_wrap=True, markup=False)
    if found.status not in good or (found.status == "staged" and found.errors):
        raise typer.Exit(1)


def _control(target: str, name: str | None, source: str | None, dated_on: dt.datetime | None) -> "Control | None":
    """What the options say of a control layer; None for parcels."""
    from service.imports.control_layers import TARGET, Control

    given = (name, source, dated_on)
    if target == "parcels" and given == (None, None, None):
        return None
    if not target.startswith(TARGET) or name is None or source is None or dated_on is None:
        raise typer.BadParameter("--as control:TYPE --name … --source … --dated-on YYYY-MM-DD")
    return Control(target.removeprefix(TARGET), name, source, dated_on.date())


@reviewing.command("findings")
def review_findings(
    import_id: int,
    file: Annotated[
        Path | None, typer.Option("--to", dir_okay=False, writable=True, help="写入 .xlsx 或 .gpkg · Write a file.")
    ] = None,
    lang: Annotated[Language, typer.Option(help="文件的语言 · Language of the file.")] = "zh",
) -> None:
    """逐条列出检查结果, 或存为 Excel、GeoPackage · List everything that was found, or write it as a file."""
    from service.imports import findings_files, report
    from service.imports import queries as imported
    from service.imports.grouping import listed

    suffix = None if file is None else file.suffix.lower()
    if suffix not in {None, ".xlsx", ".gpkg"}:
        raise typer.BadParameter(".xlsx / .gpkg", param_hint="--to")
    with database(Settings()) as opened, opened.read() as session:
        found, _ = imported.import_with_jurisdiction(session, COMMAND_LINE, import_id)
        findings = imported.finding_page(session, import_id, after=None, limit=report.MOST)
    if file is None:
        for line in listed(findings):
            _tell(found, line)
    else:
        file.write_bytes(findings_files.written(findings, "xlsx" if suffix == ".xlsx" else "gpkg", lang)[0])
    out.print(f"检查结果 Findings: {len(findings)}{f' → {escape(str(file))}' if file else ''}", soft_wrap=True)


Reason = Annotated[
    str | None, typer.Option(help="特批理由, 界线变更涉及他人时 · Why, where boundaries move that concern others.")
]
Document = Annotated[
    int | None, typer.Option(help="依据文件编号, 与 --reason 同用 · Number of the document, with --reason.")
]


@reviewing.command("publish")
def review_publish(import_id: int, reason: Reason = None, document: Document = None) -> None:
    """待审内容入库: 全部或全无 · Publish what is staged, all or nothing."""
    from service.imports import review_commands

    asked = partial(review_commands.ask_publication, four_eyes=False, answer=_answer(reason, document))
    _review(import_id, asked, "published")


@reviewing.command("discard")
def review_discard(import_id: int) -> None:
    """放弃待审内容 · Discard what is staged."""
    from service.imports import review_commands

    _review(import_id, review_commands.discard, "discarded")


@reviewing.command("undo")
def review_undo(import_id: int, reason: Reason = None, document: Document = None) -> None:
    """撤销入库(其后未办业务时) · Take a publication back while nothing was built on it."""
    from service.imports import review_commands

    _review(import_id, partial(review_commands.ask_undo, answer=_answer(reason, document)), "undone")


def _answer(reason: str | None, document: int | None) -> "Answer | None":
    """An approver's word, held to what the API holds it to; none where neither option is given."""
    from service.imports.review_commands import Answer
    from service.imports.schemas_review import OverrideOrder

    if reason is None and document is None:
        return None
    try:
        order = OverrideOrder.model_validate({"override_reason": reason, "document_id": document})
    except ValidationError:
        words = "理由和依据文件须同时给出 · The reason and the number of its document are given together"
        raise typer.BadParameter(words, param_hint="--reason, --document") from None
    return Answer(order.override_reason, order.document_id)


def _review(import_id: int, act: "Callable[..., Import]", wanted: str) -> None:
    from service.imports import jobs
    from service.imports import queries as imported

    settings = running.serving_settings(Settings())
    with database(settings) as opened:
        with opened.write(COMMAND_LINE) as session:
            found, _ = imported.import_with_jurisdiction(session, COMMAND_LINE, import_id)
            act(session, COMMAND_LINE, import_id, version=found.version)
        jobs.run_now(opened, settings, import_id, attempts=1)
        with opened.read() as session:
            found, _ = imported.import_with_jurisdiction(session, COMMAND_LINE, import_id)
    _tell_import(found, good=(wanted,))
