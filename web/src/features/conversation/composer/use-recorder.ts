import { useEffect, useRef, useState } from "react";
import type { OutgoingFile } from "@/features/conversation/model/outbox";

/** The first that this browser records; the server makes OGG/OPUS of whatever it is. */
const TYPES = ["audio/ogg;codecs=opus", "audio/webm;codecs=opus", "audio/mp4"];
/** A shorter one is a slip of the finger. */
const SHORTEST_MS = 600;
/** Speech in Opus: 32 kbit/s is what the server writes too. */
const BITS_PER_SECOND = 32_000;

type State = { phase: "idle" } | { phase: "recording"; startedAt: number };

export function canRecord(): boolean {
  return typeof MediaRecorder !== "undefined" && "mediaDevices" in navigator;
}

export function useRecorder(onRecorded: (file: OutgoingFile) => void, onDenied: () => void) {
  const [state, setState] = useState<State>({ phase: "idle" });
  const recorder = useRef<MediaRecorder | null>(null);
  const keep = useRef(false);

  const stop = (keepIt: boolean) => {
    keep.current = keepIt;
    if (recorder.current?.state === "recording") recorder.current.stop();
  };

  // Leaving the conversation discards what is being recorded, and lets the microphone go.
  useEffect(() => () => stop(false), []);

  const start = async () => {
    let stream: MediaStream;
    try {
      stream = await navigator.mediaDevices.getUserMedia({
        audio: { echoCancellation: true, noiseSuppression: true },
      });
    } catch {
      onDenied();
      return;
    }
    const mimeType = TYPES.find((type) => MediaRecorder.isTypeSupported(type));
    const current = new MediaRecorder(stream, {
      ...(mimeType && { mimeType }),
      audioBitsPerSecond: BITS_PER_SECOND,
    });
    const parts: Blob[] = [];
    const startedAt = Date.now();
    current.ondataavailable = ({ data }) => parts.push(data);
    current.onstop = () => {
      for (const track of stream.getTracks()) track.stop();
      recorder.current = null;
      setState({ phase: "idle" });
      const durationMs = Date.now() - startedAt;
      if (!keep.current || durationMs < SHORTEST_MS) return;
      const type = current.mimeType.split(";")[0] ?? "audio/webm";
      const blob = new Blob(parts, { type });
      onRecorded({
        blob,
        name: `voice.${type.split("/")[1] ?? "webm"}`,
        kind: "audio",
        caption: "",
        voice: true,
        previewUrl: URL.createObjectURL(blob),
        width: null,
        height: null,
        durationMs,
        progress: 0,
      });
    };
    recorder.current = current;
    current.start();
    setState({ phase: "recording", startedAt });
  };

  return { state, start: () => void start(), send: () => stop(true), discard: () => stop(false) };
}
