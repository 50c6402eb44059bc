/** Example code in documentation: fenced TypeScript blocks in Markdown, and `@example` in doc comments. */

/** One example, complete in itself. */
export interface Snippet {
  /** The file that holds it. */
  readonly path: string;
  /** The line of the file, from 1, that holds the snippet's first line. */
  readonly line: number;
  readonly code: string;
  /** False for a fence marked `no-run` (a browser's code, say): it is type-checked only. */
  readonly run: boolean;
}

const OPENING = /^\s*```(?:ts|typescript)\b(.*)$/;
const CLOSING = /^\s*```\s*$/;

/** The fenced TypeScript blocks of a Markdown text; `firstLine` is the number of its first line. */
export function markdownSnippets(path: string, text: string, firstLine = 1): Snippet[] {
  const lines = text.split("\n");
  const found: Snippet[] = [];
  for (let at = 0; at < lines.length; at++) {
    const info = OPENING.exec(lines[at] ?? "")?.[1];
    if (info === undefined) continue;
    const end = lines.findIndex((line, index) => index > at && CLOSING.test(line));
    if (end < 0) throw new Error(`${path}:${firstLine + at}: the fence is never closed`);
    const code = lines.slice(at + 1, end).join("\n");
    found.push({ path, line: firstLine + at + 1, code, run: !/\bno-run\b/.test(info) });
    at = end;
  }
  return found;
}

/** The `@example` sections of a source file's doc comments: their fences, or all of their text if they have none. */
export function docCommentSnippets(path: string, source: string): Snippet[] {
  return [...source.matchAll(/\/\*\*[\s\S]*?\*\//g)].flatMap((comment) => {
    const firstLine = source.slice(0, comment.index).split("\n").length;
    const lines = comment[0]
      .replace(/^\/\*\*/, "")
      .replace(/\*\/$/, "")
      .split("\n")
      .map((line) => line.replace(/^\s*\* ?/, ""));
    return examplesIn(lines).flatMap(({ start, text }) => {
      const fenced = markdownSnippets(path, text, firstLine + start);
      if (fenced.length > 0 || text.trim() === "") return fenced;
      return [{ path, line: firstLine + start, code: text, run: true }];
    });
  });
}

/** Where `@example` sections begin, as indexes of lines, and their texts up to the next tag. */
function examplesIn(lines: readonly string[]): { readonly start: number; readonly text: string }[] {
  const found: { start: number; text: string }[] = [];
  lines.forEach((line, index) => {
    if (!/^@example\b/.test(line.trim())) return;
    const next = lines.findIndex((other, at) => at > index && /^@[a-z]+/i.test(other));
    const section = lines.slice(index + 1, next < 0 ? lines.length : next);
    found.push({ start: index + 1, text: section.join("\n") });
  });
  return found;
}
