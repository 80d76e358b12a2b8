"""The command line: names of commands, and what all of them have in common.

Commands are imported when they are called. `tracker --help` knows them from the
table below and imports click alone.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from importlib import import_module
from typing import Any

import click

from tracker import __version__
from tracker.cli.common import Call, adopt, complain, global_options

#: Name of a command: where it is, and what it does. In the order of the help.
COMMANDS: dict[str, dict[str, tuple[str, str]]] = {
    "Workspace": {
        "init": ("tracker.cli.workspace:init", "Make a workspace."),
        "demo": ("tracker.cli.demo:demo", "Make a small programme to look at."),
        "status": ("tracker.cli.daemon:status", "What runs, waits and is late."),
        "doctor": ("tracker.cli.daemon:doctor", "Look for trouble in the workspace."),
        "verify": ("tracker.cli.verify:verify", "Compare all sums with the readings."),
        "backup": ("tracker.cli.backup:backup", "Make, list and verify backups."),
        "restore": ("tracker.cli.restore:restore", "Put a backup in place."),
        "privacy": ("tracker.cli.privacy:privacy", "Export, erase, retention."),
        "audit": ("tracker.cli.audit:audit", "Who changed what, and when."),
        "archive": ("tracker.cli.archive:archive", "Closed months in files."),
        "db": ("tracker.cli.database:db", "Upgrade or check the database."),
        "completion": ("tracker.cli.completion:completion", "Completion for a shell."),
    },
    "Programme": {
        "campaign": ("tracker.cli.campaign:campaign", "Campaigns and their plans."),
        "ambassador": ("tracker.cli.ambassador:ambassador", "People and handles."),
        "apply": ("tracker.cli.apply:apply", "Applications and selection."),
        "enrol": ("tracker.cli.ambassador:enrol", "Enrol somebody in a campaign."),
        "withdraw": ("tracker.cli.ambassador:withdraw", "End an enrolment."),
        "consent": ("tracker.cli.consent:consent", "Who agreed to which text."),
        "contract": ("tracker.cli.contract:contract", "What was signed with whom."),
        "goods": ("tracker.cli.goods:goods", "What was lent or given, and its worth."),
        "mission": ("tracker.cli.mission:mission", "Who delivered, who is late."),
        "link": ("tracker.cli.link:link", "Tracked links and promo codes."),
        "outcome": ("tracker.cli.outcome:outcome", "Leads, sales and the like."),
        "cost": ("tracker.cli.cost:cost", "Costs, and what each person is owed."),
        "claim": ("tracker.cli.claim:claim", "Figures that sources dispute."),
        "survey": ("tracker.cli.survey:survey", "What surveys found."),
        "feedback": ("tracker.cli.feedback:feedback", "What ambassadors say."),
        "disclosure": (
            "tracker.cli.disclosure:disclosure",
            "Do posts say that they are paid for?",
        ),
    },
    "Data": {
        "source": ("tracker.cli.source:source", "Where readings come from."),
        "ingest": ("tracker.cli.ingest:ingest", "Collect from sources now."),
        "quarantine": ("tracker.cli.quarantine:quarantine", "Rows that were refused."),
        "post": ("tracker.cli.post:post", "Posts."),
        "reading": ("tracker.cli.reading:reading", "Readings of posts."),
        "stub": ("tracker.cli.stub:stub", "The platforms' APIs, without keys."),
    },
    "Figures": {
        "totals": ("tracker.cli.totals:totals", "Sums with their coverage."),
        "rollup": ("tracker.cli.rollup:rollup", "The same sums, by an engine."),
        "explain": ("tracker.cli.totals:explain", "Where a number comes from."),
        "kpi": ("tracker.cli.kpi:kpi", "Rates, costs and returns."),
        "emv": ("tracker.cli.kpi:emv", "Earned media value by rate cards."),
        "compare": ("tracker.cli.compare:compare", "Campaigns side by side."),
        "benchmark": ("tracker.cli.benchmark:benchmark", "What is usual for posts."),
        "years": ("tracker.cli.years:years", "Year on year, from the first reading."),
        "report": ("tracker.cli.report:report", "Write the pages."),
        "finding": ("tracker.cli.finding:finding", "What should be looked at."),
        "export": ("tracker.cli.export:export", "Write data for other programs."),
        "answers": ("tracker.cli.answers:answers", "What a programme must know."),
        "alert": ("tracker.cli.alert:alert", "Alerts and digests."),
        "daemon": ("tracker.cli.daemon:daemon", "Collect and report until stopped."),
        "serve": ("tracker.cli.serve:serve", "Only listen, until stopped."),
    },
}
PLACES = {name: at for group in COMMANDS.values() for name, (at, _) in group.items()}


class Root(click.Group):
    """The group of all commands; maps every error to a line and an exit code."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(PLACES)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in PLACES:
            return None
        ctx.ensure_object(Call).command = f"tracker {cmd_name}"
        module, _, name = PLACES[cmd_name].partition(":")
        found: click.Command = getattr(import_module(module), name)
        return adopt(found)

    def resolve_command(self, ctx: click.Context, args: list[str]) -> Any:
        if args and not args[0].startswith("-") and args[0] not in PLACES:
            from tracker.errors import nearest

            hint = nearest(args[0], PLACES)
            raise click.UsageError(f'There is no command "{args[0]}". {hint}', ctx)
        return super().resolve_command(ctx, args)

    def format_commands(
        self, ctx: click.Context, formatter: click.HelpFormatter
    ) -> None:
        for title, commands in COMMANDS.items():
            with formatter.section(title):
                formatter.write_dl(
                    [(name, said) for name, (_, said) in commands.items()]
                )

    def shell_complete(self, ctx: click.Context, incomplete: str) -> list[Any]:
        """Names and sentences of the table; no command is imported for them."""
        from click.shell_completion import CompletionItem

        names = [
            CompletionItem(name, help=said)
            for commands in COMMANDS.values()
            for name, (_, said) in commands.items()
            if name.startswith(incomplete)
        ]
        return names + click.Command.shell_complete(self, ctx, incomplete)

    def main(  # type: ignore[override]
        self,
        args: Sequence[str] | None = None,
        prog_name: str | None = None,
        **extra: Any,
    ) -> None:
        """Run one command and exit with its code."""
        given = list(sys.argv[1:] if args is None else args)
        if "_TRACKER_COMPLETE" in os.environ:
            sys.exit(self._complete())
        sys.exit(self.run(given))

    def _complete(self) -> int:
        from click.shell_completion import shell_complete

        wish = os.environ["_TRACKER_COMPLETE"]
        return shell_complete(self, {}, "tracker", "_TRACKER_COMPLETE", wish)

    def run(self, args: list[str]) -> int:
        """Run one command; answers its exit code."""
        call = Call()
        try:
            call.start()
            code = self._called(args, call)
            sys.stdout.flush()
        except (Exception, KeyboardInterrupt) as error:  # noqa: BLE001 - the last resort
            return complain(error, call)
        return code if type(code) is int else 0

    def _called(self, args: list[str], call: Call) -> Any:
        """What the command answers; `--help` and the like end early."""
        try:
            with self.make_context("tracker", args, obj=call) as ctx:
                return self.invoke(ctx)
        except click.exceptions.Exit as wish:
            return wish.exit_code


@click.group(cls=Root, context_settings={"help_option_names": ["-h", "--help"]})
@click.option("--json", "as_json", is_flag=True, help="Answer in JSON.")
@global_options
@click.version_option(__version__, prog_name="tracker", message="%(prog)s %(version)s")
@click.pass_context
def main(ctx: click.Context, as_json: bool) -> None:
    """Follow an ambassador programme from plan to result.

    Options below may stand before or after the command.
    """
    ctx.ensure_object(Call).json = as_json
