/** The figure of a certification: certified top-1 and certified set size against the radius, side by side, as SVG. */
import * as Plot from "@observablehq/plot";
import { parseHTML } from "linkedom";

/** One point of a curve. */
export interface FigurePoint {
  readonly delta: number;
  readonly top1: number;
  readonly setSize: number;
  /** Which curve it belongs to. */
  readonly series: string;
}

/** The words around the curves. */
export interface FigureText {
  readonly title: string;
  readonly subtitle: string;
  /** What the radius measures, and in which unit. */
  readonly radius: string;
  /** The radius beyond which no vote of this many copies can certify, and what to call it. */
  readonly limit: number;
  readonly limitLabel: string;
}

/** For the first and the second series, from Okabe and Ito: apart for the color-blind, and in gray. */
const colors = ["#d55e00", "#0072b2"];
const [panelWidth, panelHeight, headHeight, margin] = [430, 330, 92, 20];
const font = "Helvetica, Arial, sans-serif";

/** The SVG document of a figure of two series. */
export function certificationFigure(points: readonly FigurePoint[], text: FigureText): string {
  const series = [...new Set(points.map((point) => point.series))];
  const largest = Math.max(...points.map((point) => point.setSize));
  const panels = [
    panel(points, series, "top1", {
      label: "Certified top-1 (share of records)",
      domain: [0, 1],
      percent: true,
      limit: [text],
    }),
    panel(points, series, "setSize", {
      label: "Mean size of certified 90 % sets (digits)",
      domain: [0, Math.ceil(largest)],
    }),
  ];
  const width = 2 * panelWidth + 2 * margin;
  const height = headHeight + panelHeight + 28;
  const legend = series.map((name, i) => {
    const x = margin + 6 + i * 190;
    const line = `<line x1="${x}" x2="${x + 26}" y1="76" y2="76" stroke="${colors[i]}" stroke-width="3"/>`;
    return `${line}<text x="${x + 34}" y="80" font-size="13">${escaped(name)}</text>`;
  });
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}"`,
    ` viewBox="0 0 ${width} ${height}" font-family="${font}" fill="#222" role="img">`,
    `<title>${escaped(text.title)}</title><rect width="100%" height="100%" fill="white"/>`,
    `<text x="${margin}" y="30" font-size="18" font-weight="600">${escaped(text.title)}</text>`,
    `<text x="${margin}" y="52" font-size="13" fill="#555">${escaped(text.subtitle)}</text>`,
    ...legend,
    ...panels.map(
      (svg, i) => `<g transform="translate(${margin + i * panelWidth},${headHeight})">${svg}</g>`,
    ),
    `<text x="${width / 2}" y="${height - 14}" font-size="13" text-anchor="middle">${escaped(text.radius)}</text>`,
    "</svg>\n",
  ].join("\n");
}

interface Axis {
  readonly label: string;
  readonly domain: readonly [number, number];
  readonly percent?: boolean;
  /** Vertical rules. */
  readonly limit?: readonly FigureText[];
}

function panel(points: readonly FigurePoint[], series: string[], y: "top1" | "setSize", axis: Axis): string {
  const { document } = parseHTML("<html><body></body></html>");
  const svg = Plot.plot({
    document,
    width: panelWidth,
    height: panelHeight,
    marginLeft: 46,
    marginRight: 24,
    marginTop: 32,
    marginBottom: 30,
    style: { fontSize: "12px", fontFamily: font, color: "#222" },
    x: { label: null, ticks: 7 },
    y: {
      label: axis.label,
      labelArrow: "none",
      domain: [...axis.domain],
      grid: true,
      ...(axis.percent ? { tickFormat: ".0%", ticks: 5 } : { ticks: axis.domain[1] }),
    },
    color: { domain: series, range: colors },
    marks: [
      Plot.ruleY([axis.domain[0]], { stroke: "#222" }),
      Plot.ruleX(axis.limit ?? [], { x: "limit", stroke: "#999", strokeDasharray: "3,3" }),
      Plot.text(axis.limit ?? [], {
        x: "limit",
        text: "limitLabel",
        frameAnchor: "top",
        dy: -15,
        fill: "#777",
        textAnchor: "end",
        dx: 22,
      }),
      Plot.line(points, { x: "delta", y, stroke: "series", strokeWidth: 2.5 }),
    ],
  });
  svg.setAttribute("xmlns", "http://www.w3.org/2000/svg");
  return svg.outerHTML;
}

function escaped(text: string): string {
  return text.replace(/&/g, "&amp;").replace(/</g, "&lt;").replace(/>/g, "&gt;");
}
