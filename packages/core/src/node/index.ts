export { readBytes } from "./read-bytes.ts";
export { readText } from "./read-text.ts";
export { writeFileAtomic } from "./write-file-atomic.ts";
