"""`python tests/papers/relaid.py`: a newspaper that changes its template overnight, and never a word of its articles.

Prints `{"url": ...}` when ready. `PUT /_layout` with a name of LAYOUTS changes the template of every page; `PUT /_words` with
`number=text` rewrites the last paragraph of one article, with nothing it undoes all rewriting. Ends when its input closes.
"""

from __future__ import annotations

import json
import os
import sys
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

COUNT = 12
TOPICS = (
    "bridge",
    "market",
    "library",
    "harbour",
    "school",
    "hospital",
    "tower",
    "canal",
    "theatre",
    "orchard",
    "mill",
    "station",
)


def story(number: int) -> dict[str, str]:
    topic = TOPICS[number]
    return {
        "headline": f"Plans for the {topic} at Wrenford are to be drawn up again",
        "standfirst": f"The {topic} committee wants a cheaper scheme before the autumn, and it wants to see the figures first.",
        "author": f"{topic.title()}a Penhallow",
        "first": f"Councillors sent the plans for the {topic} back on Tuesday night after {number + 3} hours of debate.",
        "second": f"The {topic} scheme was to cost {number + 2}.4 million pounds, of which the county would have paid half.",
        "third": f"“We shall not sign for a {topic} that nobody has costed,” said the chairman, to applause from the gallery.",
    }


class Paper(ThreadingHTTPServer):
    layout = "plain"

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.words: dict[int, str] = {}

    def page(self, number: int) -> str:
        said = story(number)
        texts = [said["first"], said["second"], said["third"], self.words.get(number, "The committee meets again in September.")]
        return LAYOUTS[self.layout](said, texts)


def plain(said: dict[str, str], texts: list[str], extra: str = "") -> str:
    data = {"@type": "NewsArticle", "headline": said["headline"], "datePublished": "2025-03-07T06:00:00Z",
            "author": {"@type": "Person", "name": said["author"]}}  # fmt: skip
    body = "".join(f"<p>{text}</p>" for text in texts)
    return f"""<html lang="en"><head><title>{said["headline"]}</title>
<script type="application/ld+json">{json.dumps(data)}</script>
<meta name="description" content="{said["standfirst"]}"></head><body><main><article><h1>{said["headline"]}</h1>
<p class="standfirst">{said["standfirst"]}</p><p class="byline">By {said["author"]}</p>
{body}{extra}</article></main></body></html>"""


def promoted(said: dict[str, str], texts: list[str]) -> str:
    """The same new line in every article, named like its text."""
    return plain(
        said, texts, "<p>The Wrenford Courier has moved to the old corn exchange, where its counter opens at nine each day.</p>"
    )


def scripted(said: dict[str, str], texts: list[str]) -> str:
    """The text stands in the page's data alone, and a script that is not there prints it."""
    content = {
        "type": "story",
        "headlines": {"basic": said["headline"]},
        "subheadlines": {"basic": said["standfirst"]},
        "first_publish_date": "2025-03-07T06:00:00Z",
        "display_date": "2025-03-07T06:00:00Z",
        "credits": {"by": [{"name": said["author"]}]},
        "content_elements": [{"type": "text", "content": text} for text in texts],
    }
    return f"""<html lang="en"><head><title>{said["headline"]}</title><meta name="description" content="{said["standfirst"]}">
<script>window.Fusion=window.Fusion||{{}};Fusion.globalContent={json.dumps(content)};</script></head><body><main>
<h1>{said["headline"]}</h1><h2 class="standfirst">{said["standfirst"]}</h2><div id="app"></div></main></body></html>"""


def nameless(said: dict[str, str], texts: list[str]) -> str:
    """No standfirst and no name where any reader would look for one."""
    body = "".join(f"<p>{text}</p>" for text in texts)
    return f"""<html lang="en"><head><title>{said["headline"]}</title></head><body><main><article><h1>{said["headline"]}</h1>
<time datetime="2025-03-07T06:00:00Z"></time>{body}</article></main></body></html>"""


LAYOUTS = {"plain": plain, "promoted": promoted, "scripted": scripted, "nameless": nameless}


class Handler(BaseHTTPRequestHandler):
    server: Paper

    def do_GET(self) -> None:
        if self.path == "/sitemap.xml":
            base = f"http://127.0.0.1:{self.server.server_port}"
            urls = "".join(f"<url><loc>{base}/news/{TOPICS[n]}-{4500000 + n}</loc></url>" for n in range(COUNT))
            self._send(200, f'<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">{urls}</urlset>', "application/xml")
        elif self.path.startswith("/news/"):
            self._send(200, self.server.page(int(self.path[-7:]) - 4500000), "text/html; charset=utf-8")
        else:
            self._send(404, "", "text/plain")

    def do_PUT(self) -> None:
        said = self.rfile.read(int(self.headers["Content-Length"])).decode()
        if self.path == "/_layout":
            self.server.layout = said
        elif said:
            number, _, text = said.partition("=")
            self.server.words[int(number)] = text
        else:
            self.server.words.clear()
        self._send(200, "", "text/plain")

    def _send(self, status: int, text: str, kind: str) -> None:
        body = text.encode()
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Quiet."""


def main() -> None:
    paper = Paper()
    threading.Thread(target=paper.serve_forever, args=(0.05,), daemon=True).start()
    sys.stdout.write(json.dumps({"url": f"http://127.0.0.1:{paper.server_port}/"}) + "\n")
    sys.stdout.flush()
    while os.read(sys.stdin.fileno(), 1024):
        pass


if __name__ == "__main__":
    main()
