"""`newsledger history URL` (with `--at TIME`: what an article said at a time, and how sure that is) and `newsledger timemap`."""

from __future__ import annotations

from dataclasses import asdict

import click
from rich.console import Console
from rich.text import Text

from crawler.commands import article_at, db_option, json_option, now, open_ledger, options
from crawler.commands.console import ago, bounds, console, echo, has_colours, print_json, table, when, word
from crawler.commands.diff import marked
from crawler.logs import plain
from pipelines.diff import word_pieces
from pipelines.history.as_of import ABSENT, AsOf, Certainty, describe, parse_moment, state_as_of
from pipelines.proof import citation, memento
from pipelines.queries import articles
from pipelines.queries.activity import site_of
from pipelines.queries.articles import ArticleView, article_view
from pipelines.queries.changes import of_revisions
from pipelines.queries.missed import ArticleFetches, fetches_of
from pipelines.queries.removed import Withdrawal, withdrawal_of
from pipelines.queries.results import ArticleRecord, Revision, row_of
from pipelines.store.database import Row, Store
from pipelines.store.rows import json_of, moment, optional_moment
from pipelines.text.zones import zone_of

WHERE = "http://127.0.0.1:8001"
"""Default address of `newsledger serve`."""
WIDE = 120
"""Width, in columns, from which revisions are a table; on narrower terminals each has its own lines."""


@click.command("history")
@click.argument("url")
@click.option("--at", metavar="TIME", help="Only what it said then: 2025-03-07T14:05, 14:05, yesterday 09:00, 3h.")
@click.option("--cite", "form", type=click.Choice(list(citation.FORMS)), help="Only the citation of a revision.")
@click.option("--revision", type=click.IntRange(min=1), metavar="NUMBER", help="Cite this one; default the latest.")
@click.option("--against", type=click.IntRange(min=1), metavar="NUMBER", help="Cite the difference from this one.")
@click.option("--base-url", default=WHERE, show_default=True, metavar="URL", help="Where the ledger is served, for citations.")
@options(db_option, json_option)
def command(url: str, at: str | None, form: str | None, revision: int | None, against: int | None, base_url: str, db: str,
            as_json: bool) -> None:  # fmt: skip
    """What an article said, when, and what changed.

    URL may be any address that ever led to the article: an old slug, an AMP page, with or without www.
    """
    if form is None and (revision or against):
        raise click.UsageError("--revision and --against go with --cite")
    with open_ledger(db) as store:
        article = article_at(store, url)
        if at is not None:
            print_as_of(store, article, at, as_json=as_json)
            return
        if form is not None:
            echo(citation.FORMS[form][1](_citation(store, article, revision, against, base_url.rstrip("/"))))
            return
        found = article_view(store, article)
        fetches = fetches_of(store, article.article_id, now())
        revisions = _with_words(store, articles.history(store, article.article_id))
    if as_json:
        keep = ("url", "site_id", "kind", "state", "date_published", "first_seen", "last_seen", "last_checked", "next_check")
        print_json(
            {
                **{key: getattr(found, key) for key in keep},
                "withdrawn": asdict(found.withdrawn) if found.withdrawn else None,
                "fetches": asdict(fetches),
                "revisions": revisions,
                "states": [row_of(step) for step in found.states],
                "aliases": [row_of(alias) for alias in found.aliases],
                "moved_from": [row_of(former) for former in found.moved_from],
            }
        )
        return
    if found.withdrawn:
        console().print(str(found.withdrawn), style="bold red")
    _print(found, revisions, fetches)
    if found.moved_from:
        rows = [(one.url, one.revision_count, when(one.first_seen), when(one.last_seen)) for one in found.moved_from]
        console().print(table(("moved here from", "revisions", "first seen", "last seen"), rows))


def _citation(store: Store, article: ArticleRecord, number: int | None, against: int | None, base: str) -> citation.Citation:
    if withdrawn := withdrawal_of(store, article.article_id):
        raise click.ClickException(f"{article.url} was {withdrawn}")
    chosen = articles.history_entry(store, article.article_id, number or article.revision_count)
    other = articles.history_entry(store, article.article_id, against) if against else None
    if chosen is None or (against and other is None):
        raise click.UsageError(f"there are revisions 1 to {article.revision_count} only")
    return citation.cite(store, article, chosen, base, now(), other)


