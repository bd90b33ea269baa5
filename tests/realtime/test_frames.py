"""The bytes that go to a transport are what a WebSocket peer reads."""

import orjson
import pytest
from websockets.frames import Frame as PeerFrame
from websockets.frames import Opcode
from websockets.streams import StreamReader

from realtime.frames import Frame, text_frame


@pytest.mark.parametrize("size", [0, 1, 125, 126, 65_535, 65_536, 200_000])
def test_a_frame_of_any_size_is_read_back(size: int) -> None:
    payload = b"x" * size
    reader = StreamReader()
    reader.feed_data(text_frame(payload))
    parsing = PeerFrame.parse(reader.read_exact, mask=False, max_size=None)
    with pytest.raises(StopIteration) as done:
        next(parsing)
    frame = done.value.value
    assert (frame.opcode, frame.fin, bytes(frame.data)) == (Opcode.TEXT, True, payload)


def test_an_event_is_an_engine_io_message_with_a_socket_io_event() -> None:
    frame = Frame("events", [{"seq": 1, "at": "ção"}])
    assert frame.wire.endswith(b"4" + frame.packet)
    assert frame.packet[:1] == b"2"
    assert orjson.loads(frame.packet[1:]) == ["events", [{"seq": 1, "at": "ção"}]]
