import { fileURLToPath } from "node:url";
import react from "@vitejs/plugin-react";
import { defineConfig, type Plugin } from "vitest/config";

/** Where `prosa run` listens by default; the dev server hands the live paths on to it. */
const SERVER = process.env.PROSA_URL ?? "http://127.0.0.1:8500";

/** `npm run dev:mock` starts from mock/main.ts (in-browser API and socket) instead of src/main.tsx; never in a build. */
function mockEntry(): Plugin {
  return {
    name: "prosa-mock-entry",
    apply: "serve",
    transformIndexHtml: {
      order: "pre",
      handler: (html) => html.replace("/src/main.tsx", "/mock/main.ts"),
    },
  };
}

export default defineConfig(({ mode }) => ({
  plugins: [react(), ...(mode === "mock" ? [mockEntry()] : [])],
  resolve: { alias: { "@": fileURLToPath(new URL("./src", import.meta.url)) } },
  server: {
    host: "127.0.0.1",
    proxy: {
      // As objects: the short form rewrites Host, and the server refuses changes from a foreign origin.
      "/api": { target: SERVER },
      "/media": { target: SERVER },
      "/socket.io": { target: SERVER, ws: true },
    },
  },
  build: {
    outDir: "dist",
    target: "es2022",
    sourcemap: false,
    chunkSizeWarningLimit: 900,
    manifest: true,
  },
  test: {
    environment: "jsdom",
    setupFiles: ["./vitest.setup.ts"],
    include: ["src/**/*.test.{ts,tsx}"],
    restoreMocks: true,
    // jsdom is made once per worker instead of once per file: a third of the time. Vitest alone would leave a core idle.
    pool: "vmThreads",
    maxWorkers: 2,
    // Styles are not looked at in jsdom; the colours themselves are.
    css: { include: [/tokens\.css/] },
  },
}));