def _print(article: ArticleView, revisions: list[Row], fetches: ArticleFetches) -> None:
    out = console()
    out.print(plain(revisions[-1]["headline"]) if revisions else "", style="bold")
    out.print(article.url)
    first, last = (f"{when(at)} ({ago(at, now())})" for at in (article.first_seen, article.last_seen))
    seen = f"first seen {first}, last seen {last}"
    following = f"next fetch {when(article.next_check) or 'never'}"
    out.print(f"{article.site_id}, {article.kind}, ", word(article.state), f"; {seen}, {following}", sep="")
    missed, days = fetches.missed, f"between {fetches.first[:10]} and {fetches.last[:10]}"
    may = f"{missed.expected:.1f} silent edits may have been missed ({missed.low} to {missed.high}, nine times in ten)"
    hardly = "hardly an edit can have been missed"
    out.print(f"fetched {fetches.fetches} times {days}; {may if missed.expected >= 0.05 else hardly}")
    out.print()
    if out.is_terminal and out.width < WIDE:
        for row in revisions:
            out.print(_narrow_row(out, row))
    else:
        columns = ("no", "change", "when it happened", "ago", "page says updated", "what changed", "words", "headline")
        out.print(table(columns, map(_cells, revisions)))
    if len(revisions) > 1:
        out.print(f"\nWord by word: newsledger diff {article.url} {len(revisions) - 1} {len(revisions)}")
    if len(article.states) > 1:
        out.print()
        steps = [(when(step.at), word(step.state), step.status, step.reason) for step in article.states]
        out.print(table(("when", "state", "status", "why"), steps))
    if article.aliases:
        out.print()
        out.print(table(("also at", "because"), [(alias.url, alias.reason) for alias in article.aliases]))


def _cells(row: Row) -> tuple[object, ...]:
    at = bounds(row), ago(row["first_seen"], now()).removesuffix(" ago")
    facts = row["number"], word(row["change"]), *at, when(row["date_modified"]), _changed(row), _words(row)
    return *facts, row["headline"]


def _narrow_row(out: Console, row: Row) -> Text:
    """One revision on a narrow terminal; its headline only if it changed."""
    page_date = f", the page says {when(row['date_modified'])}" if row["date_modified"] else ""
    lines = Text.assemble(
        f"{row['number']:>3}  ", word(row["change"]), f"  {bounds(row)}, {ago(row['first_seen'], now())}{page_date}"
    )
    facts = " ".join(filter(None, (_changed(row), f"({_words(row)} words)" if _words(row) else "")))
    if facts:
        lines.append(f"\n     {facts}", style="dim")
    if row["headline_before"] is not None and row["headline_before"] != row["headline"]:
        pieces = word_pieces(row["headline_before"], row["headline"] or "")
        lines.append_text(Text.assemble("\n     ", marked(pieces, coloured=has_colours(out))))
    return lines


def _with_words(store: Store, revisions: tuple[Revision, ...]) -> list[Row]:
    """Revisions with their numbers of added and removed words, and the headline before."""
    ids = [revision.revision_id for revision in revisions]
    changes = {change.revision_id: row_of(change) for change in of_revisions(store, ids)}
    keys = ("headline_before", "words_added", "words_removed")
    return [
        {**articles.facts(revision), **{key: changes.get(revision.revision_id, {}).get(key) for key in keys}}
        for revision in revisions
    ]


def _words(row: Row) -> str:
    """Added and removed words, as "+12 -3"; "" for a first revision, or if no word changed."""
    added, removed = row["words_added"], row["words_removed"]
    return f"+{added} -{removed}" if row["number"] > 1 and (added or removed) else ""


def _changed(row: Row) -> str:
    back = f"back to {row['reverted_to']}: " if row["reverted_to"] else ""
    return back + ", ".join(row["changed_fields"])


