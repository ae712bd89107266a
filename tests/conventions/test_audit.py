"""Every command writes down what it does."""

import ast
from functools import cache
from pathlib import Path

import pytest

SERVICE = Path(__file__).parents[2] / "service"
RECORD = ("service.audit.record", "record")
Name = tuple[str, str]


class Module:
    """One module's functions, and what each calls, by (module, name)."""

    def __init__(self, path: Path) -> None:
        self.name = ".".join(path.relative_to(SERVICE.parent).with_suffix("").parts)
        tree = ast.parse(path.read_text("utf-8"))
        self.functions = [node for node in tree.body if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)]
        self.imports: dict[str, str] = {}
        for node in ast.walk(tree):
            if isinstance(node, ast.ImportFrom) and node.module:
                for alias in node.names:
                    self.imports[alias.asname or alias.name] = f"{node.module}.{alias.name}"

    def called_by(self, function: ast.AST) -> set[Name]:
        """Resolve plain names and `module.name` through the imports; what is not imported is the module's own."""
        called: set[Name] = set()
        for node in ast.walk(function):
            match node:
                case ast.Call(func=ast.Name(id=name)):
                    module, _, original = self.imports.get(name, f"{self.name}.{name}").rpartition(".")
                    called.add((module, original))
                case ast.Call(func=ast.Attribute(value=ast.Name(id=owner), attr=name)):
                    called.add((self.imports.get(owner, owner), name))
        return called


MODULES = [Module(path) for path in sorted(SERVICE.rglob("*.py"))]


@cache
def auditing() -> set[Name]:
    """Return every function that records, itself or through one that it calls."""
    calls = {(module.name, each.name): module.called_by(each) for module in MODULES for each in module.functions}
    found = {RECORD}
    while more := {name for name, called in calls.items() if name not in found and called & found}:
        found |= more
    return found


def commands() -> list[Name]:
    """Return the public functions of every `*commands.py` that are given a way to write."""
    return [
        (module.name, each.name)
        for module in MODULES
        if module.name.endswith("commands")
        for each in module.functions
        if not each.name.startswith("_") and _writes(each)
    ]


def _writes(function: ast.FunctionDef | ast.AsyncFunctionDef) -> bool:
    arguments = [*function.args.posonlyargs, *function.args.args, *function.args.kwonlyargs]
    return any(each.annotation and ast.unparse(each.annotation) in {"Session", "Database"} for each in arguments)


@pytest.mark.parametrize("command", commands(), ids=".".join)
def test_every_command_is_audited(command: Name) -> None:
    assert command in auditing()


def test_commands_are_found_at_all() -> None:
    assert ("service.accounts.commands", "create_user") in commands()
    assert ("service.accounts.session_commands", "sign_in") in commands()


def test_a_query_is_not_taken_for_audited() -> None:
    assert ("service.accounts.queries", "users_page") not in auditing()
