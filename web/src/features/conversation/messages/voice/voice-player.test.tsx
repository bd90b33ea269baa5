import { fireEvent, screen } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { beforeEach, describe, expect, it, vi } from "vitest";
import { renderMessages } from "../render-messages";
import { changePlaybackRate } from "./playback-rate";
import { VoicePlayer } from "./voice-player";

const PLAYABLE = "audio/ogg; codecs=opus";

function player(mimeType = PLAYABLE) {
  return <VoicePlayer url="data:audio/wav;base64,AA==" mimeType={mimeType} size={10} durationMs={60_000} fileName={null} voice />;
}

// jsdom has no sound: the element is told to behave as one that plays.
beforeEach(() => {
  changePlaybackRate(1);
  vi.spyOn(HTMLMediaElement.prototype, "canPlayType").mockImplementation((type) => (type === PLAYABLE ? "probably" : ""));
  vi.spyOn(HTMLMediaElement.prototype, "play").mockImplementation(function play(this: HTMLMediaElement) {
    Object.defineProperty(this, "paused", { value: false, configurable: true });
    fireEvent.play(this);
    return Promise.resolve();
  });
  vi.spyOn(HTMLMediaElement.prototype, "pause").mockImplementation(function pause(this: HTMLMediaElement) {
    Object.defineProperty(this, "paused", { value: true, configurable: true });
    fireEvent.pause(this);
  });
});

describe("voice player", () => {
  it("seeks, jumps and toggles by keyboard", async () => {
    await renderMessages(player());
    const slider = screen.getByRole("slider", { name: "Posição" });
    expect(slider).toHaveAttribute("aria-valuemax", "60");
    slider.focus();
    await userEvent.keyboard("{ArrowRight}{ArrowRight}");
    expect(slider).toHaveAttribute("aria-valuetext", "0:10 de 1:00");
    await userEvent.keyboard("{ArrowLeft}");
    expect(slider).toHaveAttribute("aria-valuenow", "5");
    await userEvent.keyboard("{End}");
    expect(slider).toHaveAttribute("aria-valuenow", "60");
    await userEvent.keyboard("{Home}");
    expect(slider).toHaveAttribute("aria-valuenow", "0");
    await userEvent.keyboard(" ");
    expect(screen.getByRole("button", { name: "Pausar" })).toBeInTheDocument();
    await userEvent.keyboard(" ");
    expect(screen.getByRole("button", { name: "Ouvir" })).toBeInTheDocument();
  });

  it("steps through the speeds, for all players at once", async () => {
    await renderMessages(
      <>
        {player()}
        {player()}
      </>,
    );
    const [first] = screen.getAllByRole("button", { name: "Velocidade: 1×" });
    if (first === undefined) throw new Error("no speed button");
    await userEvent.click(first);
    expect(screen.getAllByRole("button", { name: "Velocidade: 1,5×" })).toHaveLength(2);
    await userEvent.click(first);
    await userEvent.click(first);
    expect(screen.getAllByRole("button", { name: "Velocidade: 1×" })).toHaveLength(2);
  });

  it("stops the voice that speaks when another one starts", async () => {
    await renderMessages(
      <>
        {player()}
        {player()}
      </>,
    );
    const [first, second] = screen.getAllByRole("button", { name: "Ouvir" });
    if (first === undefined || second === undefined) throw new Error("two players expected");
    await userEvent.click(first);
    await userEvent.click(second);
    expect(screen.getAllByRole("button", { name: "Pausar" })).toEqual([second]);
  });

  it("offers the file where the browser cannot play it", async () => {
    await renderMessages(player("audio/x-unknown"));
    expect(screen.getByRole("link", { name: "Baixar áudio" })).toHaveAttribute("download");
    expect(screen.queryByRole("slider")).toBeNull();
  });

  it("offers the file when playing fails", async () => {
    const { container } = await renderMessages(player());
    const audio = container.querySelector("audio");
    if (audio === null) throw new Error("no audio element");
    fireEvent.error(audio);
    expect(screen.getByRole("link", { name: "Baixar áudio" })).toBeInTheDocument();
  });
});
