let context: AudioContext | null = null;

/** Two soft notes (E5, A5), made here: no file to fetch. Silent until the person has touched the page once. */
export function playPing(): void {
  try {
    context ??= new AudioContext();
    const audio = context;
    if (audio.state === "suspended") void audio.resume();
    const start = audio.currentTime;
    [659.25, 880].forEach((frequency, index) => {
      const at = start + index * 0.09;
      const tone = audio.createOscillator();
      const volume = audio.createGain();
      tone.type = "sine";
      tone.frequency.value = frequency;
      volume.gain.setValueAtTime(0, at);
      volume.gain.linearRampToValueAtTime(0.09, at + 0.012);
      volume.gain.exponentialRampToValueAtTime(0.0001, at + 0.32);
      tone.connect(volume).connect(audio.destination);
      tone.start(at);
      tone.stop(at + 0.34);
    });
  } catch {
    // A browser without audio misses a sound, nothing else.
  }
}
