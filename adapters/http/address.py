"""Which addresses of the Internet Protocol are public, by our own table.

The standard library's `is_global` is not asked: it passes translated forms of private addresses (64:ff9b::7f00:1 is
127.0.0.1 behind a NAT64), multicast, and more that differs from one Python to the next.
"""

from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address

# The IANA special-purpose registries, 2026-01.
_NOT_PUBLIC_4 = tuple(
    IPv4Network(written)
    for written in (
        *("0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12"),
        *("192.0.0.0/24", "192.0.2.0/24", "192.88.99.0/24", "192.168.0.0/16", "198.18.0.0/15", "198.51.100.0/24"),
        *("203.0.113.0/24", "224.0.0.0/4", "240.0.0.0/4"),
    )
)
_GLOBAL_UNICAST_6 = IPv6Network("2000::/3")  # whatever lies outside is local, mapped, translated or not yet given out
_NOT_PUBLIC_6 = tuple(
    IPv6Network(written)
    for written in (
        "2001::/23",  # Teredo and other protocols' own
        "2001:db8::/32",  # documentation
        "2002::/16",  # 6to4 wraps any IPv4 address
        "3fff::/20",  # documentation
    )
)


def is_public(written: str) -> bool:
    """Tell whether this address is one that strangers may make us connect to; False for what is no address."""
    try:
        address = ip_address(written)
    except ValueError:
        return False
    if isinstance(address, IPv4Address):
        return not any(address in network for network in _NOT_PUBLIC_4)
    return address in _GLOBAL_UNICAST_6 and not any(address in network for network in _NOT_PUBLIC_6)


def is_loopback(written: str) -> bool:
    """Tell whether this is our own machine; a mapped or zoned spelling of it is not."""
    try:
        address = ip_address(written)
    except ValueError:
        return False
    return address in _LOOPBACK_4 if isinstance(address, IPv4Address) else address == IPv6Address("::1")


_LOOPBACK_4 = IPv4Network("127.0.0.0/8")
