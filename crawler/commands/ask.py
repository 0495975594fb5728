"""`newsledger ask NAME`"""

from __future__ import annotations

from pathlib import Path

import click
from click.shell_completion import CompletionItem

from crawler.commands import db_option, json_option, now, open_ledger, options
from crawler.commands.console import console, echo, print_json, table
from pipelines.exchange.formats import TABLES
from pipelines.queries import questions
from pipelines.queries.questions import PARAMETERS


def _names(_context: click.Context, _parameter: click.Parameter, start: str) -> list[CompletionItem]:
    return [CompletionItem(one.name, help=one.title) for one in questions.questions().values() if one.name.startswith(start)]


def _parameter(name: str) -> str:
    return PARAMETERS[name][:1].upper() + PARAMETERS[name][1:] + "."


@click.command("ask")
@click.argument("name", required=False, shell_complete=_names)
@click.option("--since", metavar="TIME", help=_parameter("since"))
@click.option("--site", metavar="ID", help=_parameter("site"))
@click.option("--url", metavar="URL", help=_parameter("url"))
@click.option("--at", metavar="TIME", help=_parameter("at"))
@click.option("--words", metavar="WORDS", help=_parameter("words"))
@click.option("--save", metavar="FILE", type=click.Path(dir_okay=False, path_type=Path),
              help="Write the answer to a file: .csv, .json, .jsonl or .xlsx.")  # fmt: skip
@click.option("--all", "whole", is_flag=True, help="All rows, also of a question that asks for the first five.")
@click.option("--sql", "only_sql", is_flag=True, help="Print the question's SQL instead of its answer.")
@options(db_option, json_option)
def command(
    name: str | None, save: Path | None, whole: bool, only_sql: bool, db: str, as_json: bool, **values: str | None
) -> None:
    """Answer a question of the cookbook; without a name, list them.

    Each question says which of --since, --site, --url, --at and --words it needs; the others are usage errors.
    """
    if name is None:
        _list(as_json=as_json)
        return
    if only_sql and name in questions.questions():
        echo(questions.questions()[name].sql)
        return
    form = save.suffix.removeprefix(".") if save else ""
    if save and form not in TABLES:
        raise click.UsageError(f"--save: the name ends in one of {', '.join(f'.{one}' for one in TABLES)}")
    with open_ledger(db) as store:
        try:
            columns, rows = questions.answer(store, name, values, now(), whole=whole)
        except questions.QuestionError as error:
            raise click.UsageError(f"{error}; `newsledger ask` lists what can be asked") from error
    if not whole and len(rows) == questions.questions()[name].first:
        echo(f"the first {len(rows)}; --all has every row", err=True)
    if save:
        with save.open("wb") as stream:
            stream.writelines(TABLES[form][1](columns, rows))
        echo(f"{len(rows)} rows are in {save}", err=True)
    elif as_json:
        print_json(rows)
    else:
        console().print(table(columns, ([row[column] for column in columns] for row in rows)))
        if not rows:
            since = f" since {values['since'] or f'{questions.DEFAULT_DAYS} days ago'}"
            echo(f"nothing{since if 'since' in questions.questions()[name].parameters else ''}", err=True)


def _list(*, as_json: bool) -> None:
    listed = questions.questions().values()
    if as_json:
        keys = ("name", "title", "text", "parameters", "sql")
        print_json([{key: getattr(one, key) for key in keys} for one in listed])
        return
    console().print(table(("name", "wants", "question"), ((one.name, " ".join(one.parameters), one.title) for one in listed)))
