"""Which addresses a stranger may make us connect to."""

import pytest

from inbox.kernel.public_address import is_public


@pytest.mark.parametrize(
    "address",
    [
        "8.8.8.8",
        "157.240.12.53",
        "1.1.1.1",
        "2606:4700:4700::1111",
        "2a03:2880:f105:283:face:b00c:0:25de",
        "::ffff:8.8.8.8",
        "64:ff9b::8.8.8.8",
    ],
)
def test_addresses_out_there_are_public(address: str) -> None:
    assert is_public(address)


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1", "127.8.9.10", "0.0.0.0", "0.1.2.3",
        "10.0.0.1", "172.16.0.1", "172.31.255.255", "192.168.1.1",
        "169.254.169.254",  # metadata services
        "100.64.0.1", "100.100.100.200",  # CGNAT; Alibaba's metadata
        "168.63.129.16",  # Azure's wire server
        "192.0.0.192",  # Oracle's metadata
        "192.0.2.1", "198.51.100.1", "203.0.113.1", "198.18.0.1",
        "224.0.0.1", "239.255.255.250", "240.0.0.1", "255.255.255.255",
        "::", "::1", "fe80::1", "fc00::1", "fd00:ec2::254", "fec0::1", "ff02::1",
        "::ffff:127.0.0.1", "::ffff:169.254.169.254", "::ffff:10.0.0.1", "::127.0.0.1",
        "64:ff9b::127.0.0.1", "64:ff9b::a9fe:a9fe", "64:ff9b:1::808:808",
        "2002:7f00:1::", "2002:a9fe:a9fe::1", "2002:808:808::1",
        "2001::1", "2001:0:4136:e378:8000:63bf:3fff:fdd2", "2001:db8::1", "3fff::1", "100::1", "5f00::1",
        "fe80::1%eth0", "8.8.8.8%1",
        "", "localhost", "127.1", "0x7f000001", "2130706433", "017700000001", "8.8.8.8 ", "[::1]",
    ],
)  # fmt: skip
def test_everything_else_is_not(address: str) -> None:
    assert not is_public(address)
