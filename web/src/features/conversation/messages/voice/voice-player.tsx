import { Download, Mic, Music, Pause, Play } from "lucide-react";
import { useEffect, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { duration as playingTime } from "@/lib/time/format";
import { canPlay } from "./can-play";
import { decodedPeaks, type DecodedPeaks } from "./decoded-peaks";
import { changePlaybackRate, nextPlaybackRate, usePlaybackRate } from "./playback-rate";
import { usePlayback } from "./use-playback";
import { WaveformSlider } from "./waveform-slider";
import classes from "./voice-player.module.css";

interface VoicePlayerProps {
  url: string;
  mimeType: string;
  size: number | null;
  durationMs: number | null;
  fileName: string | null;
  /** A voice note, as opposed to a sound file. */
  voice: boolean;
}

export function VoicePlayer({ url, mimeType, size, durationMs, fileName, voice }: VoicePlayerProps) {
  const { t, i18n } = useTranslation("messages");
  const audio = useRef<HTMLAudioElement>(null);
  const playable = canPlay(mimeType);
  const decoded = useDecodedPeaks(url, size, playable);
  const playback = usePlayback(audio, durationMs ?? decoded?.durationMs ?? null);
  const rate = usePlaybackRate();
  if (!playable || playback.failed) return <Unplayable url={url} fileName={fileName} mimeType={mimeType} />;
  const shownMs = playback.playing || playback.positionMs > 0 ? playback.positionMs : playback.durationMs;
  const Icon = voice ? Mic : Music;
  return (
    <div className={classes.player} data-player role="group" aria-label={t(voice ? "voice.label" : "audio.label")}>
      <button
        type="button"
        className={classes.toggle}
        aria-label={t(playback.playing ? "voice.pause" : "voice.play")}
        onClick={playback.toggle}
      >
        {playback.playing ? <Pause size={20} aria-hidden /> : <Play size={20} aria-hidden />}
      </button>
      <div className={classes.track}>
        {!voice && fileName !== null && <span className={classes.name}>{fileName}</span>}
        <WaveformSlider
          peaks={decoded?.peaks ?? null}
          positionMs={playback.positionMs}
          durationMs={playback.durationMs}
          playing={playback.playing}
          onSeek={playback.seek}
          onToggle={playback.toggle}
        />
        <div className={classes.facts}>
          <Icon size={12} aria-hidden />
          <span>{playingTime(shownMs)}</span>
        </div>
      </div>
      <button
        type="button"
        className={classes.rate}
        aria-label={t("voice.rate", { rate: rate.toLocaleString(i18n.language) })}
        onClick={() => changePlaybackRate(nextPlaybackRate(rate))}
      >
        {rate.toLocaleString(i18n.language)}×
      </button>
      <audio ref={audio} src={url} preload="none" {...playback.handlers} />
    </div>
  );
}

/** Null until the bars are known, and for good when they cannot be. */
function useDecodedPeaks(url: string, size: number | null, playable: boolean): DecodedPeaks | null {
  const [decoded, setDecoded] = useState<{ url: string; peaks: DecodedPeaks | null } | null>(null);
  useEffect(() => {
    if (!playable) return;
    let gone = false;
    void decodedPeaks(url, size).then((peaks) => {
      if (!gone) setDecoded({ url, peaks });
    });
    return () => {
      gone = true;
    };
  }, [url, size, playable]);
  return decoded?.url === url ? decoded.peaks : null;
}

function Unplayable({ url, fileName, mimeType }: { url: string; fileName: string | null; mimeType: string }) {
  const { t } = useTranslation("messages");
  const format = /\/([\w-]+)/.exec(mimeType)?.[1]?.toUpperCase() ?? "";
  return (
    <div className={classes.unplayable}>
      <Mic size={20} aria-hidden />
      <div>
        <p>{t("voice.unplayable", { format })}</p>
        <a href={url} download={fileName ?? true}>
          <Download size={14} aria-hidden />
          {t("voice.download")}
        </a>
      </div>
    </div>
  );
}
