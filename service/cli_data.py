"""Commands on what the database holds: demo, exports, users, the audit log."""

import contextlib
import shutil
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated

import psycopg
import typer
from rich.table import Table
from sqlalchemy import text
from sqlalchemy.orm import Session

from service import running
from service.accounts import commands, queries
from service.accounts.access import Actor, system
from service.accounts.permissions import Role
from service.audit.verify import Checkpoint, verify
from service.core import migrate
from service.core.db import Database
from service.core.settings import Settings
from service.dossier.order import Language, Order, Paper
from service.parcels.lifecycle import Stage
from service.terminal import out, step, tell

COMMAND_LINE = system("cli")

demos = typer.Typer(no_args_is_help=True, help="示意数据 · The demo data.")
users = typer.Typer(no_args_is_help=True, help="用户 · Users.")
auditing = typer.Typer(no_args_is_help=True, help="审计日志 · The audit log.")


@demos.command("load")
def demo_load() -> None:
    """装载示意数据(已有正式数据时拒绝) · Load the demo; refused where there is real data."""
    settings = running.owner_settings(Settings())
    with step("数据库结构 Migrations"):
        migrate.upgrade(str(settings.database_url))
    seed_workdays(settings)
    load_demo(settings)


def seed_workdays(settings: Settings) -> None:
    """Take over the working-day calendars that the installed package knows; what was edited stays."""
    from service.workdays.commands import seed_calendar

    with step("工作日历 Working days"), database(settings) as opened, opened.write(COMMAND_LINE) as session:
        seed_calendar(session)


@demos.command("reset")
def demo_reset(
    *,
    yes: Annotated[bool, typer.Option("--yes", help="不再询问 · Don't ask.")] = False,
) -> None:
    """恢复示意数据的初始状态 · Put the demo back to its first state, with new passwords."""
    if not yes:
        typer.confirm(
            "删除全部地块(含新增的)并重新装载示意数据? Delete all parcels, added ones too, and load the demo again?",
            abort=True,
        )
    from service import demo

    settings = _demo_settings(running.owner_settings(Settings()))
    migrate.upgrade(str(settings.database_url))
    with database(settings) as opened:
        demo.reset(opened, settings, tell)


def holds_demo_or_nothing(url: str) -> bool:
    """Whether a migrated database is the demo's: no parcel and no user, or a load of the demo began in it."""
    from service import demo

    with psycopg.connect(url, connect_timeout=5) as connection:
        row = connection.execute(
            "SELECT NOT EXISTS (SELECT FROM parcel) AND NOT EXISTS (SELECT FROM user_account)"
            " OR EXISTS (SELECT FROM import WHERE created_by = %s)",
            [demo.ACTOR.label],
        ).fetchone()
    return row == (True,)


def _demo_settings(settings: Settings) -> Settings:
    """Settings of demo mode; the date stands still at the demo's unless another is given."""
    from service import demo

    return settings.model_copy(update={"demo": True, "today": settings.today or demo.TODAY})


def load_demo(settings: Settings) -> Settings:
    """Load what is missing of the demo; return settings that stand still at its date."""
    from service import demo

    settings = _demo_settings(settings)
    with database(settings) as opened:
        with opened.read() as session:
            loaded = demo.is_loaded(session)
        if not loaded:
            demo.load(opened, settings, tell)
        demo.write_accounts(opened, settings)
    return settings


def plan(
    number: Annotated[str, typer.Argument(help="地块编号、宗地代码或出让编号 · Any number of the parcel.")],
    file: Annotated[Path, typer.Argument(dir_okay=False, writable=True, help="PDF")],
    paper: Annotated[Paper, typer.Option(help="图幅 · Paper.")] = "A4",
    scale: Annotated[
        int | None, typer.Option(min=100, max=1_000_000, help="比例尺分母, 缺省为放得下的最大常用比例尺 · 1:scale.")
    ] = None,
    crs: Annotated[
        str | None, typer.Option(help="坐标系, 如 4547; 缺省为所在 3° 带 · Its own 3° zone if left out.")
    ] = None,
    lang: Annotated[Language, typer.Option(help="语言 · Language.")] = "zh",
) -> None:
    """打印宗地图为 PDF · Draw the plan of a parcel to scale as PDF."""
    from service.dossier import commands as dossier
    from service.dossier import printing

    settings = running.serving_settings(Settings())
    with database(settings) as opened:
        with opened.pool.connection() as connection:
            made = printing.imprint(settings)
            drawing = printing.draw(connection, COMMAND_LINE, number, Order(paper, scale, crs, lang), made)
        file.write_bytes(dossier.print_plan(opened, COMMAND_LINE, drawing))
    out.print(f"[green]✓[/] {drawing.code}  1:{drawing.order.scale}  {drawing.order.crs}  {file}", soft_wrap=True)


