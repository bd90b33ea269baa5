"""A hundred browsers that stop reading: what they cost is bounded in bytes, they are cut, and nothing is missing afterwards.

`python -m tests.chaos.stuck_sockets` is the same with a thousand, at a server in a process of its own.
"""

from inbox.kernel.audience import EVERYONE
from inbox.kernel.event_log import NewEvent
from realtime.wire import WRITE_BUFFER_BYTES
from tests.chaos.raw_socket import RawSocket
from tests.conftest import SeededAccount
from tests.realtime.conftest import Live, eventually

_STUCK = 100
_BODY_BYTES = 60_000
# 1.8 MB for each: past the write buffer and what both kernels keep for a window of a few kB.
_EVENTS = 30


def _waiting_bytes(live: Live) -> list[int]:
    """What the server holds for each connection that it has not given up."""
    wires = [socket.queue.wire for socket in live.gateway._sockets.values()]
    return [wire.transport.get_write_buffer_size() for wire in wires if wire is not None]


async def test_a_hundred_sockets_that_stop_reading_are_cut_at_their_bound_and_resume(
    live: Live, seed: SeededAccount
) -> None:
    port = int(live.url.rpartition(":")[2])
    reader = await live.connect(seed.ana)
    token = live.tokens.issue(seed.ana)
    stuck = [await RawSocket.connect(port, token, cursor=0, stuck=True) for _ in range(_STUCK)]
    for one in stuck:
        one.stop_reading()
    most, most_together = 0, 0
    event = NewEvent("department_updated", [EVERYONE], {"body": "x" * _BODY_BYTES})
    try:
        for n in range(_EVENTS):
            await live.log(seed.account_id, event)
            await reader.until(lambda n=n: len(reader.items) == n + 1)  # type: ignore[misc]
            waiting = _waiting_bytes(live)
            most, most_together = max([most, *waiting]), max(most_together, sum(waiting))
        frame = _BODY_BYTES + 1_000
        assert most + frame > WRITE_BUFFER_BYTES, "the bound was reached"
        assert most <= WRITE_BUFFER_BYTES + frame
        assert most_together <= (_STUCK + 1) * (WRITE_BUFFER_BYTES + frame)
        await eventually(lambda: len(live.gateway._sockets) == 1)
        assert sum(_waiting_bytes(live)) < frame
    finally:
        for one in stuck:
            one.abort()
    again = await live.connect(seed.ana, cursor=0)
    assert again.last("ready")["resumed"]
    assert again.seqs == reader.seqs == list(range(1, _EVENTS + 1))
