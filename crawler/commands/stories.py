"""`newsledger stories [STORY|URL]`"""

from __future__ import annotations

import click

from crawler.commands import article_at, change_ledger, db_option, json_option, now, open_ledger, options
from crawler.commands.console import console, echo, print_json, progress_bars, table, when, word
from crawler.logs import plain
from pipelines import stories
from pipelines.queries.activity import revision_count
from pipelines.queries.results import row_of
from pipelines.store.database import Store
from pipelines.stories.results import Story, StoryHead, StoryMember
from pipelines.stories.update import rebuild


@click.command("stories")
@click.argument("which", required=False, metavar="[STORY|URL]")
@click.option("--site", metavar="ID", help="Only stories that this site carries.")
@click.option("--agency", metavar="NAME", help="Only stories of this agency: PA, LDRS, Reuters, dpa, ...")
@click.option("--before", metavar="CURSOR", help="Continue where a list ended: the `cursor` of its last story.")
@click.option("--limit", default=20, show_default=True, type=click.IntRange(1, stories.LONGEST_LIST), help="At most this many.")
@click.option("--rebuild", is_flag=True, help="Forget all stories and work them out again, then list them.")
@options(db_option, json_option)
def command(which: str | None, site: str | None, agency: str | None, before: str | None, limit: int, rebuild: bool, db: str,
            as_json: bool) -> None:  # fmt: skip
    """Which articles of several sites carry the same copy: the latest stories, or one, by its number or by an article's URL.

    Crawls, imports and merges keep stories up by themselves.
    """
    if rebuild:
        _rebuild(db)
    with open_ledger(db) as store:
        if which is None:
            _print_list(stories.latest(store, limit=limit, before=before, site=site, agency=agency), as_json)
            return
        found = stories.story(store, _number(store, which))
    if found is None:
        raise click.ClickException(f"the ledger has no story {which}")
    if as_json:
        head = {name: value for name, value in row_of(found.head).items() if name != "cursor"}  # is of a list
        print_json({**head, "members": [row_of(member) for member in found.members]})
    else:
        _print_story(found)


def _rebuild(db: str) -> None:
    with change_ledger(db) as store, progress_bars() as progress:
        task = progress.add_task("rebuilding", total=revision_count(store))
        done = rebuild(store, now(), lambda n: progress.advance(task, n))
    echo(f"{done} revisions were taken up anew", err=True)


def _number(store: Store, which: str) -> int:
    """The number of a story, given as that number or as the URL of one of its articles."""
    if which.isascii() and which.isdigit() and len(which) < 19:
        return int(which)
    article = article_at(store, which)
    found = stories.of_article(store, article.article_id)
    if found is None:
        raise click.ClickException(f"no other site has been seen to carry the copy of {which}")
    return found.head.story_id


def _print_list(heads: list[StoryHead], as_json: bool) -> None:
    if as_json:
        print_json([row_of(head) for head in heads])
        return
    cells = [
        (head.story_id, when(head.first_seen), head.first_site_id, _agency(head), head.articles, head.sites, head.edited,
         head.headline)
        for head in heads
    ]  # fmt: skip
    out = console()
    if not heads:
        out.print("No stories.")
        return
    out.print(table(("no", "first seen", "at", "agency", "articles", "sites", "edits", "headline"), cells))


def _print_story(found: Story) -> None:
    head, out = found.head, console()
    out.print(plain(head.headline), style="bold")
    out.print(f"story {head.story_id}: {head.articles} articles of {head.sites} sites, {head.edited} edits, "
              f"the last change {when(head.last_changed)}")  # fmt: skip
    out.print(f"first seen {when(head.first_seen)} at {head.first_site_id}{_published(head)}")
    if head.agency:
        out.print(f"{head.agency} copy: {_ATTRIBUTION[head.agency_is or 'implied']}")
    out.print()
    rows = [
        ("source" if one.is_source else f"{one.kept:.0%}", one.site_id, when(one.first_seen), word(one.state), one.words,
         max(0, one.revision_count - 1), ", ".join(one.changed_fields), _agency(one), one.headline)
        for one in found.members
    ]  # fmt: skip
    out.print(table(("kept", "site", "first seen", "state", "words", "edits", "what was edited", "agency", "headline"), rows))
    out.print()
    out.print(table(("site", "url"), [(one.site_id, one.url) for one in found.members]))


_ATTRIBUTION = {"named": "its source says so", "implied": "its source does not say so, others or their pictures do"}


def _published(head: StoryHead) -> str:
    stamp = head.date_published
    return f"; published first at {head.source_site_id}, {when(stamp)}" if stamp else ""


def _agency(story: StoryHead | StoryMember) -> str:
    """The agency; in brackets if this paper, or the story's source, does not name it."""
    agency = story.agency or ""
    return f"({agency})" if story.agency_is == "implied" else agency
