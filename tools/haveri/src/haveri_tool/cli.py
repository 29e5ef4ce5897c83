"""The `haveri` command: how it is called, and what it prints."""

from __future__ import annotations

import asyncio
import os
import sys
from enum import StrEnum
from pathlib import Path
from typing import Annotated, NoReturn

import typer

from haveri_tool.home import Home
from haveri_tool.trouble import Trouble

# Everything else is imported by the command that needs it: `haveri up` is to start quickly.
# ruff: noqa: PLC0415

app = typer.Typer(
    name="haveri",
    help="Run a house of Haveri on this machine, and look after it. HAVERI_HOME says where its data is (.haveri).",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
org = typer.Typer(help="Organisations.", no_args_is_help=True)
member = typer.Typer(help="Members of organisations.", no_args_is_help=True)
token = typer.Typer(help="API tokens.", no_args_is_help=True)
letters = typer.Typer(help="Messages that no service could handle.", no_args_is_help=True)
app.add_typer(org, name="org")
app.add_typer(member, name="member")
app.add_typer(token, name="token")
app.add_typer(letters, name="dead-letters")


class Scope(StrEnum):
    """How far an API token reaches."""

    READ = "read"
    RESPOND = "respond"
    ADMINISTER = "administer"


def _language(tag: str) -> str:
    """A language's tag, as the directory takes it."""
    from pydantic import TypeAdapter

    from haveri_contracts.directory.models import Locale

    return str(TypeAdapter(Locale).validate_python(tag))


Slug = Annotated[str, typer.Argument(help="The organisation's slug, such as demo.")]
Email = Annotated[str, typer.Argument(help="The member's e-mail address.")]
OnlyOrg = Annotated[str | None, typer.Option("--org", help="Only this organisation.")]
Number = Annotated[int | None, typer.Argument(help="The dead letter's number.")]
Every = Annotated[bool, typer.Option("--all", help="All of them.")]


@app.callback()
def haveri(context: typer.Context) -> None:
    """Let only warnings of what we use reach the terminal, beside the answer; `up` has no such words of its own."""
    if context.invoked_subcommand != "up":
        from haveri_tool.quiet import keep_quiet

        keep_quiet()


@app.command()
def up(
    free_ports: Annotated[bool, typer.Option("--free-ports", help="Take any free ports instead of the usual.")] = False,
    fast: Annotated[bool, typer.Option("--fast", help="For tests: do not wait for the disk.")] = False,
    only: Annotated[str, typer.Option(help="For tests: run these services only, comma-separated.")] = "",
) -> None:
    """Set up what is missing and run everything; Ctrl-C stops all of it cleanly."""
    from haveri_tool.running.options import Options

    try:
        from haveri_tool.running.up import up as run
    except ModuleNotFoundError as missing:
        raise Trouble(f"`haveri up` needs {missing.name}, which is not installed: install haveri[up].") from None
    names = frozenset(name for name in only.split(",") if name)
    raise typer.Exit(run(Home.of(), Options(free_ports, not fast, names or None), dict(os.environ)))


@app.command()
def demo() -> None:
    """Play one whole incident through the local Teams tenant, narrating each step."""
    from haveri_tool.access import running_house
    from haveri_tool.commands.demo import play

    asyncio.run(play(running_house(Home.of()), print))


@app.command()
def status() -> None:
    """Show every service and server, its process and its health; exits 1 when something is not ready."""
    from haveri_tool.printing.status import print_status

    if not print_status(Home.of()):
        raise typer.Exit(1)


@app.command()
def logs(
    service: Annotated[str | None, typer.Argument(help="One service or server; all without it.")] = None,
    follow: Annotated[bool, typer.Option("--follow", "-f", help="Go on as more is written.")] = False,
    lines: Annotated[int, typer.Option("--lines", "-n", min=0, help="How many lines of each to begin with.")] = 20,
) -> None:
    """Show what services and servers have said."""
    from haveri_tool.commands import logs as reading

    files = reading.chosen_logs(Home.of(), service)
    for line in reading.last_of(files, lines):
        print(line)
    if follow:
        for line in reading.follow(files):
            print(line, flush=True)


@app.command()
def provision() -> None:
    """Bring streams, consumers, roles, schemas and migrations up to date; safe to repeat."""
    from haveri_tool.commands.provision import provision_house

    changes = asyncio.run(provision_house(Home.of(), os.environ))
    for change in changes:
        print(change)
    if not changes:
        print("Everything is up to date.")


@app.command()
def verify(organization: OnlyOrg = None) -> None:
    """Recompute every timeline's chain and fold it to its incident's state; exits 1 when something differs."""
    from haveri_tool.printing.histories import print_verification

    if not asyncio.run(print_verification(Home.of(), organization)):
        raise typer.Exit(1)


@app.command()
def replay(
    organization: OnlyOrg = None,
    source: Annotated[list[str] | None, typer.Option("--from", help="Only the events of this service.")] = None,
) -> None:
    """Publish every event again from PostgreSQL, so that readers rebuild what they keep."""
    from haveri_tool.printing.histories import print_replay

    asyncio.run(print_replay(Home.of(), organization, source))


@org.command("create")
def org_create(
    slug: Slug,
    name: Annotated[str, typer.Option(help="The organisation's name.")],
    admin_name: Annotated[str, typer.Option(help="The first administrator's name.")],
    admin_email: Annotated[str, typer.Option(help="The first administrator's e-mail address.")],
    locale: Annotated[str, typer.Option(parser=_language, help="The organisation's language, such as fi.")] = "en",
) -> None:
    """Create an organisation with its first administrator, whose password is shown once."""
    from haveri_tool.access import running_house
    from haveri_tool.commands.organizations import create_organization

    access = running_house(Home.of())
    made = asyncio.run(create_organization(access, slug, name, admin_name, admin_email, locale))
    print(f"Organisation {made.slug} is there; {made.email} administers it.")
    if made.password:
        print(f"Password, shown only now: {made.password}")


@org.command("import")
def org_import(slug: Slug, file: Annotated[Path, typer.Argument(help="A .yaml or .csv file.")]) -> None:
    """Import a whole plant: all of it, or nothing and a report of every bad line."""
    from haveri_tool.printing.imports import print_import

    if not asyncio.run(print_import(Home.of(), slug, file)):
        raise typer.Exit(1)


@member.command("password")
def member_password(
    slug: Slug,
    email: Email,
    stdin: Annotated[bool, typer.Option("--stdin", help="Read the password from standard input.")] = False,
) -> None:
    """Give a member a new password, which is shown once, and end their sessions."""
    from haveri_tool.access import running_house
    from haveri_tool.commands.organizations import set_member_password

    given = sys.stdin.readline().strip() if stdin else None
    password = asyncio.run(set_member_password(running_house(Home.of()), slug, email, given))
    print(f"{email} has a new password." if stdin else f"{email} has a new password, shown only now: {password}")


@token.command("create")
def token_create(
    slug: Slug,
    email: Email,
    name: Annotated[str, typer.Option(help="What the token is for.")],
    scope: Annotated[list[Scope] | None, typer.Option(help="How far it reaches; repeat for several.")] = None,
    days: Annotated[int, typer.Option(min=1, max=366, help="How long it is good.")] = 90,
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="Print the token and nothing else.")] = False,
) -> None:
    """Make an API token that acts as this member. It is shown only now."""
    from haveri_tool.access import running_house
    from haveri_tool.accounts import EVERY_SCOPE
    from haveri_tool.commands.organizations import create_token

    made = asyncio.run(create_token(running_house(Home.of()), slug, email, name, scope or EVERY_SCOPE, days))
    print(made if quiet else f"API token {name!r} of {email}, shown only now: {made}")


