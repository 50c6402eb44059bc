/** DNFs to smooth d-DNNFs: their negation, a CNF, is compiled from the top down, and the result negated. */
import {
  type CompileCnfOptions,
  type CompiledCnf,
  compileCnf,
  compileCnfAsync,
} from "../ddnnf/compile-cnf.ts";
import { type Dnf, negatedDnf } from "./dnf.ts";
import { negatedNnf } from "./negate-nnf.ts";

/** Options of {@link compileDnf}. */
export type CompileDnfOptions = Omit<CompileCnfOptions, "projected">;

/**
 * Compiles a DNF; exponential in the worst case, as counting its models is.
 * @throws BudgetError `BUDGET_EXCEEDED` with what was reached; AbortedError, InvalidArgumentError
 */
export function compileDnf(formula: Dnf, options: CompileDnfOptions = {}): CompiledCnf {
  return negation(compileCnf(negatedDnf(formula), options));
}

/** {@link compileDnf} that gives the event loop its turn. */
export async function compileDnfAsync(formula: Dnf, options: CompileDnfOptions = {}): Promise<CompiledCnf> {
  return negation(await compileCnfAsync(negatedDnf(formula), options));
}

function negation(compiled: CompiledCnf): CompiledCnf {
  return { ...compiled, nnf: negatedNnf(compiled.nnf) };
}
