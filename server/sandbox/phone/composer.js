// Writing: text, attachments, voice, replies and edits.

import { el, icon } from "./dom.js";
import { toggleAttachMenu } from "./menus.js";
import { askContact } from "./sheets.js";
import { summarise } from "./summary.js";
import { formatDuration, t } from "./texts.js";
import { startRecording } from "./voice.js";

const IMAGE_SIDE_MAX = 1600;
const byId = (id) => document.getElementById(id);

/** `chat`: {send(form), sendFile(kind, blob, extra), businessName()} */
export function createComposer(chat) {
  const input = byId("input");
  const send = byId("send");
  let replyTo = null;
  let editing = null;
  let recording = null;

  function grow() {
    input.style.height = "auto";
    input.style.height = `${Math.min(132, input.scrollHeight + 2)}px`;
    const empty = !input.value.trim();
    send.replaceChildren(icon(empty && !editing ? "mic" : "send"));
    send.setAttribute("aria-label", t(empty && !editing ? "record" : "send"));
    send.title = t(empty && !editing ? "record" : "send");
    send.dataset.mode = empty && !editing ? "record" : "send";
  }

  function refuse(message) {
    byId("refused").hidden = !message;
    byId("refused").textContent = message;
  }

  async function attempt(work) {
    refuse("");
    try {
      await work();
    } catch (error) {
      refuse(`${t("refused")} ${error.message}`);
    }
  }

  function withReply(form) {
    const full = replyTo ? { ...form, reply_to: replyTo.id } : form;
    stopQuoting();
    return full;
  }

  function stopQuoting() {
    if (editing) input.value = "";
    replyTo = null;
    editing = null;
    byId("quoting").hidden = true;
    grow();
  }

  function startQuoting(message, isEdit) {
    byId("quoting").hidden = false;
    byId("quoting-who").textContent = isEdit ? t("editing") : message.direction === "inbound" ? t("you") : chat.businessName();
    byId("quoting-text").textContent = summarise(message);
    input.focus();
    grow();
  }

  async function submit() {
    const text = input.value.trim();
    if (send.dataset.mode === "record") return record();
    if (!text) return undefined;
    const form = editing ? { edit: { message_id: editing.id, text } } : null;
    input.value = "";
    const whole = form ?? withReply({ text });
    if (form) stopQuoting();
    grow();
    input.focus();
    return attempt(() => chat.send(whole));
  }

  async function record() {
    try {
      recording = await startRecording();
    } catch {
      await attempt(() => chat.send(withReply({ voice: 4 })));
      return refuse(t("noMicrophone"));
    }
    const began = Date.now();
    byId("entry").hidden = true;
    byId("recording").hidden = false;
    byId("record-send").focus();
    recording.clock = setInterval(() => {
      byId("record-time").textContent = formatDuration((Date.now() - began) / 1000);
    }, 250);
    return undefined;
  }

  async function endRecording(keep) {
    if (!recording) return;
    const ended = recording;
    recording = null;
    clearInterval(ended.clock);
    byId("recording").hidden = true;
    byId("entry").hidden = false;
    byId("record-time").textContent = "0:00";
    input.focus();
    if (!keep) return ended.cancel();
    const blob = await ended.stop();
    await attempt(() => chat.sendFile("voice", blob, extra()));
  }

  function extra() {
    const reply = replyTo ? { reply_to: replyTo.id } : {};
    stopQuoting();
    return reply;
  }

  async function sendPicked(file) {
    if (!file) return;
    const caption = input.value.trim() ? { caption: input.value.trim() } : {};
    input.value = "";
    const more = { ...extra(), ...caption };
    await attempt(async () => {
      if (file.type.startsWith("video/")) return chat.sendFile("video", file, more);
      if (file.type.startsWith("image/")) return chat.sendFile("image", await shrink(file), more);
      return chat.sendFile("document", file, { ...more, filename: file.name });
    });
  }

  function place() {
    const fallback = { latitude: -23.5891, longitude: -46.6345, name: "Vila Mariana", address: "São Paulo, SP" };
    attempt(() => chat.send(withReply({ location: fallback })));
  }

  const entries = () => [
    { icon: "picture", tone: "#7b3f8c", label: t("picture"), testid: "phone-attach-picture", run: () => byId("file-picture").click() },
    { icon: "file", tone: "#2b628f", label: t("file"), testid: "phone-attach-document", run: () => byId("file-document").click() },
    { icon: "mic", tone: "#9c4221", label: t("sampleVoice"), testid: "phone-attach-voice", run: () => attempt(() => chat.send(withReply({ voice: 4 }))) },
    { icon: "pin", tone: "#2f6a3a", label: t("location"), testid: "phone-attach-location", run: place },
    { icon: "sticker", tone: "#6f5a1e", label: t("sticker"), testid: "phone-attach-sticker", run: () => attempt(() => chat.send(withReply({ sticker: "feliz" }))) },
    { icon: "person", tone: "#0f6f6a", label: t("contact"), testid: "phone-attach-contact", run: () => askContact((contact) => attempt(() => chat.send(withReply({ contact })))) },
  ];

  byId("attach").append(icon("plus"));
  byId("quoting-stop").append(icon("close"));
  byId("record-cancel").append(icon("trash"));
  byId("record-send").append(icon("send"));
  byId("attach").addEventListener("click", () => toggleAttachMenu(byId("attach"), entries()));
  byId("quoting-stop").addEventListener("click", stopQuoting);
  byId("record-cancel").addEventListener("click", () => endRecording(false));
  byId("record-send").addEventListener("click", () => endRecording(true));
  for (const id of ["file-picture", "file-document"]) {
    byId(id).addEventListener("change", () => {
      sendPicked(byId(id).files[0]);
      byId(id).value = "";
    });
  }
  byId("composer").addEventListener("submit", (event) => {
    event.preventDefault();
    submit();
  });
  input.addEventListener("input", grow);
  input.addEventListener("keydown", (event) => {
    if (event.key === "Escape") stopQuoting();
    if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
    event.preventDefault();
    if (input.value.trim()) submit();
  });
  input.addEventListener("paste", (event) => {
    const file = [...event.clipboardData.files][0];
    if (file) sendPicked(file);
  });

  return {
    grow,
    attempt,
    focus: () => input.focus(),
    reset: () => {
      input.value = "";
      refuse("");
      stopQuoting();
    },
    enable: (on) => {
      byId("composer").hidden = !on;
    },
    reply: (message) => {
      stopQuoting();
      replyTo = message;
      startQuoting(message, false);
    },
    edit: (message) => {
      stopQuoting();
      editing = message;
      input.value = message.content.body;
      startQuoting(message, true);
    },
  };
}

/** Phones shrink photos before sending; HEIC and the like become JPEG on the way. */
async function shrink(file) {
  const bitmap = await createImageBitmap(file);
  const scale = Math.min(1, IMAGE_SIDE_MAX / Math.max(bitmap.width, bitmap.height));
  const canvas = el("canvas", { width: Math.round(bitmap.width * scale), height: Math.round(bitmap.height * scale) });
  const pen = canvas.getContext("2d");
  pen.fillStyle = "#fff";
  pen.fillRect(0, 0, canvas.width, canvas.height);
  pen.drawImage(bitmap, 0, 0, canvas.width, canvas.height);
  return new Promise((resolve) => canvas.toBlob(resolve, "image/jpeg", 0.85));
}
