from __future__ import annotations

import socket

import pytest

from haveri_devservers import LOOPBACK, accepts_connections, free_port, free_ports


def test_the_preferred_port_is_given_when_it_is_free() -> None:
    somewhere = free_port()
    assert free_port(somewhere) == somewhere


@pytest.mark.parametrize("interface", [LOOPBACK, "0.0.0.0"])
def test_a_taken_port_is_replaced_by_a_free_one(interface: str) -> None:
    with socket.create_server((interface, 0)) as occupant:
        taken = occupant.getsockname()[1]
        assert free_port(taken) != taken


def test_ports_asked_for_together_are_all_different() -> None:
    wish = free_port()
    ports = free_ports(wish, wish, None, None)
    assert ports[0] == wish
    assert len(set(ports)) == 4


def test_a_port_that_needs_rights_we_lack_is_replaced_not_an_error() -> None:
    assert free_port(1) > 0


def test_a_listener_is_noticed() -> None:
    with socket.create_server((LOOPBACK, 0)) as listener:
        port = listener.getsockname()[1]
        assert accepts_connections(port)
    assert not accepts_connections(port)
