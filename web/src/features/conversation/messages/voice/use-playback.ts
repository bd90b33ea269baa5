import { useEffect, useState, type RefObject } from "react";
import { usePlaybackRate } from "./playback-rate";

export interface Playback {
  playing: boolean;
  positionMs: number;
  durationMs: number;
  failed: boolean;
  toggle: () => void;
  seek: (positionMs: number) => void;
  /** Spread on the audio element. */
  handlers: {
    onPlay: () => void;
    onPause: () => void;
    onEnded: () => void;
    onTimeUpdate: () => void;
    onDurationChange: () => void;
    onError: () => void;
  };
}

// Two voices at once are understood by nobody: starting one stops the other.
let sounding: HTMLAudioElement | null = null;

function setRate(element: HTMLAudioElement | null, rate: number): void {
  if (element !== null) element.playbackRate = rate;
}

function moveTo(element: HTMLAudioElement | null, positionMs: number): void {
  if (element !== null) element.currentTime = positionMs / 1000;
}

/** Plays one recording. `knownDurationMs` comes from the server or from decoding; ogg files often do not tell it. */
export function usePlayback(audio: RefObject<HTMLAudioElement | null>, knownDurationMs: number | null): Playback {
  const rate = usePlaybackRate();
  const [playing, setPlaying] = useState(false);
  const [positionMs, setPositionMs] = useState(0);
  const [toldDurationMs, setToldDurationMs] = useState<number | null>(null);
  const [failed, setFailed] = useState(false);

  useEffect(() => {
    setRate(audio.current, rate);
  }, [audio, rate, playing]);

  useEffect(() => {
    const element = audio.current;
    return () => {
      element?.pause();
      if (sounding === element) sounding = null;
    };
  }, [audio]);

  const durationMs = knownDurationMs ?? toldDurationMs ?? 0;
  return {
    playing,
    positionMs,
    durationMs,
    failed,
    toggle: () => {
      const element = audio.current;
      if (element === null) return;
      if (!element.paused) {
        element.pause();
        return;
      }
      // Refused without a gesture, or cut short by a pause: the button then just shows "play" again.
      element.play().catch(() => setPlaying(false));
    },
    seek: (wantedMs) => {
      const within = Math.min(durationMs, Math.max(0, wantedMs));
      moveTo(audio.current, within);
      setPositionMs(within);
    },
    handlers: {
      onPlay: () => {
        if (sounding !== audio.current) sounding?.pause();
        sounding = audio.current;
        setPlaying(true);
      },
      onPause: () => setPlaying(false),
      onEnded: () => {
        setPlaying(false);
        setPositionMs(0);
        moveTo(audio.current, 0);
      },
      onTimeUpdate: () => setPositionMs((audio.current?.currentTime ?? 0) * 1000),
      onDurationChange: () => {
        const seconds = audio.current?.duration ?? Number.NaN;
        if (Number.isFinite(seconds)) setToldDurationMs(seconds * 1000);
      },
      onError: () => setFailed(true),
    },
  };
}
