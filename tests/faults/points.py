"""Where this program may be killed: every commit and every call to Slack that delivers, read from the source itself."""

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).parents[2]
#: Methods of `storage.database.Database` that commit; each takes the scope first and the unit second.
COMMITTING: Final = frozenset({"write", "write_now", "submit"})
#: Names under which a Database is known in the source.
STORES: Final = frozenset({"db", "_db", "database"})


@dataclass(frozen=True)
class Commit:
    """One place that commits, and the unit that it commits ("" when the unit has no name of its own)."""

    where: str
    unit: str


def sources(*folders: str) -> Iterator[tuple[Path, ast.Module]]:
    """Every module of these folders; the sandbox is no part of the bot."""
    for folder in folders:
        for path in sorted((ROOT / folder).rglob("*.py")):
            if "sandbox" not in path.relative_to(ROOT).parts:
                yield path, ast.parse(path.read_text())


def commits() -> list[Commit]:
    """Every commit of the bot."""
    return [
        Commit(f"{path.relative_to(ROOT)}:{node.lineno}", _unit(node.args[1]))
        for path, module in sources("bot")
        for node in ast.walk(module)
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and node.func.attr in COMMITTING
        and _is_store(node.func.value)
    ]


def _is_store(holder: ast.expr) -> bool:
    return (isinstance(holder, ast.Name) and holder.id in STORES) or (
        isinstance(holder, ast.Attribute) and holder.attr in STORES
    )


def _unit(unit: ast.expr) -> str:
    """The name that the commit's failpoint gets: the function's; `once` passes the name of its unit on."""
    if isinstance(unit, ast.Call) and isinstance(unit.func, ast.Name) and unit.func.id == "once":
        return _unit(unit.args[1])
    if isinstance(unit, ast.Attribute):
        return unit.attr
    return unit.id if isinstance(unit, ast.Name) else ""


def functions_that_end_transactions() -> set[str]:
    """Functions that end a transaction by themselves, as `file:function`: `commit()`, or a block of `begin()`."""
    found = set()
    for path, module in sources("bot", "storage"):
        for function in ast.walk(module):
            if not isinstance(function, ast.FunctionDef | ast.AsyncFunctionDef):
                continue
            for node in _own_nodes(function):
                if (
                    isinstance(node, ast.Call)
                    and isinstance(node.func, ast.Attribute)
                    and node.func.attr in ("commit", "begin")
                    and not node.args
                ):
                    found.add(f"{path.relative_to(ROOT)}:{function.name}")
    return found


def calls_without_failpoints() -> list[str]:
    """Calls to Slack in `bot/delivery` that do not stand between a `:before` and an `:after`."""
    return [f"{path.relative_to(ROOT)}:{line}" for path, line, before, after in _http_calls() if not (before and after)]


def http_calls() -> int:
    """How many places of `bot/delivery` call Slack."""
    return sum(1 for _ in _http_calls())


def _http_calls() -> Iterator[tuple[Path, int, bool, bool]]:
    for path, module in sources("bot/delivery"):
        for function in ast.walk(module):
            if not isinstance(function, ast.FunctionDef | ast.AsyncFunctionDef):
                continue
            nodes = list(_own_nodes(function))
            reached = {node.lineno: _suffix(node) for node in nodes if isinstance(node, ast.Call) and _suffix(node)}
            for node in nodes:
                if isinstance(node, ast.Call) and _is_client_call(node):
                    before = any(line < node.lineno and suffix == "before" for line, suffix in reached.items())
                    after = any(line > node.lineno and suffix == "after" for line, suffix in reached.items())
                    yield path, node.lineno, before, after


def _is_client_call(node: ast.Call) -> bool:
    """A call of any method of a Slack client: `self._client.api_call(…)`, `client.chat_postMessage(…)`."""
    if not isinstance(node.func, ast.Attribute):
        return False
    holder = node.func.value
    name = holder.id if isinstance(holder, ast.Name) else holder.attr if isinstance(holder, ast.Attribute) else ""
    return name.lstrip("_") in ("client", "session")


def _suffix(node: ast.Call) -> str:
    """`before` or `after` of a `reach(f"http:…:before")`; "" of anything else."""
    if not (
        isinstance(node.func, ast.Name)
        and node.func.id == "reach"
        and node.args
        and isinstance(node.args[0], ast.JoinedStr)
    ):
        return ""
    last = node.args[0].values[-1]
    return str(last.value).lstrip(":") if isinstance(last, ast.Constant) else ""


def _own_nodes(function: ast.AST) -> Iterator[ast.AST]:
    """The nodes of a function without those of functions inside it."""
    for child in ast.iter_child_nodes(function):
        if not isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef):
            yield child
            yield from _own_nodes(child)


def delivery_methods() -> set[str]:
    """The Web API methods that `bot/delivery` names."""
    return {
        node.value
        for _, module in sources("bot/delivery")
        for node in ast.walk(module)
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and _is_method(node.value)
    }


def _is_method(word: str) -> bool:
    family, dot, verb = word.partition(".")
    return bool(dot) and family in ("chat", "reactions", "conversations", "views", "files", "users") and verb.isalpha()
