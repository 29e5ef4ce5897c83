"""What `haveri up` says to the person who started it."""

from __future__ import annotations

import time

from rich.console import Console

from haveri_tool.supervision.managed_process import ProcessEvent

_NAMES = {
    "postgres": "PostgreSQL",
    "nats": "NATS",
    "s3": "S3 store",
    "teams_tenant": "Teams tenant",
    "teams_gateway": "Teams gateway",
}


class Terminal:
    """Lines of progress with the seconds since the start."""

    def __init__(self) -> None:
        self._console = Console(highlight=False)
        self._begun = time.monotonic()

    def step(self, text: str) -> None:
        """Something begins or was done."""
        self._line("[dim]·[/dim]", text)

    def event(self, event: ProcessEvent) -> None:
        """A process came up or died."""
        name = _NAMES.get(event.name, event.name)
        self._line("[green]✓[/green]" if event.good else "[yellow]![/yellow]", f"[bold]{name}[/bold] {event.text}")

    def failure(self, text: str) -> None:
        """It cannot go on."""
        self._console.print(f"[red]✗[/red] {_plain(text)}", soft_wrap=True)

    def addresses(self, chat: str | None, dashboard: str | None, sign_in: tuple[str, str] | None) -> None:
        """Where to go now."""
        lines = []
        if chat:
            lines.append(("Chat", chat, "be anybody of the demo plant and type /incident …"))
        if dashboard:
            with_whom = f"sign in as {sign_in[0]} with {sign_in[1]}" if sign_in else ""
            lines.append(("Dashboard", f"{dashboard}/", with_whom))
            lines.append(("API", f"{dashboard}/api/docs", "documentation"))
        self._console.print(f"\nReady after {time.monotonic() - self._begun:.1f} s. Ctrl-C stops everything.\n")
        for name, address, remark in lines:
            self._console.print(f"  {name:<10} [cyan]{address}[/cyan]  [dim]{_plain(remark)}[/dim]", soft_wrap=True)
        self._console.print()

    def _line(self, mark: str, text: str) -> None:
        self._console.print(f"{time.monotonic() - self._begun:6.1f} s {mark} {text}", soft_wrap=True)


def _plain(text: str) -> str:
    """Text that may have square brackets of its own."""
    return text.replace("[", r"\[")
