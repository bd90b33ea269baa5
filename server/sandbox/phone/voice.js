// Recording a voice note with the microphone. Without one the caller sends a made-up note.

const TYPES = ["audio/ogg;codecs=opus", "audio/webm;codecs=opus", "audio/mp4"];

/** Starts recording; returns {stop(): Promise<Blob>, cancel()}. Rejects if there is no microphone. */
export async function startRecording() {
  if (!navigator.mediaDevices?.getUserMedia || !window.MediaRecorder) throw new Error("no microphone");
  const stream = await navigator.mediaDevices.getUserMedia({ audio: true });
  const type = TYPES.find((each) => MediaRecorder.isTypeSupported(each)) ?? "";
  const recorder = new MediaRecorder(stream, type ? { mimeType: type } : undefined);
  const pieces = [];
  recorder.ondataavailable = (event) => pieces.push(event.data);
  recorder.start(250);
  const release = () => stream.getTracks().forEach((track) => track.stop());
  return {
    stop: () => new Promise((resolve) => {
      recorder.onstop = () => {
        release();
        resolve(new Blob(pieces, { type: recorder.mimeType }));
      };
      recorder.stop();
    }),
    cancel: () => {
      recorder.onstop = release;
      recorder.stop();
    },
  };
}
