"""The command line: each command parses, calls one thing and prints."""

import contextlib
import json
import os
import signal
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated

import psycopg
import typer
from pydantic import ValidationError
from rich.console import Console
from rich.table import Table
from sqlalchemy.orm import Session

from service import doctor as diagnosis
from service import running
from service.accounts import commands, queries
from service.accounts.access import Actor, system
from service.accounts.permissions import Role
from service.audit.verify import Checkpoint, verify
from service.core import cluster, health, migrate
from service.core.db import Database
from service.core.errors import GongdiError
from service.core.settings import Settings

COMMAND_LINE = system("cli")
OPENAPI = Path(__file__).with_name("openapi.json")

app = typer.Typer(
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    add_completion=False,
    help="供地一张图 · Gongdi: land supply on one map.",
)
database = typer.Typer(no_args_is_help=True, help="数据库 · The database.")
users = typer.Typer(no_args_is_help=True, help="用户 · Users.")
app.add_typer(database, name="db")
app.add_typer(users, name="user")
auditing = typer.Typer(no_args_is_help=True, help="审计日志 · The audit log.")
app.add_typer(auditing, name="audit")
out = Console(highlight=False)
error_out = Console(stderr=True, highlight=False)


def main() -> None:
    """Run the command line; an error a person can act on is printed in both languages, without a traceback."""
    try:
        app()
    except GongdiError as error:
        error_out.print(f"[red]✗[/] {error.zh}\n  {error.en}", soft_wrap=True)
        for wrong in error.errors:
            error_out.print(f"  {wrong.pointer}: {wrong.zh} · {wrong.en}", markup=False)
        sys.exit(1)
    except ValidationError as error:  # of the settings: nothing else is parsed here
        for problem in error.errors(include_url=False):
            name = "_".join(("GONGDI", *map(str, problem["loc"]))).upper()
            error_out.print(f"[red]✗[/] 设置有误 Wrong setting {name}: {problem['msg']}", soft_wrap=True)
        sys.exit(1)
    except psycopg.OperationalError as error:
        error_out.print(f"[red]✗[/] 数据库错误 Database error: {error}", soft_wrap=True)
        sys.exit(1)


@contextlib.contextmanager
def _step(title: str) -> Iterator[None]:
    """One progress line with the seconds the step took."""
    begun = time.monotonic()
    out.print(f"  {title}", end=" … ")
    yield
    out.print(f"[green]✓[/] {time.monotonic() - begun:.1f} s")


@app.command()
def serve(
    *,
    worker: Annotated[bool, typer.Option(help="同时启动后台任务进程 · Start a worker process beside it.")] = True,
) -> None:
    """启动服务(不迁移, 不装载数据) · Serve the API and the web pages."""
    settings = Settings()
    running.require_free_port(settings)
    with running.ended_by_signals():
        _serve(running.serving_settings(settings), worker=worker)


def _serve(settings: Settings, *, worker: bool) -> None:
    from service.main import create_app

    def announce() -> None:
        _announce(settings)

    with running.child_worker(settings) if worker else contextlib.nullcontext():
        running.serve(create_app(settings), settings, announce)


@app.command()
def run() -> None:
    """一键运行, Ctrl-C 全部停止 · Database, migrations, demo data if empty, server; Ctrl-C stops all of it."""
    given = Settings()
    running.require_free_port(given)
    starts_cluster = given.database_url is None and not cluster.status(given.home).is_running
    with (
        running.ended_by_signals(),
        running.stopping_cluster(given.home) if starts_cluster else contextlib.nullcontext(),
    ):
        with _step("数据库 Database"):
            settings = running.owner_settings(given)
        _upgrade(settings)
        _serve(running.serving_settings(settings), worker=True)


def _announce(settings: Settings) -> None:
    host = f"[{settings.host}]" if ":" in settings.host else settings.host
    out.print(f"\n[bold green]供地一张图 Gongdi[/]  http://{host}:{settings.port}/", soft_wrap=True)


@app.command()
def worker(
    *,
    check: Annotated[
        bool, typer.Option("--check", help="只检查是否有任务进程 · Exit code 1 unless one is alive.")
    ] = False,
    until_stdin_closes: Annotated[bool, typer.Option(hidden=True)] = False,
) -> None:
    """执行后台任务(导入等) · Run background jobs such as imports."""
    if until_stdin_closes:
        threading.Thread(target=_end_with_stdin, daemon=True).start()
    settings = running.serving_settings(Settings())
    if check:
        raise typer.Exit(0 if running.readiness(settings)["worker"] else 1)
    import service.api  # noqa: F401 - registers every job

    running.work(settings)


