"""The rules every file of this repository keeps: each reads one file and yields what breaks it."""

import ast
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import PurePosixPath

FILE_BYTES = 512 * 1024
FILE_LINES = 400
FUNCTION_LINES = 50
PRODUCT = ("sync", "devices", "provisioning", "edge", "central")
CODE = {".py", ".js", ".ts", ".tsx", ".css", ".html", ".sql", ".sh"}
IMAGES = {".png", ".jpg", ".webp", ".ico", ".woff2"}
TEST_INPUTS = {".db", ".bin"}
VAGUE = {"utils", "util", "manager", "managers", "helper", "helpers"}
VAGUE |= {"common", "service", "services"}
SOLE_IMPORTERS = {"paho": "sync/mqtt", "pycrdt": "sync/records"}
IMPURE = {"time", "random", "secrets", "threading", "multiprocessing", "concurrent", "asyncio"}
IMPURE |= {"os", "socket", "subprocess", "sqlite3", "sqlite_utils", "apsw", "sqlalchemy", "psycopg"}
IMPURE_CALL = re.compile(
    r"((datetime|date)\.(now|utcnow|today)|uuid\.uuid[147]|\w+Key\.generate)\("
)
WHOLE = re.compile(r".*(_minor|quantity|on_hand)")
CONFLICT = re.compile(r"(<{7}|>{7}|\|{7}) ")
UNFINISHED = re.compile(r"\b(TO-?DO|FIX-?ME)\b")
# One machine's folders, and where one machine fetches its packages.
LOCAL = re.compile(
    r"(?<![\w./])/(work/|(root|home/\w+|Users/\w+|tmp/brief)(?![\w-]))"
    r"|-{2}(extra-)?index-url|-{2}find-links|-{2}trusted-host"
)

Found = Iterator[tuple[int, str]]


@dataclass(frozen=True)
class File:
    """One file of the repository: its path from the root and its bytes."""

    path: PurePosixPath
    data: bytes

    @property
    def is_product(self) -> bool:
        """Tell whether this belongs to one of the product's packages."""
        return self.path.parts[0] in PRODUCT

    @cached_property
    def is_binary(self) -> bool:
        """Tell whether this is no UTF-8 text."""
        try:
            return "\0" in self.data.decode()
        except UnicodeDecodeError:
            return True

    @cached_property
    def lines(self) -> list[str]:
        """The text line by line; none for a binary file."""
        return [] if self.is_binary else self.data.decode().split("\n")

    @cached_property
    def nodes(self) -> list[ast.AST]:
        """Every node of a Python file's syntax tree, the module first."""
        return list(ast.walk(ast.parse(self.data))) if self.path.suffix == ".py" else []

    def imports(self) -> Iterator[tuple[int, str]]:
        """Yield line and top-level name of every absolute import, wherever it stands."""
        for node in self.nodes:
            if isinstance(node, ast.Import):
                yield from ((node.lineno, alias.name.split(".")[0]) for alias in node.names)
            elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
                yield node.lineno, node.module.split(".")[0]


def small_and_readable(file: File) -> Found:
    """No large file, and nothing binary but images and the inputs of tests."""
    if len(file.data) > FILE_BYTES:
        yield 1, f"{len(file.data)} bytes; at most {FILE_BYTES} are committed"
    allowed = IMAGES | (TEST_INPUTS if file.path.parts[0] == "tests" else set())
    if file.is_binary and file.path.suffix not in allowed:
        yield 1, "a binary file; depend on the package that brings it"


def clean_lines(file: File) -> Found:
    """No white space at line ends, no tab outside a Makefile, no remains of a merge."""
    for number, line in enumerate(file.lines, 1):
        if line != line.rstrip():
            yield number, "white space at the end of the line"
        if "\t" in line and file.path.name != "Makefile" and file.path.suffix != ".tsv":
            yield number, "a tab"
        if CONFLICT.match(line):
            yield number, "a merge marker"
    if file.lines and file.lines[-1]:
        yield len(file.lines), "no newline at the end of the file"


