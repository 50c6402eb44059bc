/**
 * A server for pages that use the packages as they are published: ES modules from `dist`, found through an import map,
 * with no bundler between. `/isolated` is a page that may share memory with workers, `/plain` one that may not.
 */
import { existsSync, readFileSync } from "node:fs";
import { createServer, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import ts from "typescript";
import { isolationHeaders } from "./chromium.ts";

/** A running server. */
export interface PageServer {
  readonly origin: string;
  close(): void;
}

/** Serves a folder below which all modules are, with pages of this import map (from specifiers to paths). */
export async function servePages(
  root: string,
  imports: Readonly<Record<string, string>>,
): Promise<PageServer> {
  const map = JSON.stringify({ imports });
  const page = `<!doctype html><title>Credence</title><script type="importmap">${map}</script>`;
  const server = createServer((request, response) => {
    const path = new URL(request.url ?? "/", "http://localhost").pathname;
    if (path === "/isolated" || path === "/plain") {
      response.writeHead(200, {
        "content-type": "text/html",
        ...(path === "/plain" ? {} : isolationHeaders),
      });
      response.end(page);
    } else sendModule(response, join(root, path));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  return {
    origin: `http://127.0.0.1:${port}`,
    close() {
      server.closeAllConnections();
      server.close();
    },
  };
}

/** A module as it is, or, if it is TypeScript, without its types. */
function sendModule(response: ServerResponse, file: string): void {
  if (!/\.(js|ts)$/.test(file) || !existsSync(file)) {
    response.writeHead(404).end();
    return;
  }
  const text = readFileSync(file, "utf8");
  const options = {
    target: ts.ScriptTarget.ES2022,
    module: ts.ModuleKind.ESNext,
    verbatimModuleSyntax: true,
  };
  const code = file.endsWith(".ts") ? ts.transpile(text, options) : text;
  response.writeHead(200, { "content-type": "text/javascript" }).end(code);
}
