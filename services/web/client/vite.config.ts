import react from "@vitejs/plugin-react";
import { defineConfig } from "vitest/config";
import { fakeApi } from "./development/fakeApi";

const api = process.env.WERKBANK_API ?? "http://localhost:9081";
const isFake = process.env.WERKBANK_API === "fake";

export default defineConfig({
  base: "/",
  plugins: [react(), ...(isFake ? [fakeApi()] : [])],
  build: { target: "es2022", assetsInlineLimit: 0, chunkSizeWarningLimit: 600 },
  server: {
    host: true,
    proxy: isFake ? undefined : {
      "/api": { target: api },
      "/x/": { target: api, ws: true },
    },
  },
  test: { environment: "jsdom", setupFiles: "./src/test/setup.ts" },
});
