import react from "@vitejs/plugin-react";
import { defineConfig } from "vitest/config";

// A gateway with TLS has a certificate for the name that people use.
const api = process.env.WERKBANK_API ?? "http://localhost:9081";

export default defineConfig({
  base: "/",
  plugins: [react()],
  build: { target: "es2022", assetsInlineLimit: 0, chunkSizeWarningLimit: 600 },
  server: {
    host: true,
    proxy: {
      "/api": { target: api, secure: false },
      "/x/": { target: api, ws: true, secure: false },
    },
  },
  test: { environment: "jsdom", setupFiles: "./src/test/setup.ts" },
});
