"""The command line: each command parses, calls one thing and prints."""

import contextlib
import json
import os
import signal
import sys
import threading
from pathlib import Path
from typing import Annotated, NoReturn

import psycopg
import typer
from pydantic import ValidationError
from rich.markup import escape
from rich.table import Table

from service import cli_checklists, cli_data, cli_imports, running
from service import doctor as diagnosis
from service.core import cluster, health, logs, migrate
from service.core.errors import GongdiError
from service.core.settings import Settings
from service.terminal import error_out, out, step

OPENAPI = Path(__file__).with_name("openapi.json")

app = typer.Typer(
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    add_completion=False,
    help="供地一张图 · Gongdi: land supply on one map.",
)
database = typer.Typer(no_args_is_help=True, help="数据库 · The database.")
app.add_typer(database, name="db")
app.add_typer(cli_data.demos, name="demo")
app.command("import")(cli_imports.import_file)
app.command("plan")(cli_data.plan)
app.command("export")(cli_data.export_file)
app.add_typer(cli_imports.reviewing, name="review")
app.add_typer(cli_data.users, name="user")
app.add_typer(cli_data.auditing, name="audit")
app.add_typer(cli_checklists.checklists, name="checklist")
legal = typer.Typer(no_args_is_help=True, help="法定规则 · The legal rules.")
app.add_typer(legal, name="rules")


def main() -> None:
    """Run the command line; an error a person can act on is printed in both languages, without a traceback."""
    logs.configure("warning", as_json=False)  # what serves or works sets its own level
    try:
        app()
    except GongdiError as error:
        wrong = (f"{each.pointer}: {each.zh} · {each.en}" for each in error.errors)
        _end(error.zh, error.en, *wrong)
    except ValidationError as error:  # of the settings: nothing else is parsed here
        for problem in error.errors(include_url=False):
            name = "_".join(("GONGDI", *map(str, problem["loc"]))).upper() + ": " if problem["loc"] else ""
            _say_wrong(f"设置有误 Wrong setting {name}{problem['msg'].removeprefix('Value error, ')}")
        sys.exit(1)
    except psycopg.OperationalError as error:
        _end(f"数据库错误 Database error: {error}")
    except OSError as error:  # a folder that can't be written, a full disk
        named = f"{error.filename}: " if error.filename else ""
        _end(f"文件错误 File error: {named}{error.strerror or error}")


def _end(words: str, *more: str) -> NoReturn:
    _say_wrong(words)
    for line in more:
        error_out.print(f"  {line}", markup=False, soft_wrap=True)
    sys.exit(1)


def _say_wrong(words: str) -> None:
    error_out.print(f"[red]✗[/] {escape(words)}", soft_wrap=True)


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
        with step("数据库 Database"):
            settings = running.owner_settings(given)
        _upgrade(settings)
        if cli_data.holds_demo_or_nothing(str(settings.database_url)):
            settings = cli_data.load_demo(settings)
        _serve(running.serving_settings(settings), worker=True)


def _announce(settings: Settings) -> None:
    host = f"[{settings.host}]" if ":" in settings.host else settings.host
    out.print(f"\n[bold green]供地一张图 Gongdi[/]  http://{host}:{settings.port}/", soft_wrap=True)
    signs = settings.home / "demo.json"
    if settings.demo and signs.exists():
        table = Table("演示账号 Demo account", "密码 Password", "角色 Role", box=None)
        demo = json.loads(signs.read_text(encoding="utf-8"))
        for account in demo["accounts"]:
            table.add_row(account["username"], account["password"], account["role"])
        out.print(table)
        out.print(f" 只读密钥 Read-only API key: {demo['api_key']}", soft_wrap=True)
        out.print(f"({signs})", soft_wrap=True)


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
    os.nice(10)  # with the readers it starts: what runs in the background gives way to those who wait for an answer
    import service.api  # noqa: F401 - loading it registers every job

    running.work(settings)


def _end_with_stdin() -> None:
    os.read(sys.stdin.fileno(), 1)  # nothing is ever written: it returns when the parent process is gone
    os.kill(os.getpid(), signal.SIGTERM)


@database.command("init")
def db_init() -> None:
    """建立私有数据库并迁移到最新 · Make the private cluster and bring it to the newest migration."""
    with step("数据库 Database"):
        settings = running.owner_settings(Settings())
    _upgrade(settings)
    db_status()


@database.command("start")
def db_start() -> None:
    """启动私有数据库 · Start the private cluster."""
    with step("数据库 Database"):
        cluster.ensure(Settings().home)


@database.command("stop")
def db_stop() -> None:
    """停止私有数据库 · Stop the private cluster."""
    with step("停止数据库 Stop database"):
        cluster.stop(Settings().home)


@database.command("upgrade")
def db_upgrade() -> None:
    """迁移到最新结构 · Bring the schema to the newest migration."""
    _upgrade(running.owner_settings(Settings()))


def _upgrade(settings: Settings) -> None:
    with step("数据库结构 Migrations"):
        migrate.upgrade(str(settings.database_url))
    cli_data.seed_workdays(settings)


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


@legal.command("check")
def check_rules(file: Annotated[Path, typer.Argument(exists=True, dir_okay=False, readable=True)]) -> None:
    """检查改过的规则文件 · Check an edited law.toml: each fault with line and rule; exit code 1 if any."""
    from service.rules import loader

    rules = loader.read(file)
    out.print(f"[green]✓[/] {file.name}: {len(rules)} 条规则 rules")


@app.command()
def doctor(
    *,
    data: Annotated[
        bool,
        typer.Option(
            "--data", help="检查数据是否自相矛盾 · Whether the data agree with themselves; exit code 1 if not."
        ),
    ] = False,
) -> None:
    """检查本机缺什么 · Say what this machine lacks and how to get it. Exit code 1 when something needed is missing."""
    if data:
        _examine_data()
        return
    missing = False
    for finding in diagnosis.examine(Settings()):
        missing |= finding.required and not finding.ok
        mark = "[green]✓[/]" if finding.ok else "[red]✗[/]" if finding.required else "[yellow]![/]"
        out.print(f"{mark} {finding.name}: {finding.found}", soft_wrap=True)
        if not finding.ok:
            out.print(f"    → {finding.remedy}", soft_wrap=True, markup=False)
    if missing:
        raise typer.Exit(1)


def _examine_data() -> None:
    """List every disagreement between schemes, lots, contracts, parcels, their events and checklists."""
    from service.checklist.checking import disagreements as sold_past
    from service.contracts.checking import disagreements
    from service.core.db import Database

    database = Database(running.serving_settings(Settings()))
    with step("数据 Data"), contextlib.closing(database), database.read() as session:
        found = [*disagreements(session), *sold_past(session)]
    for each in found:
        out.print(f"[red]✗[/] {each.check}: {each.subject} {each.id}: {each.kept} ≠ {each.expected}", soft_wrap=True)
    if found:
        raise typer.Exit(1)
    out.print("[green]✓[/] 方案、宗地、合同、地块、清单与事件一致 schemes, lots, contracts, parcels, checklists agree")


if __name__ == "__main__":
    main()
