"""From YAML text to plain values that remember where they stand."""

import re
import warnings
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError, StringMark
from ruamel.yaml.nodes import CollectionNode, MappingNode, Node, ScalarNode, SequenceNode
from ruamel.yaml.reader import ReaderError

from bot.playbook.problems import Path, PlaybookError, Problem, dotted, nearest

# The example has about 500 values. Beyond this, anchors have been multiplied by mistake or malice.
_MOST_VALUES = 100_000
_TAG = "tag:yaml.org,2002:"
_VARIABLE = re.compile(r"\$\$(?=\{)|\$\{([^}]*)\}?")
# ${NAME:-default}, as in a shell.
_OR_ELSE = ":-"
_VARIABLE_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")


class Filled(str):
    """Text in which ${NAME} was replaced. Its repr shows what stands in the file, not the secret."""

    __slots__ = ("written",)
    written: str

    def __new__(cls, text: str, written: str) -> "Filled":
        filled = super().__new__(cls, text)
        filled.written = written
        return filled

    def __repr__(self) -> str:
        return repr(self.written)


@dataclass(frozen=True)
class Place:
    """Where a value stands, from 1. `written` is a single value's own text."""

    line: int
    column: int
    key_line: int
    key_column: int
    written: str | None


@dataclass
class Source:
    """The values, the place of each, and what was wrong with them as YAML."""

    name: str
    data: Any = None
    places: dict[Path, Place] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)
    wrong: set[Path] = field(default_factory=set)
    """Paths whose value was already complained about."""

    def problem(
        self, path: Path, message: str, suggestion: str | None = None, *, at_key: bool = False
    ) -> Problem:
        """A problem with the value at `path`, or with its key: then the key is the value shown."""
        known = path
        while known not in self.places and known:
            known = known[:-1]
        place = self.places.get(known, Place(1, 1, 1, 1, None))
        if at_key:
            key = str(path[-1])
            line, column = place.key_line, place.key_column
            return Problem(self.name, line, column, dotted(path[:-1]), key, message, suggestion)
        value = place.written if known == path else None
        return Problem(self.name, place.line, place.column, dotted(path), value, message, suggestion)


def read(text: str, environ: Mapping[str, str], name: str) -> Source:
    """Read YAML; ${NAME} and ${NAME:-default} are taken from `environ`, and $${ stands for a plain ${.

    Raises PlaybookError when the text is not YAML at all; smaller mistakes are in the source's problems.
    """
    source = Source(name)
    node = _compose(text, name)
    if node is not None:
        source.data = _Reader(source, environ).value(node, (), node.start_mark)
    return source


def _compose(text: str, name: str) -> Node | None:
    try:
        with warnings.catch_warnings():
            # An anchor may be given anew, says YAML; ruamel warns of it.
            warnings.simplefilter("ignore")
            return YAML(typ="safe", pure=True).compose(text)  # type: ignore[no-any-return]
    except MarkedYAMLError as error:
        problem = _not_yaml(error, text, name)
    except ReaderError as error:
        line = text.count("\n", 0, error.position) + 1
        problem = Problem(name, line, 1, "", None, "a character that YAML does not allow")
    except RecursionError:
        problem = Problem(name, 1, 1, "", None, "nested too deeply")
    raise PlaybookError([problem])


def _not_yaml(error: MarkedYAMLError, text: str, name: str) -> Problem:
    mark = error.problem_mark or error.context_mark
    line, column = (mark.line, mark.column) if mark is not None else (0, 0)
    lines = text.splitlines()
    written = lines[line] if line < len(lines) else ""
    message = f"not valid YAML: {error.problem or error.context}"
    if "\t" in written[: len(written) - len(written.lstrip())] or "'\\t'" in message:
        message = "not valid YAML: a tab is used for indentation, only spaces are allowed"
    elif "<block mapping start>" in message or "<block end>" in message:
        message = "not valid YAML: the indentation does not match the lines above"
    elif "mapping values are not allowed" in message:
        message = "not valid YAML: a second ': ' in one line; put the text in quotes, or mind the indentation"
    elif "another document" in message:
        message = "not valid YAML: only one document is allowed, remove the line ---"
    elif mark is not None and error.context_mark is not None and error.context_mark.line != line:
        message += f" ({error.context}, begun in line {error.context_mark.line + 1})"
    return Problem(name, line + 1, column + 1, "", None, message)