def _end_with_stdin() -> None:
    os.read(sys.stdin.fileno(), 1)  # nothing is ever written: it returns when the parent process is gone
    os.kill(os.getpid(), signal.SIGTERM)


@database.command("init")
def db_init() -> None:
    """建立私有数据库并迁移到最新 · Make the private cluster and bring it to the newest migration."""
    with _step("数据库 Database"):
        settings = running.owner_settings(Settings())
    _upgrade(settings)
    db_status()


@database.command("start")
def db_start() -> None:
    """启动私有数据库 · Start the private cluster."""
    with _step("数据库 Database"):
        cluster.ensure(Settings().home)


@database.command("stop")
def db_stop() -> None:
    """停止私有数据库 · Stop the private cluster."""
    with _step("停止数据库 Stop database"):
        cluster.stop(Settings().home)


@database.command("upgrade")
def db_upgrade() -> None:
    """迁移到最新结构 · Bring the schema to the newest migration."""
    _upgrade(running.owner_settings(Settings()))


def _upgrade(settings: Settings) -> None:
    with _step("数据库结构 Migrations"):
        migrate.upgrade(str(settings.database_url))


@database.command("status")
def db_status() -> None:
    """数据库状态 · Where the database is, whether it runs, its migration. Exit code 1 unless it runs at the newest."""
    settings = Settings()
    url = settings.database_url
    if url is None:
        state = cluster.status(settings.home)
        words = "运行 running" if state.is_running else "停止 stopped" if state.made else "未建立 not made"
        out.print(
            f"私有数据库 Private cluster: {words}\n  {state.location}  port {state.port}  pid {state.pid}",
            soft_wrap=True,
        )
        if not state.is_running:
            raise typer.Exit(1)
        url = cluster.ensure(settings.home).owner_url
    elif (problem := running.server_problem(url)) is not None:
        raise problem
    present, head = running.revision(url), health.head_revision()
    out.print(f"结构 Migration: {present or '-'} (最新 newest: {head})")
    if present != head:
        raise typer.Exit(1)


@contextlib.contextmanager
def _transaction() -> Iterator[tuple[Session, Actor]]:
    """One transaction in the name of the command line."""
    opened = Database(running.serving_settings(Settings()))
    try:
        with opened.write(COMMAND_LINE) as session:
            yield session, COMMAND_LINE
    finally:
        opened.close()


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
    password = _ask_password()
    with _transaction() as (session, actor):
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
    with _transaction() as (session, actor):
        commands.set_password(session, actor, username, password)
    out.print(f"[green]✓[/] 已重设 {username} 的密码 Password set")


@users.command("list")
def user_list() -> None:
    """列出用户 · List the users."""
    table = Table("用户名 User", "姓名 Name", "角色 Role", "部门 Bureau", "管辖 Sees", "启用 Active", box=None)
    with _transaction() as (session, actor):
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
    with _transaction() as (session, _):
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


@app.command("openapi")
def openapi(
    *,
    check: Annotated[
        bool, typer.Option("--check", help="只比较, 不写 · Compare only; exit code 1 when it differs.")
    ] = False,
) -> None:
    """写接口描述文件 · Write service/openapi.json."""
    from service.main import create_app

    fresh = json.dumps(create_app(Settings()).openapi(), ensure_ascii=False, indent=1) + "\n"
    if not check:
        OPENAPI.write_text(fresh, encoding="utf-8")
    elif not OPENAPI.exists() or OPENAPI.read_text(encoding="utf-8") != fresh:
        error_out.print("service/openapi.json 已过期, 请运行 make fix · is stale: run make fix")
        raise typer.Exit(1)


@app.command()
def doctor() -> None:
    """检查本机缺什么 · Say what this machine lacks and how to get it. Exit code 1 when something needed is missing."""
    missing = False
    for finding in diagnosis.examine(Settings()):
        missing |= finding.required and not finding.ok
        mark = "[green]✓[/]" if finding.ok else "[red]✗[/]" if finding.required else "[yellow]![/]"
        out.print(f"{mark} {finding.name}: {finding.found}", soft_wrap=True)
        if not finding.ok:
            out.print(f"    → {finding.remedy}", soft_wrap=True, markup=False)
    if missing:
        raise typer.Exit(1)


if __name__ == "__main__":
    main()
