"""What a forked child has of its parent, and what not."""

from __future__ import annotations

import os
import signal
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from haveri_chassis.ids import SystemIds
from haveri_tool.supervision.forking import fork
from haveri_tool.supervision.signals import Signals

Run = Callable[[Callable[[], None]], tuple[int, str]]


@pytest.fixture
def run(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> Run:
    """Gives the exit code and the output of something done in a child."""

    def run(work: Callable[[], None]) -> tuple[int, str]:
        output = tmp_path / f"output-{time.monotonic_ns()}"
        descriptor = os.open(output, os.O_WRONLY | os.O_CREAT)
        with capfd.disabled():  # it stands where the child writes
            pid = fork(work, output=descriptor)
        os.close(descriptor)
        _, status = os.waitpid(pid, 0)
        return os.waitstatus_to_exitcode(status), output.read_text()

    return run


def test_a_child_writes_to_its_log_and_ends_with_its_own_code(run: Run) -> None:
    def work() -> None:
        print("hello")
        sys.exit(2)

    assert run(work) == (2, "hello\n")


def test_a_crash_is_told_in_the_log_and_does_not_reach_the_parent(run: Run) -> None:
    def work() -> None:
        raise ValueError("too many bottles")

    code, said = run(work)
    assert code == 1
    assert "too many bottles" in said


def test_a_child_does_not_inherit_signal_handlers_and_has_a_session_of_its_own(run: Run) -> None:
    def work() -> None:
        print(signal.getsignal(signal.SIGTERM) == signal.SIG_DFL, signal.pthread_sigmask(signal.SIG_BLOCK, ()) == set())
        print(os.getsid(0) == os.getpid())

    with Signals():
        assert run(work) == (0, "True True\nTrue\n")


def test_two_children_make_different_ids(run: Run) -> None:
    SystemIds().new()
    randomness = {run(lambda: print(SystemIds().new()))[1][-12:] for _ in range(5)}
    assert len(randomness) == 5


def test_a_child_dies_with_its_parent() -> None:
    read, write = os.pipe()

    def parent() -> None:
        os.write(write, f"{fork(lambda: time.sleep(60))}\n".encode())
        time.sleep(60)

    pid = fork(parent)
    grandchild = int(os.read(read, 20))
    os.kill(pid, signal.SIGKILL)
    os.waitpid(pid, 0)
    deadline = time.monotonic() + 10
    while _lives(grandchild) and time.monotonic() < deadline:
        time.sleep(0.01)
    assert not _lives(grandchild)


def _lives(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False
