"""Every command line that a person is told of exists: in the documentation, helps, messages and comments of the catalogue.

Verbs, options and the number of arguments are held against the parser; values are placeholders, and are not.
"""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator
from pathlib import Path

import click
import pytest

from crawler.cli import VERBS, command_of, main

ROOT = Path(__file__).resolve().parents[1]
SEARCHED = ("*.md", "docs/**/*", "data/sites/**/*.toml", "crawler/**/*.py", "pipelines/**/*.py", "viewer/**/*.py",
            "viewer/**/*.html", "newsledger/**/*.py", "Makefile")  # fmt: skip
SUFFIXES = {".md", ".toml", ".py", ".html", ".service", ".timer", ".yml", ".json", ".ipynb", ""}
_SPAN = re.compile(r"`{1,2}(newsledger\s[^`]+)`")
_LINE = re.compile(r"^(?:\$ |ExecStart(?:Pre)?=)?(?:[\w./]*/)?(newsledger [^\n]*)$", re.MULTILINE)
_CHOICE = re.compile(r"(?<=[\w.])\|(?=[\w.])")
HISTORY = {"CHANGELOG.md"}
"""Tells of what was; `docs/decisions` do too."""


def told() -> Iterator[tuple[str, str]]:
    """(where, command line) of each."""
    for pattern in SEARCHED:
        for path in sorted(ROOT.glob(pattern)):
            if not path.is_file() or path.suffix not in SUFFIXES or "decisions" in path.parts or path.name in HISTORY:
                continue
            text = path.read_text(encoding="utf-8")
            for match in (*_SPAN.finditer(text), *_LINE.finditer(text)):
                yield f"{path.relative_to(ROOT)}:{text.count(chr(10), 0, match.start()) + 1}", " ".join(match[1].split())


def variants(line: str) -> Iterator[list[str]]:
    """A line as words, once for each alternative: `list|show` are two, `--all | --site ID` too; brackets may be left out."""
    line = re.sub(r"\s+(#|\| (?!--)|> |&& |\|\| ).*$", "", line)  # what a shell does with it
    line = re.sub(r"\$\([^)]*\)|\{\{.*?\}\}|\{[^}]*\}", "VALUE", line)
    line = re.sub(r"[\[\]]|\.\.\.|\\$", " ", line).replace("…", " ")
    for part in line.split(" | "):
        words = shlex.split(part if part.startswith("newsledger") else f"{' '.join(line.split()[:2])} {part}")[1:]
        places = [number for number, word in enumerate(words) if _CHOICE.search(word) and "://" not in word]
        if not places:
            yield words
        for place in places[:1]:
            for choice in words[place].split("|"):
                yield [*words[:place], choice, *words[place + 1 :]]


def problem(words: list[str]) -> str | None:
    """What the parser would say of a line, its values aside."""
    ctx, command = click.Context(main, info_name="newsledger"), main
    rest = [word for word in words if word]
    while True:
        try:
            _, left, _ = command.make_parser(ctx).parse_args(rest)
        except click.UsageError as error:
            missing = isinstance(error, click.MissingParameter) or "requires an argument" in error.message
            return None if missing else error.message  # a verb is named by its option alone: `metrics --textfile`
        if not isinstance(command, click.Group):
            return f"too many arguments: {left}" if left else None
        rest = left
        if not rest or rest[0] in ("VERB", "VALUE"):
            return None
        found = command.get_command(ctx, rest[0])
        if found is None:
            return f"no such command: {rest[0]}"
        ctx, command, rest = click.Context(found, parent=ctx, info_name=rest[0]), found, rest[1:]


PROSE = {"newsledger again", "newsledger at"}
"""The program as the subject of a sentence, at the beginning of a line of it."""


def test_every_command_line_exists(subtests: pytest.Subtests) -> None:
    found = list(told())
    assert len(found) > 200, "the search itself works"
    for where, line in found:
        if any(line.startswith(words) for words in PROSE):
            continue
        for words in variants(line):
            wrong = problem(words)
            if wrong:
                with subtests.test(where, line=line):
                    pytest.fail(f"{where}: {line}: {wrong}")


def test_what_does_not_exist_is_seen() -> None:
    for line in ("newsledger nothing", "newsledger status --depth 3", "newsledger sites lost", "newsledger why URL URL",
                 "newsledger quarantine list|lose", "newsledger crawl SITE | --every"):  # fmt: skip
        assert any(map(problem, variants(line))), line
    for line in ("newsledger diff URL [FROM [TO]]", "newsledger sites list|show|check", "newsledger metrics --textfile"):
        assert not any(map(problem, variants(line))), line


def test_what_prints_a_table_prints_json() -> None:
    """As docs/commands.md promises: a module that draws a table has the option for each of its verbs."""
    for verb, (place, _) in VERBS.items():
        module = ROOT / "crawler" / "commands" / place.partition(":")[0].replace(".", "/")
        files = sorted(module.glob("*.py")) if module.is_dir() else [module.with_suffix(".py")]
        source = "".join(file.read_text(encoding="utf-8") for file in files)
        if "table(" in source and verb not in ("metrics", "init", "completion"):  # print no table of their own
            command = command_of(verb)
            for one in command.commands.values() if isinstance(command, click.Group) else [command]:
                assert any("--json" in parameter.opts for parameter in one.params), f"{verb} {one.name}"


def documented() -> Iterator[tuple[str, str, str]]:
    """(verb, option, the only verb below it that takes it, or nothing) of the tables and lists of docs/commands.md."""
    text = (ROOT / "docs" / "commands.md").read_text(encoding="utf-8")
    for verb, body in re.findall(r"^## (\w+)\n(.*?)(?=^## |\Z)", text, re.MULTILINE | re.DOTALL):
        rows = re.findall(r"^\| (`--[^|]+(?:\\\|[^|]+)*) \| (?:of `(\w+)`: )?", body, re.MULTILINE)
        rows += [(listed, "") for listed in re.findall(r"[Oo]ptions: ([^.]*)\.", body)]
        yield from ((verb, option, of) for options, of in rows for option in re.findall(r"`(--[a-z-]+)", options))


def test_each_documented_option_exists(subtests: pytest.Subtests) -> None:
    """Of a verb with verbs below it, by each of them where the table does not say which."""
    found = list(documented())
    assert len(found) > 100, "the search itself works"
    for verb, option, of in found:
        assert verb in VERBS
        command = command_of(verb)
        own = {name for parameter in command.params for name in parameter.opts} if isinstance(command, click.Group) else set()
        for one in command.commands.values() if isinstance(command, click.Group) and option not in own else [command]:
            if of in ("", one.name) and not any(
                option in (*parameter.opts, *parameter.secondary_opts) for parameter in one.params
            ):
                with subtests.test(verb, option=option):
                    pytest.fail(f"{verb} {one.name if one is not command else ''}: {option}")