@letters.command("list")
def letters_list(consumer: Annotated[str | None, typer.Option(help="Only those of this consumer.")] = None) -> None:
    """List them, oldest first."""
    from haveri_tool.printing.letters import print_letters

    asyncio.run(print_letters(Home.of(), consumer))


@letters.command("show")
def letters_show(number: Annotated[int, typer.Argument(help="The dead letter's number.")]) -> None:
    """Show one with its body."""
    from haveri_tool.printing.letters import print_letter

    asyncio.run(print_letter(Home.of(), number))


@letters.command("replay")
def letters_replay(number: Number = None, every: Every = False) -> None:
    """Send one, or all, to be handled afresh."""
    from haveri_tool.access import running_house
    from haveri_tool.commands.dead_letters import replayed

    _one_or_all(number, every)
    for letter in asyncio.run(replayed(running_house(Home.of()), number)):
        print(f"{letter.sequence}: sent again on {letter.subject}")


@letters.command("discard")
def letters_discard(number: Number = None, every: Every = False) -> None:
    """Throw one, or all, away for good."""
    from haveri_tool.access import running_house
    from haveri_tool.commands.dead_letters import discarded

    _one_or_all(number, every)
    for letter in asyncio.run(discarded(running_house(Home.of()), number)):
        print(f"{letter.sequence}: discarded")


def _one_or_all(number: int | None, every: bool) -> None:
    if (number is None) != every:
        raise typer.BadParameter("say either a number or --all")


def main() -> None:
    """The entry of the command: what can be expected to go wrong is told in one sentence, with exit code 1."""
    try:
        app()
    except Trouble as trouble:
        _fail(str(trouble))
    except Exception as error:
        from haveri_tool.sentences import sentence_of

        said = sentence_of(error)
        if said is None:
            raise
        _fail(said)


def _fail(sentence: str) -> NoReturn:
    print(sentence, file=sys.stderr)
    sys.exit(1)
