/** Limits of compilations, which may need exponential time and space, and the error that says one was reached. */
import { CredenceError, InvalidArgumentError } from "@credence/core";

/** What a compilation may use; without limits it goes on until it is done. */
export interface Budget {
  /** Nodes made. */
  readonly nodes?: number;
  /** Time in milliseconds. */
  readonly milliseconds?: number;
}

/** A compilation that did not end within its budget. */
export class BudgetError extends CredenceError {
  /** What had been reached, by name. */
  readonly reached: Readonly<Record<string, number>>;

  constructor(what: string, limit: string, reached: Readonly<Record<string, number>>) {
    const text = Object.entries(reached).map(([name, value]) => `${name} ${value}`);
    super({
      code: "BUDGET_EXCEEDED",
      message: `${what} did not end within ${limit}; reached: ${text.join(", ")}.`,
      given: limit,
      expected: "a formula that can be compiled within the budget",
      hint: "Allow more time or nodes, fix some variables, or try another order or vtree.",
    });
    this.reached = reached;
  }
}

/** Watches a budget from the moment it is made. */
export interface BudgetWatch {
  /** @throws BudgetError if a limit has been passed */
  check(nodes: number, reached: () => Readonly<Record<string, number>>): void;
}

/** @throws InvalidArgumentError for limits that are not positive numbers */
export function watchBudget(what: string, { nodes, milliseconds }: Budget): BudgetWatch {
  for (const [name, limit] of Object.entries({ nodes, milliseconds })) {
    if (limit !== undefined && !(limit > 0)) throw new InvalidArgumentError(name, limit, "a number above 0");
  }
  const start = performance.now();
  return {
    check(made, reached) {
      if (nodes !== undefined && made > nodes) throw new BudgetError(what, `${nodes} nodes`, reached());
      if (milliseconds !== undefined && performance.now() - start > milliseconds) {
        throw new BudgetError(what, `${milliseconds} ms`, reached());
      }
    },
  };
}