class _Reader:
    def __init__(self, source: Source, environ: Mapping[str, str]) -> None:
        self._source = source
        self._environ = environ
        self._open: set[int] = set()
        self._count = 0

    def value(self, node: Node, path: Path, key: StringMark) -> Any:
        written = node.value if isinstance(node, ScalarNode) and node.tag != f"{_TAG}null" else None
        # A block begins below its key, and an absent value anywhere: it is the key that people look for.
        block = written is None and not (isinstance(node, CollectionNode) and node.flow_style)
        mark = key if block and path else node.start_mark
        self._source.places[path] = Place(
            mark.line + 1, mark.column + 1, key.line + 1, key.column + 1, written
        )
        if self._is_too_much(path):
            return None
        if id(node) in self._open:
            self._complain(path, "contains itself through an alias (*name)")
            return None
        self._open.add(id(node))
        value = self._by_kind(node, path)
        self._open.discard(id(node))
        return value

    def _is_too_much(self, path: Path) -> bool:
        self._count += 1
        if self._count == _MOST_VALUES:
            self._complain(path, f"makes more than {_MOST_VALUES} values: mind the aliases (*name)")
        return self._count >= _MOST_VALUES

    def _by_kind(self, node: Node, path: Path) -> Any:
        tag = str(node.tag).removeprefix(_TAG)
        match node:
            case MappingNode() if tag == "map":
                return self._mapping(node, path)
            case SequenceNode() if tag == "seq":
                return [self.value(item, (*path, n), item.start_mark) for n, item in enumerate(node.value)]
            case ScalarNode() if tag in {"str", "timestamp", "merge", "value"}:
                return self._text(node.value, path)
            case ScalarNode() if tag in {"int", "float", "bool", "null"}:
                return _plain(tag, node.value)
        self._complain(path, f"is marked with {node.tag}: such tags are not used in a playbook")
        return None

    def _mapping(self, node: MappingNode, path: Path) -> dict[str, Any]:
        values: dict[str, Any] = {}
        merged: list[Node] = []
        lines: dict[str, int] = {}
        for key_node, value_node in _with_commas(node):
            mark = key_node.start_mark
            if not isinstance(key_node, ScalarNode):
                self._at_mark(path, mark, None, "a key must be plain text; put {{ and }} in quotes")
                continue
            if key_node.tag == f"{_TAG}merge":
                merged.append(value_node)
                continue
            key = key_node.value
            if key in values:
                self._at_mark(path, mark, key, f"is given twice, first in line {lines[key]}")
                continue
            lines[key] = mark.line + 1
            values[key] = self.value(value_node, (*path, key), mark)
        for other in merged:
            self._merge(other, path, values)
        return values

    def _merge(self, node: Node, path: Path, values: dict[str, Any]) -> None:
        """`<<: *base`: what the mapping does not say itself is taken from the base."""
        if self._is_too_much(path):
            return
        if isinstance(node, SequenceNode):
            for item in node.value:
                self._merge(item, path, values)
        elif isinstance(node, MappingNode) and id(node) not in self._open:
            kept = {name: self._source.places[(*path, name)] for name in values}
            inherited = self._mapping(node, path)
            self._source.places |= {(*path, name): place for name, place in kept.items()}
            for name, value in inherited.items():
                values.setdefault(name, value)
        else:
            self._complain(path, "<<: takes a mapping, or a list of mappings")

    def _at_mark(self, path: Path, mark: StringMark, key: str | None, message: str) -> None:
        name, line, column = self._source.name, mark.line + 1, mark.column + 1
        self._source.problems.append(Problem(name, line, column, dotted(path), key, message))

    def _text(self, written: str, path: Path) -> str:
        if "${" not in written:
            return written
        wrong = len(self._source.wrong)
        text = _VARIABLE.sub(lambda found: self._variable(found, path), written)
        if len(self._source.wrong) != wrong:
            return written
        names = [found[1].partition(_OR_ELSE)[0] for found in _VARIABLE.finditer(written) if found[1]]
        # A default stands in the file for everybody to read: it is no secret.
        return Filled(text, written) if any(self._environ.get(name) for name in names) else text

    def _variable(self, found: re.Match[str], path: Path) -> str:
        if found[1] is None:
            return "$"
        name, has_default, default = found[1].partition(_OR_ELSE)
        if not found[0].endswith("}") or not _VARIABLE_NAME.fullmatch(name):
            self._complain(path, "contains ${ that is not ${NAME}; write $${ where it is meant as text")
        elif has_default and not self._environ.get(name):
            return default
        elif not self._environ.get(name):
            guess = nearest(name, self._environ)
            self._complain(
                path,
                f"needs {name}, which is not set in the environment",
                "${" + guess + "}" if guess is not None and guess != name else None,
            )
        else:
            return self._environ[name]
        return found[0]

    def _complain(self, path: Path, message: str, suggestion: str | None = None) -> None:
        self._source.wrong.add(path)
        self._source.problems.append(self._source.problem(path, message, suggestion))


def _with_commas(node: MappingNode) -> Iterator[tuple[Node, Node]]:
    """The entries of a mapping; in `{means: Slow, but working}` the comma belongs to the text.

    To YAML `but working` is a key without a colon, which no playbook has. The text before it is unquoted
    as well: what stands in quotes is complete.
    """
    entries: list[tuple[Node, Node]] = []
    for key, value in node.value:
        bare = isinstance(key, ScalarNode) and not key.style and value.start_mark.index == key.end_mark.index
        before = entries[-1][1] if entries else None
        if bare and node.flow_style and isinstance(before, ScalarNode) and not before.style and before.value:
            text = f"{before.value}, {key.value}"
            joined = ScalarNode(f"{_TAG}str", text, before.start_mark, key.end_mark)
            entries[-1] = (entries[-1][0], joined)
        else:
            entries.append((key, value))
    return iter(entries)


def _plain(tag: str, written: str) -> Any:
    match tag:
        case "null":
            return None
        case "bool":
            return written.lower() in {"true", "yes", "on"}
        case "int" if re.fullmatch(r"[-+]?\d+", written):
            return int(written)
        case "float":
            try:
                return float(written.replace("_", ""))
            except ValueError:
                return written
    return written