def export_file(  # noqa: PLR0917 - one parameter an option
    file: Annotated[Path, typer.Argument(help="目标文件 · File to write.", dir_okay=False)],
    format_: Annotated[
        str | None, typer.Option("--format", help="csv xlsx geojson gpkg shp parquet kml dxf txt · Else by the name.")
    ] = None,
    crs: Annotated[
        str | None, typer.Option(help="坐标系, 如 4526 · Coordinate system; CGCS2000 degrees if left out.")
    ] = None,
    encoding: Annotated[str | None, typer.Option(help="文字编码 utf-8 gbk · Text encoding.")] = None,
    fields: Annotated[str, typer.Option(help="字段, 逗号分隔 · Columns by comma; all of them if left out.")] = "",
    code: Annotated[list[str] | None, typer.Option(help="地块编号 · Code; may be repeated.")] = None,
    stage: Annotated[list[Stage] | None, typer.Option(help="状态 · Stage; may be repeated.")] = None,
    jurisdiction: Annotated[list[str] | None, typer.Option(help="管辖区代码 · Jurisdiction; may be repeated.")] = None,
    region: Annotated[list[str] | None, typer.Option(help="区县或办事处代码 · County or township.")] = None,
    land_use: Annotated[list[str] | None, typer.Option(help="用地代码前缀 · Land-use prefix.")] = None,
    q: Annotated[str | None, typer.Option(help="编号、名称、坐落中的词 · Words.")] = None,
) -> None:
    """导出地块, 记入数据导出日志 · Export parcels to a file; logged like every export."""
    from service.exports import commands as exporting
    from service.exports.files import Order
    from service.exports.formats import format_of
    from service.exports.jobs import working_folder
    from service.parcels.selection import Selection

    selected = Selection(
        code=code or (),
        stage=stage or (),
        jurisdiction=jurisdiction or (),
        region=region or (),
        land_use=land_use or (),
        q=q,
    )
    columns = [name.strip() for name in fields.split(",") if name.strip()]
    order = Order(format_of(format_, file.name), selected, crs, encoding, columns)
    settings = running.serving_settings(Settings())
    with database(settings) as opened, working_folder(settings) as folder:
        with opened.write(COMMAND_LINE) as session:
            session.execute(text(exporting.UNHURRIED))
            written = exporting.export_now(session, COMMAND_LINE, order, Path(folder), most=None)
        shutil.copyfile(written.path, file)
    out.print(f"已导出 Exported {written.rows} → {file}", soft_wrap=True)


@contextlib.contextmanager
def database(settings: Settings) -> Iterator[Database]:
    """The database that the settings name, opened for one command."""
    opened = Database(running.serving_settings(settings))
    opened.pool.open()
    try:
        yield opened
    finally:
        opened.close()


@contextlib.contextmanager
def transaction() -> Iterator[tuple[Session, Actor]]:
    """One transaction in the name of the command line."""
    with database(Settings()) as opened, opened.write(COMMAND_LINE) as session:
        yield session, COMMAND_LINE


def _ask_password() -> str:
    """A password from the terminal, asked twice, or the first line of standard input when that is no terminal."""
    if sys.stdin.isatty():
        return str(typer.prompt("密码 Password", hide_input=True, confirmation_prompt=True))
    return sys.stdin.readline().rstrip("\n")


@users.command("add")
def user_add(
    username: str,
    display_name: Annotated[str, typer.Option("--name", help="显示的姓名 · Name shown.")],
    role: Annotated[Role, typer.Option(help="角色 · Role.")],
    lead_bureau: Annotated[str | None, typer.Option(help="牵头部门代码(部门经办必填) · Lead bureau's code.")] = None,
    jurisdiction: Annotated[list[str] | None, typer.Option(help="可见管辖区, 可重复; 缺省全部 · May see.")] = None,
) -> None:
    """新建用户; 密码从终端或标准输入读取 · Create a user; the password is read from the terminal or standard input."""
    # These say which jurisdictions and bureaus there are.
    import service.codes.queries
    import service.regions.queries  # noqa: F401

    password = _ask_password()
    with transaction() as (session, actor):
        commands.create_user(
            session,
            actor,
            username,
            password,
            display_name=display_name,
            role=role,
            lead_bureau=lead_bureau,
            jurisdictions=jurisdiction,
        )
    out.print(f"[green]✓[/] 已建立用户 Created user {username}")


@users.command("passwd")
def user_passwd(username: str) -> None:
    """重设密码, 结束其全部会话并解除锁定 · Set a password; ends the user's sessions and lifts a lock."""
    password = _ask_password()
    with transaction() as (session, actor):
        commands.set_password(session, actor, username, password)
    out.print(f"[green]✓[/] 已重设 {username} 的密码 Password set")


@users.command("list")
def user_list() -> None:
    """列出用户 · List the users."""
    table = Table("用户名 User", "姓名 Name", "角色 Role", "部门 Bureau", "管辖 Sees", "启用 Active", box=None)
    with transaction() as (session, actor):
        for user in session.execute(queries.visible_users(actor).order_by("username")).scalars():
            seen = "*" if user.jurisdictions is None else ", ".join(user.jurisdictions)
            table.add_row(
                user.username,
                user.display_name,
                user.role,
                user.lead_bureau or "",
                seen,
                "✓" if user.is_active else "✗",
            )
    out.print(table)


@auditing.command("verify")
def audit_verify(
    expect: Annotated[
        str | None, typer.Option(metavar="SEQ:HASH", help="另行保存的校验点 · A checkpoint kept elsewhere.")
    ] = None,
) -> None:
    """核验审计日志是否被改动 · Find altered, removed or inserted entries; exit code 1 when there is one."""
    with transaction() as (session, _):
        result = verify(session, _checkpoint(expect) if expect else None)
    for problem in result.problems:
        out.print(f"[red]✗[/] {problem.seq}: {problem.kind}")
    out.print(
        f"{result.entries} 条记录 entries; 校验点 checkpoint {result.head.seq}:{result.head.hash.hex()}", soft_wrap=True
    )
    if not result.ok:
        raise typer.Exit(1)


def _checkpoint(words: str) -> Checkpoint:
    try:
        seq, _, digest = words.partition(":")
        return Checkpoint(int(seq), bytes.fromhex(digest))
    except ValueError as error:
        raise typer.BadParameter("SEQ:HASH") from error
