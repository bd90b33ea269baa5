"""Which IP addresses are somebody's out there, and which are ours, our neighbours' or nobody's. Pure.

IANA's special-purpose registries (read 2026-11), written out because Python's ipaddress knows other ones in each version;
and what hides in other addresses: IPv4 within IPv6 (mapped, NAT64), tunnels (6to4, Teredo), and public ones that clouds
answer from within.
"""

from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address
from typing import Final

_NOT_PUBLIC_V4: Final = tuple(
    IPv4Network(network)
    for network in (
        "0.0.0.0/8",  # this network (RFC 791)
        "10.0.0.0/8",  # private (RFC 1918), as 172.16/12 and 192.168/16
        "100.64.0.0/10",  # carriers' NAT (RFC 6598); Alibaba's metadata service
        "127.0.0.0/8",  # loopback
        "168.63.129.16/32",  # public by its number, answered by Azure's own machinery ("wire server")
        "169.254.0.0/16",  # link-local (RFC 3927); metadata services of most clouds
        "172.16.0.0/12",
        "192.0.0.0/24",  # protocol assignments (RFC 6890); Oracle's metadata service
        "192.0.2.0/24",  # documentation (RFC 5737), as 198.51.100/24 and 203.0.113/24
        "192.88.99.0/24",  # 6to4 relays (RFC 7526)
        "192.168.0.0/16",
        "198.18.0.0/15",  # benchmarks (RFC 2544)
        "198.51.100.0/24",
        "203.0.113.0/24",
        "224.0.0.0/4",  # multicast
        "240.0.0.0/4",  # reserved, and broadcast
    )
)
# The only block that IANA has given out for unicast in the whole internet (RFC 4291, section 2.5.4) …
_GLOBAL_UNICAST: Final = IPv6Network("2000::/3")
# … and what in it is nobody's server.
_NOT_PUBLIC_V6: Final = tuple(
    IPv6Network(network)
    for network in (
        "2001::/23",  # Teredo, ORCHID and other protocol assignments (RFC 2928): some wrap IPv4 addresses
        "2001:db8::/32",  # documentation (RFC 3849)
        "2002::/16",  # 6to4 (RFC 3056, historic since RFC 7526): wraps IPv4 addresses
        "3fff::/20",  # documentation (RFC 9637)
    )
)
# DNS64 makes these for IPv4-only hosts (RFC 6052); the IPv4 address within decides. Local prefixes (RFC 8215) are inside.
_NAT64: Final = IPv6Network("64:ff9b::/96")


def is_public(address: IPv4Address | IPv6Address | str) -> bool:
    """Whether a stranger may make us connect to it. False for what is no address."""
    if isinstance(address, str):
        try:
            address = ip_address(address)
        except ValueError:
            return False
    if isinstance(address, IPv4Address):
        return not any(address in network for network in _NOT_PUBLIC_V4)
    if address.scope_id is not None:
        return False
    if address.ipv4_mapped is not None:
        return is_public(address.ipv4_mapped)
    if address in _NAT64:
        return is_public(IPv4Address(int(address) & 0xFFFF_FFFF))
    return address in _GLOBAL_UNICAST and not any(address in network for network in _NOT_PUBLIC_V6)
