"""Start, watch and stop one embedded server, synchronously."""

from __future__ import annotations

import os
import signal
import subprocess
import time
from collections.abc import Mapping

from haveri_devservers.errors import EmbeddedServerError
from haveri_devservers.lifeline import stop_with_parent
from haveri_devservers.log_files import last_lines, open_log
from haveri_devservers.pidfile import PidFile
from haveri_devservers.server import EmbeddedServer

_POLL_SECONDS = 0.02
# These would override what our configuration files say, or carry our own secrets into the server.
_FOREIGN_PREFIXES = ("PG", "NANIO_", "HAVERI_")


class ServerProcess:
    """One server's process, started again with the same object after it died.

    The server stops when the thread that called `start` ends (see `lifeline`) and has a session of its own, so
    that Ctrl-C reaches only us and we choose the order in which things stop.
    """

    def __init__(self, server: EmbeddedServer) -> None:
        self.server = server
        self.log_file = server.directory / "server.log"
        self._pid_file = PidFile(server.directory / "server.pid")
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def pid(self) -> int | None:
        """The process id, None when it does not run."""
        return self._process.pid if self._process and self.running() else None

    @property
    def exit_code(self) -> int | None:
        """How the last process ended (negative: by that signal), None while it runs or before the first start."""
        return self._process.poll() if self._process else None

    def running(self) -> bool:
        """Tell whether the process lives; reaps it when it has died."""
        return self._process is not None and self._process.poll() is None

    def ready(self) -> bool:
        """Tell whether the process lives and the server answers its clients."""
        return self.running() and self.server.ready()

    def start(self) -> int:
        """Prepare and start the server, without waiting until it is ready; give its process id.

        Waits for a predecessor on the same directory to end: after its supervisor's `kill -9` it is still stopping.
        Raises EmbeddedServerError if that one stays or has a living supervisor, or if the server cannot be prepared.
        """
        if self.running():
            raise EmbeddedServerError(f"{self.server.name} is running already, as process {self.pid}.")
        self.server.directory.mkdir(parents=True, exist_ok=True)
        self._wait_for_predecessor()
        self.server.prepare()
        self._process = self._spawn()
        self._pid_file.write(self._process.pid)
        return self._process.pid

    def wait_until_ready(self, timeout: float = 30.0) -> None:
        """Return when the server answers; raise EmbeddedServerError when it ends or `timeout` seconds have passed."""
        deadline = time.monotonic() + timeout
        while not self.ready():
            if not self.running():
                raise self._failure(f"ended at once with code {self.exit_code}")
            if time.monotonic() > deadline:
                raise self._failure(f"did not answer within {timeout:g} seconds")
            time.sleep(_POLL_SECONDS)

    def ask_to_stop(self) -> None:
        """Send the stop signal and return; several servers can so stop at the same time."""
        if self._process and self.running():
            self._process.send_signal(self.server.stop_signal)

    def stop(self) -> None:
        """Stop the server and wait for its end; kill it if it takes longer than its grace."""
        self.ask_to_stop()
        if self._process is None:
            return
        try:
            self._process.wait(self.server.stop_grace)
        except subprocess.TimeoutExpired:
            self.kill()
        self._pid_file.remove()

    def kill(self) -> None:
        """Kill the server at once, as a power failure would, and wait for its end."""
        if self._process and self.running():
            self._process.send_signal(signal.SIGKILL)
            self._process.wait()

    def __enter__(self) -> ServerProcess:
        try:
            self.start()
            self.wait_until_ready()
        except BaseException:
            self.stop()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def _spawn(self) -> subprocess.Popen[bytes]:
        launch = self.server.launch()
        privileged = os.geteuid() == 0
        log = open_log(self.log_file)
        try:
            return subprocess.Popen(
                launch.arguments,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                cwd="/",
                env=_environment(launch.environment),
                start_new_session=True,
                user=launch.account.uid if privileged else None,
                group=launch.account.gid if privileged else None,
                extra_groups=[] if privileged else None,
                preexec_fn=stop_with_parent(self.server.stop_signal),  # noqa: PLW1509 - allocates nothing, takes no lock
            )
        except OSError as refusal:
            raise EmbeddedServerError(f"{self.server.name} could not be started: {refusal}.") from refusal
        finally:
            os.close(log)

    def _wait_for_predecessor(self) -> None:
        deadline = time.monotonic() + self.server.stop_grace
        while (survivor := self._pid_file.survivor()) is not None:
            if survivor.owned or time.monotonic() > deadline:
                raise EmbeddedServerError(
                    f"{self.server.name} in {self.server.directory} is running already, as process {survivor.pid}: "
                    "stop that one first."
                )
            time.sleep(_POLL_SECONDS)

    def _failure(self, what: str) -> EmbeddedServerError:
        return EmbeddedServerError(
            f"{self.server.name} {what}; {self.log_file} ends with:\n{last_lines(self.log_file)}"
        )


def _environment(additions: Mapping[str, str]) -> dict[str, str]:
    own = {name: value for name, value in os.environ.items() if not name.startswith(_FOREIGN_PREFIXES)}
    return {**own, "TZ": "UTC", **additions}
