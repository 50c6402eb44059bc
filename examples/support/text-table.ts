/** Plain aligned text tables. */

/** A header and rows as text, columns right-aligned and two spaces apart, with a rule under the header. */
export function textTable(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const widths = head.map((title, j) => Math.max(title.length, ...rows.map((row) => row[j].length)));
  const line = (cells: readonly string[]) => cells.map((cell, j) => cell.padStart(widths[j])).join("  ");
  return [line(head), widths.map((width) => "─".repeat(width)).join("──"), ...rows.map(line)].join("\n");
}
