"""Voice notes: speech-like tones as OGG/OPUS, and the conversion of what a browser records."""

import array
import io
import math
import random
from functools import lru_cache
from typing import Final

import av
from av.audio.resampler import AudioResampler

from server.sandbox.luck import build_luck

# Synthesis at 16 kHz, which Opus takes as it is: a third of the work, and speech has no more. Recordings keep 48 kHz.
RATE: Final = 16_000
RECORDING_RATE: Final = 48_000
# Opus' default frame is 20 ms.
FRAME_SAMPLES: Final = RATE // 50
RECORDING_FRAME_SAMPLES: Final = RECORDING_RATE // 50
# 24 kbit/s is what phones use for speech.
BIT_RATE: Final = 24_000


@lru_cache(maxsize=16)
def build_voice_note(seconds: float, variant: int = 0) -> bytes:
    """An OGG/OPUS mono file in which somebody hums in syllables. Takes ~15 ms per second: run in a thread."""
    rng = build_luck(variant, f"voice:{seconds}")
    samples = array.array("h")
    pitch = rng.uniform(105, 210)
    while len(samples) < seconds * RATE:
        _append_syllable(samples, rng, pitch * rng.uniform(0.88, 1.16))
        samples.extend([0] * int(RATE * rng.choice((0.02, 0.04, 0.05, 0.22))))
    return _encode(samples[: int(seconds * RATE)])


def _append_syllable(samples: "array.array[int]", rng: random.Random, pitch: float) -> None:
    length = int(RATE * rng.uniform(0.09, 0.2))
    formant = rng.choice((2, 3, 4, 5))
    step = math.tau * pitch / RATE
    for n in range(length):
        swell = math.sin(math.pi * n / length) ** 1.4
        phase = step * n * (1 - 0.06 * n / length)
        tone = math.sin(phase) + 0.6 * math.sin(2 * phase) + 0.45 * math.sin(formant * phase)
        samples.append(int(6000 * swell * tone))


def _encode(samples: "array.array[int]") -> bytes:
    buffer = io.BytesIO()
    with av.open(buffer, "w", format="ogg") as container:
        stream = container.add_stream("libopus", rate=RATE)
        stream.layout = "mono"
        stream.bit_rate = BIT_RATE
        raw = samples.tobytes()
        size = FRAME_SAMPLES * 2
        for number, start in enumerate(range(0, len(raw) - size + 1, size)):
            frame = av.AudioFrame(format="s16", layout="mono", samples=FRAME_SAMPLES)
            frame.planes[0].update(raw[start : start + size])
            frame.sample_rate = RATE
            frame.pts = number * FRAME_SAMPLES
            container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
    return buffer.getvalue()


def convert_voice(data: bytes) -> bytes:
    """What MediaRecorder made (webm or mp4) as OGG/OPUS mono. Raises ValueError if it is no sound."""
    buffer = io.BytesIO()
    try:
        with av.open(io.BytesIO(data), "r") as source, av.open(buffer, "w", format="ogg") as target:
            stream = target.add_stream("libopus", rate=RECORDING_RATE)
            stream.layout = "mono"
            stream.bit_rate = BIT_RATE
            resampler = AudioResampler(
                format="s16", layout="mono", rate=RECORDING_RATE, frame_size=RECORDING_FRAME_SAMPLES
            )
            for frame in source.decode(audio=0):
                for piece in resampler.resample(frame):
                    target.mux(stream.encode(piece))
            for piece in resampler.resample(None):
                target.mux(stream.encode(piece))
            target.mux(stream.encode(None))
    except (av.FFmpegError, IndexError, ValueError) as error:
        raise ValueError("not a sound file") from error
    return buffer.getvalue()
