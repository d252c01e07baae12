"""Ports for the services of an app."""

import socket

from tight_tasks.services.ports import claimed_ports, free_ports


def test_ports_for_one_service_are_never_the_same() -> None:
    # Enough of them that two come out equal where each is let go before the next is looked for.
    found = free_ports(*[0] * 400)

    assert len(set(found)) == len(found)


def test_a_port_that_is_taken_is_replaced_and_a_free_one_is_not() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        (other,) = free_ports(port)

    assert other != port
    assert free_ports(port) == [port]


def test_a_port_that_is_claimed_is_given_to_nobody_else_and_can_be_listened_on() -> None:
    port = free_ports(0)[0]
    with claimed_ports(port, 0) as (mine, _), claimed_ports(port, 0) as (other, _):
        assert mine == port != other
        socket.create_server(("127.0.0.1", mine)).close()

    assert free_ports(port) == [port]
