/** A reloading page with the fake API behind it: `npm run look`. */
import react from "@vitejs/plugin-react";
import { defineConfig } from "vite";
import { fakeApi } from "./fakeApi";

export default defineConfig({ plugins: [react(), fakeApi()], server: { host: true } });