def finished(file: File) -> Found:
    """Nothing that is promised for later."""
    for number, line in enumerate(file.lines, 1):
        if found := UNFINISHED.search(line):
            yield number, f"{found.group()}: do it, or leave it out"


def true_everywhere(file: File) -> Found:
    """Nothing that holds on one machine only; pinned requirements name no host at all."""
    for number, line in enumerate(file.lines, 1):
        if found := LOCAL.search(line):
            yield number, f"{found.group()!r} belongs to one machine"
        if file.path.name.startswith("requirements") and "://" in line:
            yield number, "an address among the pinned requirements"


def short(file: File) -> Found:
    """Files and functions that can be read at one sitting."""
    lines = len(file.lines) - 1
    if file.path.suffix in CODE and lines > FILE_LINES:
        yield 1, f"{lines} lines; at most {FILE_LINES}"
    for node in file.nodes:
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            length = (node.end_lineno or node.lineno) - node.lineno + 1
            if length > FUNCTION_LINES:
                yield node.lineno, f"{node.name} has {length} lines; at most {FUNCTION_LINES}"


def states_its_law(file: File) -> Found:
    """Every module opens with a docstring, tests included (ruff sees to functions and classes)."""
    for node in file.nodes[:1]:
        if isinstance(node, ast.Module) and not ast.get_docstring(node):
            yield 1, "no docstring that states the module's law"


def plainly_named(file: File) -> Found:
    """No module or folder whose name says nothing."""
    for part in (*file.path.parts[:-1], file.path.stem) if file.nodes else ():
        if part in VAGUE:
            yield 1, f"{part!r} says nothing; name it after what it does"


def sole_importers(file: File) -> Found:
    """One module speaks to MQTT's library, and one to that of the replicated documents."""
    for line, name in file.imports() if file.is_product else ():
        owner = SOLE_IMPORTERS.get(name)
        if owner and not str(file.path).startswith(owner):
            yield line, f"imports {name}, which only {owner}.py may"


def pure_sync(file: File) -> Found:
    """`sync` has no SQL, clock, randomness, threads or I/O but in its two adapters."""
    if file.path.parts[0] != "sync" or str(file.path).startswith(tuple(SOLE_IMPORTERS.values())):
        return
    for line, name in file.imports():
        if name in IMPURE:
            yield line, f"sync imports {name}; have what it gives injected"
    for number, line_of_code in enumerate(file.lines, 1):
        if found := IMPURE_CALL.search(line_of_code):
            yield number, f"sync calls {found.group(1)}; have its result injected"


def whole_numbers(file: File) -> Found:
    """Money and quantities are never floats."""
    for node in file.nodes:
        for name, annotation in _annotations(node):
            if WHOLE.fullmatch(name) and re.search(r"\bfloat\b", ast.unparse(annotation)):
                yield annotation.lineno, f"{name} is a float; money and quantities are integers"


def _annotations(node: ast.AST) -> Iterator[tuple[str, ast.expr]]:
    """Yield the names that a node annotates, each with its annotation."""
    if isinstance(node, ast.arg) and node.annotation:
        yield node.arg, node.annotation
    elif isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and node.returns:
        yield node.name, node.returns
    elif isinstance(node, ast.AnnAssign):
        yield ast.unparse(node.target), node.annotation


RULES: tuple[Callable[[File], Found], ...] = (
    small_and_readable,
    clean_lines,
    finished,
    true_everywhere,
    short,
    states_its_law,
    plainly_named,
    sole_importers,
    pure_sync,
    whole_numbers,
)


def breaches(file: File) -> list[str]:
    """Return every breach of every rule in one file as `path:line: what`."""
    try:
        found = [(line, what) for check in RULES for line, what in check(file)]
    except SyntaxError as error:
        found = [(error.lineno or 1, f"not the Python this project is written in: {error.msg}")]
    return [f"{file.path}:{line}: {what}" for line, what in sorted(found)]
