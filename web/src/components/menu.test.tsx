import { fireEvent, screen, waitFor } from "@testing-library/react";
import { useState } from "react";
import { describe, expect, it } from "vitest";
import { Dialog } from "@/components/dialog";
import { Menu } from "@/components/menu";
import { renderApp } from "@/test/render-app";

function Row() {
  const [isAsking, setAsking] = useState(false);
  return (
    <>
      <Menu
        label="Ações"
        sections={[
          { key: "all", entries: [{ key: "ask", label: "Remover", onSelect: () => setAsking(true) }] },
        ]}
        trigger={(props) => (
          <button type="button" {...props}>
            Mais
          </button>
        )}
      />
      {isAsking && (
        <Dialog title="Remover?" onClose={() => setAsking(false)}>
          <button type="button">Sim</button>
        </Dialog>
      )}
    </>
  );
}

describe("a dialog that a menu opened", () => {
  it("gives the focus back to the menu's button", async () => {
    await renderApp(<Row />);
    const button = screen.getByRole("button", { name: "Mais" });
    button.focus();
    fireEvent.click(button);
    fireEvent.click(await screen.findByText("Remover"));
    const dialog = await screen.findByRole("dialog", { name: "Remover?" });
    await waitFor(() => expect(dialog.contains(document.activeElement)).toBe(true));
    fireEvent.keyDown(dialog, { key: "Escape" });
    await waitFor(() => expect(screen.queryByRole("dialog")).toBeNull());
    await waitFor(() => expect(document.activeElement).toBe(button));
  });
});