_TEXT_FIELDS = ("headline", "description", "body", "byline", "section", "date_published", "date_modified")


def print_as_of(store: Store, article: ArticleRecord, text: str, *, as_json: bool) -> None:
    """Print what an article said at a time. An invalid time is a usage error."""
    name = site_of(store, article.site_id).timezone or "UTC"
    at = parse_moment(text, zone_of(name), now())
    if at is None:
        raise click.UsageError(f"--at: {text!r} is no time such as 2025-03-07T14:05, 2025-03-07T14:05Z or 14:05")
    revisions = [{**articles.facts(one), "reads_as": one.reads_as} for one in articles.history(store, article.article_id)]
    answer = state_as_of(revisions, map(row_of, articles.states(store, article.article_id)), at)
    withdrawn = withdrawal_of(store, article.article_id)
    shown = [] if withdrawn else [_revision(store, article, row) for row in revisions if row["number"] in answer.numbers]
    clock = f"{at.astimezone(zone_of(name)).isoformat(timespec='seconds')} {name}"
    if as_json:
        print_json(_answer_json(article, answer, describe(answer, revisions), withdrawn, shown) | {"clock": clock})
    else:
        _print_answer(article, f"{describe(answer, revisions)} ({clock})", withdrawn, answer, shown)


def _revision(store: Store, article: ArticleRecord, row: Row) -> Row:
    read = articles.revision(store, article.article_id, article.url, row["number"])
    texts = {key: value for key, value in json_of(read).items() if key in _TEXT_FIELDS} if read else {}
    return {**row, **texts}


def _answer_json(article: ArticleRecord, answer: AsOf, sentence: str, withdrawn: Withdrawal | None, shown: list[Row]) -> Row:
    return {
        "url": article.url, "at": moment(answer.at), "certainty": answer.certainty, "since": optional_moment(answer.since),
        "until": optional_moment(answer.until), "absent": ABSENT in answer.numbers, "sentence": sentence,
        "withdrawn": asdict(withdrawn) if withdrawn else None, "revisions": shown,
    }  # fmt: skip


def _print_answer(article: ArticleRecord, sentence: str, withdrawn: Withdrawal | None, answer: AsOf, shown: list[Row]) -> None:
    out = console()
    out.print(article.url)
    out.print(sentence[:1].upper() + sentence[1:] + ".")
    if withdrawn:
        out.print(str(withdrawn), style="bold red")
    for row in shown:
        out.print()
        out.print(f"Revision {row['number']}, ", word(row["change"]), f", {_times(row)}", sep="")
        out.print(plain(row["headline"]), style="bold")
        if answer.certainty is not Certainty.BETWEEN:
            text = "\n\n".join(filter(None, (row["description"], row["byline"], row["body"])))
            out.print(f"\n{plain(text)}")
    if len(shown) > 1:
        numbers = " ".join(str(row["number"]) for row in shown)
        out.print(f"\nWhat differs: newsledger diff {article.url} {numbers}")


def _times(row: Row) -> str:
    seen = f"seen {when(row['first_seen'])} to {when(row['last_seen'])}"
    return f"edited between {when(row['not_before'])} and {when(row['first_seen'])}, {seen}" if row["not_before"] else seen


@click.command("timemap")
@click.argument("url")
@click.option("--base-url", default=WHERE, show_default=True, metavar="URL", help="Where mementos are served.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON instead of a list of links.")
@db_option
def timemap_command(url: str, base_url: str, as_json: bool, db: str) -> None:
    """All revisions of an article as a Memento TimeMap (RFC 7089), as `newsledger serve` answers it.

    URL may be any address that ever led to the article.
    """
    with open_ledger(db) as store:
        article = article_at(store, url)
        if withdrawn := withdrawal_of(store, article.article_id):
            raise click.ClickException(f"{article.url}: {withdrawn}")
        found = memento.time_map(article.url, map(articles.facts, articles.history(store, article.article_id)), base_url)
    if found is None:
        raise click.ClickException(f"{article.url} has no revisions")
    echo(memento.json_format(found) if as_json else memento.link_format(found), nl=False)
