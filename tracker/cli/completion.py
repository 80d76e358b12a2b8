"""`tracker completion`: the completion script of a shell."""

from __future__ import annotations

import click

SHELLS = ("bash", "zsh", "fish")


@click.command()
@click.argument("shell", type=click.Choice(SHELLS))
def completion(shell: str) -> None:
    """Print the completion script for SHELL.

    \b
    bash: eval "$(tracker completion bash)" in ~/.bashrc
    zsh:  eval "$(tracker completion zsh)" in ~/.zshrc
    fish: tracker completion fish > ~/.config/fish/completions/tracker.fish
    """
    from click.shell_completion import get_completion_class

    from tracker.cli import main

    found = get_completion_class(shell)
    assert found is not None
    # As the class is, without its look at the shell that is installed here.
    script = found(main, {}, "tracker", "_TRACKER_COMPLETE")
    click.echo(script.source_template % script.source_vars())
