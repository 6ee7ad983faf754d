"""The commands for practice: demo, and the sandbox tenant on a port."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from sync.cli import console

PORT = 8707
FILE = click.Path(path_type=Path, exists=True, dir_okay=False)
LOG = click.Path(path_type=Path, dir_okay=False)


@click.command()
@click.argument("folder", required=False, default="demo", type=click.Path(path_type=Path), metavar="[DIR]")
@console.shared
def demo(folder: Path) -> int:
    """See the main job done on ten sample files, in a folder of its own, with nothing to set up.

    The folder (default: demo) is made anew each time; a folder that this command has not made is never touched.
    """
    from sync.run import demo as showing

    console.set_up_logging()
    if console.options():
        console.complain("the demo has settings of its own; what was given for others is not used")
    return showing.play(folder, console.say)


@click.group()
@console.shared
def sandbox() -> None:
    """Practise against a stand-in for the tenant: the vendor's API on this machine."""


class Serve(click.Command):
    """A command of which the help also tells what may stand in a plan of faults."""

    def format_epilog(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """List the keys of a rule, as they are read."""
        from sync.sandbox.rule import described

        del ctx  # the list is the same for everybody
        with formatter.section("The file for --faults is a YAML list of rules, each a mapping of these keys"):
            formatter.write_dl(list(described()))
        formatter.write_paragraph()
        formatter.write_text("* only over a connection, so not with --tenant sandbox")
        formatter.write_paragraph()
        formatter.write_text(
            "With --faults, it is steered by GET /__held?at_least=N, POST /__release and POST /__down?seconds=N."
        )


@sandbox.command(cls=Serve)
@click.option("--port", type=click.IntRange(0, 65535), default=PORT, show_default=True, help="0: a free one.")
@click.option(
    "--catalogue", type=FILE, metavar="FILE", help="CSV kind,code: the locations and SKUs that exist."
)
@click.option("--faults", type=FILE, metavar="FILE", help="YAML: how it is to misbehave; see below.")
@click.option("--seed", type=int, default=0, metavar="N", help="Decides what faults leave to chance.")
@click.option(
    "--keys",
    type=FILE,
    metavar="FILE",
    help="CSV key,scopes,expires_at: the API keys that exist. Default: any key will do.",
)
@click.option(
    "--log", type=LOG, metavar="FILE", help="Write a line of JSON here for each request and answer."
)
@click.option("--log-rows", is_flag=True, help="With the rows that were sent, and those that were applied.")
@console.shared
def serve(catalogue: Path | None, faults: Path | None, **given: Any) -> int:  # noqa: ANN401 - the fields of a Rehearsal
    """Serve the sandbox at http://127.0.0.1:PORT until Ctrl-C.

    It keeps its records in the state folder, and shares them with `--tenant sandbox`.
    """
    from sync.run import practice

    if given["log_rows"] and not given["log"]:
        raise click.UsageError("--log-rows says what --log FILE is to hold; give that too")
    settings = console.settings()
    console.set_up_logging()
    practice.serve(
        practice.with_rules(settings, catalogue=catalogue, faults=faults),
        practice.Rehearsal(**given),
        ready=click.echo,
    )
    return 0


@sandbox.command()
@console.shared
def reset() -> int:
    """Empty the sandbox: from then on it is another tenant, to which nothing was ever sent."""
    from sync.run import practice

    for line in practice.reset(console.settings()):
        console.say(line)
    return 0
