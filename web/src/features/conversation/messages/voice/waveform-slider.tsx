import { useMemo, type KeyboardEvent, type PointerEvent } from "react";
import { useTranslation } from "react-i18next";
import { duration as playingTime } from "@/lib/time/format";
import { BAR_COUNT } from "./decoded-peaks";
import { barsPath } from "./waveform";
import classes from "./waveform-slider.module.css";

interface WaveformSliderProps {
  /** Null while unknown: a dotted line is honest, invented bars are not. */
  peaks: number[] | null;
  positionMs: number;
  durationMs: number;
  playing: boolean;
  onSeek: (positionMs: number) => void;
  onToggle: () => void;
}

const HEIGHT = 28;
const SILENCE = new Array<number>(BAR_COUNT).fill(0);
// Five seconds find a word again in a long note; a short one is crossed in ten steps.
const STEP_MS = 5_000;
const STEPS_MIN = 10;

export function WaveformSlider({ peaks, positionMs, durationMs, playing, onSeek, onToggle }: WaveformSliderProps) {
  const { t } = useTranslation("messages");
  const path = useMemo(() => barsPath(peaks ?? SILENCE, HEIGHT), [peaks]);
  const share = durationMs > 0 ? Math.min(1, positionMs / durationMs) : 0;
  const step = Math.min(STEP_MS, durationMs / STEPS_MIN);
  const onKeyDown = (event: KeyboardEvent) => {
    const action = new Map<string, () => void>([
      ["ArrowRight", () => onSeek(positionMs + step)],
      ["ArrowUp", () => onSeek(positionMs + step)],
      ["ArrowLeft", () => onSeek(positionMs - step)],
      ["ArrowDown", () => onSeek(positionMs - step)],
      ["Home", () => onSeek(0)],
      ["End", () => onSeek(durationMs)],
      [" ", onToggle],
      ["Enter", onToggle],
    ]).get(event.key);
    if (action === undefined) return;
    event.preventDefault();
    event.stopPropagation();
    action();
  };
  const seekTo = (event: PointerEvent<HTMLDivElement>) => {
    const box = event.currentTarget.getBoundingClientRect();
    if (box.width > 0) onSeek(((event.clientX - box.left) / box.width) * durationMs);
  };
  return (
    <div
      className={classes.slider}
      role="slider"
      tabIndex={0}
      aria-label={t("voice.position")}
      aria-valuemin={0}
      aria-valuemax={Math.round(durationMs / 1000)}
      aria-valuenow={Math.round(positionMs / 1000)}
      aria-valuetext={t("voice.positionOf", { position: playingTime(positionMs), duration: playingTime(durationMs) })}
      data-playing={playing}
      data-known={peaks !== null}
      style={{ "--played": `${share * 100}%` }}
      onKeyDown={onKeyDown}
      onPointerDown={(event) => {
        event.currentTarget.setPointerCapture(event.pointerId);
        seekTo(event);
      }}
      onPointerMove={(event) => {
        if (event.buttons === 1) seekTo(event);
      }}
    >
      <Bars path={path} className={classes.all} />
      <Bars path={path} className={classes.played} />
      <span className={classes.knob} />
    </div>
  );
}

function Bars({ path, className }: { path: string; className: string | undefined }) {
  return (
    <svg className={className} viewBox={`0 0 ${BAR_COUNT} ${HEIGHT}`} preserveAspectRatio="none" aria-hidden>
      <path d={path} vectorEffect="non-scaling-stroke" />
    </svg>
  );
}
