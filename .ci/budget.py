"""House rules that no linter knows: line budgets and things that must stand in one place only. Prints the figures."""

import ast
import json
import re
import subprocess
import sys
from pathlib import Path
from statistics import median, quantiles

ROOT = Path(__file__).parents[1]
MODULE_BUDGET = {"median": 120, "p90": 300, "max": 450}
FUNCTION_BUDGET = {"median": 10, "p90": 30, "max": 60}
FILE_BUDGET = {"models.py": 200, "queries.py": 300, "commands.py": 300, "schemas.py": 200, "routes.py": 250}
WEB_FILE_MAX = 250
# Written so that this file does not name what it looks for.
REGISTRY = re.compile(r"(pypi|pythonhosted|npmjs|npmmirror|yarnpkg)\.(org|com|io)")
WEBSITE = "service/core/website.py"  # catches the one that Starlette's static files raise
# What may stand where: pattern, the files it is looked for in, the files that may hold it.
PLACES = [
    ("commit() stands once", r"\.commit\(", "service/**/*.py", {"service/core/db.py"}),
    ("errors are GongdiErrors", r"\bHTTPException\b", "service/**/*.py", {"service/core/problems.py", WEBSITE}),
    ("routes ask queries", r"\bselect\(", "service/**/routes*.py", set()),
    ("one source of time", r"\b(datetime\.now|date\.today|utcnow)\(", "service/**/*.py", {"service/core/clock.py"}),
]


def main() -> int:
    problems = [*_line_budgets(), *_places(), *_web(), *_registry_hosts()]
    for problem in problems:
        print(f"   ✗ {problem}")
    return bool(problems)


def _line_budgets() -> list[str]:
    modules, functions = {}, {}
    for path in sorted((ROOT / "service").rglob("*.py")):
        source = path.read_text(encoding="utf-8")
        name = path.relative_to(ROOT).as_posix()
        if source.strip():
            modules[name] = source.count("\n")
        for node in ast.walk(ast.parse(source)):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                functions[f"{name}: {node.name}"] = (node.end_lineno or node.lineno) - node.lineno + 1
    named = [
        f"{name}: {lines} lines, at most {limit}"
        for name, lines in modules.items()
        if lines > (limit := FILE_BUDGET.get(Path(name).name, MODULE_BUDGET["max"]))
    ]
    return [*_compare("module", modules, MODULE_BUDGET), *_compare("function", functions, FUNCTION_BUDGET), *named]


def _compare(what: str, sizes: dict[str, int], budget: dict[str, int]) -> list[str]:
    lines = sorted(sizes.values())
    found = {"median": median(lines), "p90": quantiles(lines, n=10)[8], "max": lines[-1]}
    print(f"   {len(lines)} {what}s, lines:", ", ".join(f"{key} {found[key]:g} (≤ {budget[key]})" for key in budget))
    over = [
        f"{what} {key} is {found[key]:g}, at most {budget[key]}"
        for key in ("median", "p90")
        if found[key] > budget[key]
    ]
    return over + [
        f"{name}: {size} lines, at most {budget['max']}" for name, size in sizes.items() if size > budget["max"]
    ]


def _places() -> list[str]:
    return [
        f"{name}:{number}: {rule}"
        for rule, pattern, where, allowed in PLACES
        for path in sorted(ROOT.glob(where))
        if (name := path.relative_to(ROOT).as_posix()) not in allowed
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1)
        if re.search(pattern, line)
    ]


def _web() -> list[str]:
    lock = json.loads((ROOT / "web/package-lock.json").read_text(encoding="utf-8"))
    resolved = [
        f"package-lock.json: {name} has an address" for name, entry in lock["packages"].items() if "resolved" in entry
    ]
    sizes = {
        path.relative_to(ROOT).as_posix(): path.read_text(encoding="utf-8").count("\n")
        for path in sorted((ROOT / "web/src").rglob("*"))
        if path.suffix in {".ts", ".vue"} and path.name != "schema.d.ts"
    }
    print(f"   {len(sizes)} web files, lines: max {max(sizes.values())} (≤ {WEB_FILE_MAX})")
    return resolved + [
        f"{name}: {size} lines, at most {WEB_FILE_MAX}" for name, size in sizes.items() if size > WEB_FILE_MAX
    ]


def _registry_hosts() -> list[str]:
    tracked = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    found = []
    for name in tracked.split("\0"):
        path = ROOT / name
        if name and path.is_file() and REGISTRY.search(path.read_bytes().decode("utf-8", errors="replace")):
            found.append(f"{name}: names a package registry's host")
    return found


if __name__ == "__main__":
    sys.exit(main())
