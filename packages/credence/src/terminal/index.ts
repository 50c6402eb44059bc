export { interruptible } from "./interrupt.ts";
export { decimal, jsonText, printError, printResult, table } from "./output.ts";
export { type ProgressDisplay, progressDisplay } from "./progress.ts";
export { saveFile } from "./save.ts";
