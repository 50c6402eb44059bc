/**
 * The negation of a d-DNNF whose disjunctions are decisions, as a d-DNNF of about the same size:
 *
 *   ¬(x ∧ A ∨ ¬x ∧ B) = x ∧ ¬A ∨ ¬x ∧ ¬B
 *   ¬(c_1 ∧ … ∧ c_k)  = ¬c_1 ∨ c_1 ∧ ¬(c_2 ∧ … ∧ c_k)
 *
 * Both sides of each ∨ exclude each other, and no ∧ joins what shares variables. For d-DNNFs whose disjunctions are
 * not decisions no such way is known (A. Darwiche, P. Marquis, "A knowledge compilation map", JAIR 17, 2002).
 */
import { type Nnf, type NnfBuilder, nnfBuilder, nnfKinds } from "../ddnnf/nnf.ts";
import { smoothNnf } from "../ddnnf/smooth.ts";

/** What stands for the constant false among the nodes that are made. */
const never = -1;

/**
 * The negation, smooth again. O(nodes · variables / 32), and what smoothing adds.
 * @param nnf as `compileCnf` makes it: every disjunction says which variable it decides, and each of its children is
 *   that variable's literal or a conjunction with it
 */
export function negatedNnf(nnf: Nnf): Nnf {
  const { size, kinds, labels, offsets, children } = nnf;
  const builder = nnfBuilder(nnf.variables);
  const same = new Int32Array(size);
  const negated = new Int32Array(size);
  const below = (node: number): number[] => [...children.subarray(offsets[node], offsets[node + 1])];
  /** ¬(parts_0 ∧ parts_1 ∧ …), from the end. */
  const notAll = (parts: readonly number[]): number =>
    parts.reduceRight((rest, part) => {
      const here = rest === never ? never : builder.and([same[part], rest]);
      return either(builder, [negated[part], here]);
    }, never);
  /** A branch of a decision, the literal apart from the rest, and the rest negated. */
  const branch = (child: number, variable: number): number => {
    const parts = kinds[child] === nnfKinds.and ? below(child) : [child];
    const at = parts.findIndex((part) => kinds[part] === nnfKinds.literal && labels[part] >> 1 === variable);
    const rest = notAll(parts.filter((_, i) => i !== at));
    return rest === never ? never : builder.and([same[parts[at]], rest]);
  };
  for (let node = 0; node < size; node++) {
    const [kind, label] = [kinds[node], labels[node]];
    if (kind === nnfKinds.literal) {
      same[node] = builder.literal(label);
      negated[node] = builder.literal(label ^ 1);
    } else if (kind === nnfKinds.free) {
      same[node] = builder.free(label);
      negated[node] = never;
    } else {
      const parts = below(node);
      const made = parts.map((part) => same[part]);
      same[node] = kind === nnfKinds.and ? builder.and(made) : builder.or(made, label);
      if (kind === nnfKinds.and) negated[node] = notAll(parts);
      else if (parts.length === 0) negated[node] = builder.and([]);
      else {
        const branches = parts.map((part) => branch(part, label));
        negated[node] = either(builder, branches, label);
      }
    }
  }
  const root = negated[size - 1];
  return smoothNnf(builder.build(root === never ? builder.or([]) : root));
}

/** The disjunction of what is not false. */
function either(builder: NnfBuilder, branches: readonly number[], decision = -1): number {
  const possible = branches.filter((branch) => branch !== never);
  return possible.length === 0 ? never : builder.or(possible, decision);
}
