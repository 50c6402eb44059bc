/**
 * The architecture as data: which package may use which, which folders its sources have, and where an external
 * package may be imported. A new dependency or folder is a decision, made here in the same commit.
 */

/** What one package may do. */
export interface PackageRules {
  /** Workspace packages that any of its files may import, by name. */
  readonly uses: readonly string[];
  /** Workspace and external packages that only some folders (below `src`) may import; "" is every folder. */
  readonly only: Readonly<Record<string, readonly string[]>>;
  /** Folders directly below `src`: nouns of the theory. */
  readonly folders: readonly string[];
  /** Folders that may import Node's own modules. */
  readonly node: readonly string[];
}

const words = (text: string): string[] => text.split(/\s+/).filter((word) => word !== "");

/** The rules by the package's folder name. */
export const rules: Readonly<Record<string, PackageRules>> = {
  core: {
    uses: [],
    only: { seedrandom: ["random"], mathjs: ["mathjs", "special"] },
    folders:
      words(`errors random progress vocabulary logspace special matrix sparse bitset order stats optimizer
      truth formula artifact delimited kernels tape layers onnx node mathjs`),
    node: ["node"],
  },
  circuits: {
    uses: ["@credence/core"],
    only: { graphology: ["graphology"] },
    folders:
      words(`circuit inputs properties vtree semiring evaluate derivative transforms sdd obdd ddnnf cnf compile
      queries bounds learn structures squared io graphology`),
    node: [],
  },
  kg: {
    uses: ["@credence/core"],
    only: { graphology: ["graphology"], "@duckdb/node-api": ["sql"] },
    folders: words(`graph read splits graphology models train ranking truth query queries baselines sql`),
    node: [],
  },
  conformal: {
    uses: ["@credence/core"],
    only: { "@credence/circuits": ["colep"] },
    folders: words(`quantile p-value scores split mondrian cross weighted online predictive venn-abers risk
      bounds certificate colep metrics report`),
    node: [],
  },
  beliefs: {
    uses: ["@credence/core", "@credence/circuits"],
    only: {},
    folders: words(`story proposition constraints encode filter repair tracker train evaluate simulate read`),
    node: [],
  },
  credence: {
    uses: words("@credence/core @credence/circuits @credence/kg @credence/conformal @credence/beliefs"),
    only: { commander: [""], "cli-progress": [""], "cli-table3": [""] },
    folders: words("terminal kg circuit conformal beliefs doctor"),
    node: [""],
  },
};

/** Whether a path below `src` lies in one of the folders. */
export function isIn(path: string, folders: readonly string[]): boolean {
  return folders.some((folder) => folder === "" || path.startsWith(`${folder}/`));
}
