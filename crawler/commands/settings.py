"""`newsledger settings`"""

from __future__ import annotations

import click

from crawler.commands.console import console, plain, print_json, table
from crawler.commands.options import configuration, json_option
from crawler.config import SETTINGS, SettingOrigin, shown


@click.command("settings")
@json_option
def command(as_json: bool) -> None:
    """The settings that hold, and where each comes from; of addresses of alerts and of Redis only the service is told.

    An option of a verb goes before the environment, that before the file, that before the default.
    """
    said = configuration()
    facts = [
        {"key": key, "value": shown(setting, said.found[key].value), "from": _origin(said.found[key].origin, setting.variable),
         "allowed": setting.allowed, "meaning": setting.meaning}
        for key, setting in SETTINGS.items()
    ]  # fmt: skip
    if as_json:
        print_json({"file": str(said.file) if said.file else None, "settings": facts})
        return
    out = console()
    rows = [(fact["key"], plain(fact["value"]), fact["from"], fact["meaning"]) for fact in facts]
    out.print(table(("setting", "value", "from", "meaning"), rows))
    out.print(f"\nfile: {said.file or 'none'}", markup=False)


def _origin(origin: SettingOrigin, variable: str) -> str:
    return variable if origin is SettingOrigin.ENVIRONMENT else str(origin)
