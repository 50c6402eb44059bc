/** Tests that need the shared folder. */
import { existsSync } from "node:fs";
import { describe } from "vitest";
import { sharedFolder } from "./shared-paths.ts";

export { sharedFolder, sharedJson, sharedPath, sharedText } from "./shared-paths.ts";

/**
 * `describe` for tests that need the shared folder: skipped with a message where it is absent, unless
 * `CREDENCE_REQUIRE_SHARED` is set (continuous integration), where its absence is a failure.
 */
export function describeShared(name: string, body: () => void): void {
  if (existsSync(sharedFolder)) describe(name, body);
  else if (process.env["CREDENCE_REQUIRE_SHARED"]) {
    throw new Error(`${name} needs the shared folder, and CREDENCE_REQUIRE_SHARED is set: ${sharedFolder}`);
  } else describe.skip(`${name} (skipped: no shared folder; set CREDENCE_SHARED)`, body);
}
