/** Chromium for the tests that need a real page: where it is, how it is started, and what happens without it. */
import { existsSync } from "node:fs";

/** Where Linux distributions put it. */
const USUAL = ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"];

const named = process.env["CREDENCE_CHROMIUM"];

/** `CREDENCE_CHROMIUM` (empty for none), or the browser in one of the usual places; undefined where there is none. */
export const chromiumPath: string | undefined =
  named === undefined ? USUAL.find((path) => existsSync(path)) : named || undefined;

/**
 * How Playwright starts it: headless and with a fresh profile, as always; without the sandbox, which Chromium does not
 * make for root; and without the services that would look for a network.
 */
export const launchOptions = {
  ...(chromiumPath === undefined ? {} : { executablePath: chromiumPath }),
  args: [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
  ],
};

/** What a server says so that a page may share memory with its workers. */
export const isolationHeaders: Readonly<Record<string, string>> = {
  "Cross-Origin-Opener-Policy": "same-origin",
  "Cross-Origin-Embedder-Policy": "require-corp",
};
