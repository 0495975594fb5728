"""Pictures of the viewer for the documents, of the demo ledger on the evening of its day: docs/images/viewer-*.png.

python -m tests.viewer.screenshots [LEDGER]      `make screenshots`; makes the demo ledger first where none is given
"""

from __future__ import annotations

import sys
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory

from tests import cookbook
from tests.viewer.browser import addresses, browser
from tests.viewer.ledgers import serving

IMAGES = Path(__file__).resolve().parents[2] / "docs" / "images"
EVENING = datetime(2025, 5, 10, 23, 0, tzinfo=UTC)
DESK, PHONE = {"width": 1180, "height": 800}, {"width": 390, "height": 844}
SHOTS = {
    "today": ("today", DESK, "light"),
    "diff": ("first change", DESK, "light"),
    "story": ("story, laid against its source", DESK, "light"),
    "site": ("site", DESK, "light"),
    "phone": ("last change", PHONE, "dark"),
}
MAX_BYTES = 150_000


def take(db: Path) -> None:
    """All pictures anew."""
    paths = addresses(db)
    with serving(db.parent, db=db.name, now=EVENING) as base, browser() as chromium:
        for name, (page, size, scheme) in SHOTS.items():
            context = chromium.new_context(viewport=size, color_scheme=scheme)
            shown = context.new_page()
            shown.goto(base + paths[page])
            made = shown.screenshot(path=IMAGES / f"viewer-{name}.png")
            assert len(made) < MAX_BYTES, f"{name} has {len(made)} bytes"
            context.close()


def main() -> None:
    with TemporaryDirectory() as folder:
        db = Path(sys.argv[1]) if len(sys.argv) > 1 else Path(folder) / "demo.db"
        if len(sys.argv) == 1:
            cookbook.make(db)
        take(db)


if __name__ == "__main__":
    main()
