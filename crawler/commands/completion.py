"""`newsledger completion`"""

from __future__ import annotations

import os
from pathlib import Path

import click
from click.shell_completion import get_completion_class

from crawler.commands.console import echo

SHELLS = ("bash", "zsh", "fish")
_ZSH = "fpath+=(~/.zfunc); autoload -Uz compinit && compinit"


def _place(shell: str, environment: dict[str, str]) -> Path:
    """The file in which a shell looks for completions of a program by its name."""
    home = Path(environment.get("HOME", "~")).expanduser()
    if shell == "zsh":
        return home / ".zfunc" / "_newsledger"
    if shell == "fish":
        return Path(environment.get("XDG_CONFIG_HOME") or home / ".config") / "fish" / "completions" / "newsledger.fish"
    return Path(environment.get("XDG_DATA_HOME") or home / ".local" / "share") / "bash-completion" / "completions" / "newsledger"


@click.command("completion")
@click.argument("shell", required=False, type=click.Choice(SHELLS))
@click.option("--print", "only_print", is_flag=True, help="Print the script instead of installing it.")
@click.pass_context
def command(ctx: click.Context, shell: str | None, only_print: bool) -> None:
    """Install TAB completion of verbs, options and names, for bash, zsh or fish; default the current shell.

    Writes one file that the shell reads by itself, and for zsh a line in ~/.zshrc unless it reads ~/.zfunc already.
    """
    environment = dict(os.environ)
    shell = shell or Path(environment.get("SHELL", "")).name
    kind = get_completion_class(shell) if shell in SHELLS else None
    if kind is None:
        raise click.UsageError(f"which shell? one of {', '.join(SHELLS)}")
    script = kind(ctx.find_root().command, {}, "newsledger", "_NEWSLEDGER_COMPLETE").source()
    if only_print:
        echo(script, nl=False)
        return
    place = _place(shell, environment)
    try:
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_text(script, encoding="utf-8")
        settings = place.parent.parent / ".zshrc"
        if shell == "zsh" and ".zfunc" not in (settings.read_text(encoding="utf-8") if settings.exists() else ""):
            with settings.open("a", encoding="utf-8") as lines:
                lines.write(f"\n{_ZSH}\n")
    except OSError as error:
        raise click.ClickException(f"{place}: {error.strerror}") from error
    echo(f"{place} is written; a new {shell} completes newsledger")
