/**
 * ComplEx (Trouillon et al. 2016, equation 11): rows are complex vectors,
 *
 *   score(h, r, t) = Re Σ_k h_k r_k conj(t_k),
 *
 * stored as [re half | im half]. With q = h ⊙ r this is the real inner product ⟨[Re q | Im q], [Re t | Im t]⟩,
 * and with p = conj(r) ⊙ t it is ⟨p, h⟩. The gradient g of a query goes back as g ⊙ conj(r) to the head and
 * g ⊙ conj(h) to the relation.
 *
 * Penalties count moduli, Σ|z|³ (N3: Lacroix, Usunier & Obozinski 2018, section 4) or Σ|z|² (F2). The kbc
 * release takes square roots and then cubes, whose automatic derivative is NaN at z = 0; here the gradient of
 * |z|³ is 3|z|·z, which is exact and 0 there.
 */
import { InvalidArgumentError } from "@credence/core";
import type { Interaction } from "./interaction.ts";

/** A model family and its size. */
export interface ModelSpec {
  readonly kind: "complex";
  /** Coordinates of a row; complex ones count once. */
  readonly rank: number;
}

/** ComplEx with `rank` complex coordinates, so that a row has 2 · rank numbers. */
export function complex(options: { readonly rank: number }): ModelSpec {
  const { rank } = options;
  if (!Number.isInteger(rank) || rank < 1 || rank > 100_000) {
    throw new InvalidArgumentError("rank", rank, "an integer from 1 to 100000");
  }
  return Object.freeze({ kind: "complex", rank });
}

/** See the file's head. */
export const complexInteraction: Interaction = {
  name: "complex",
  rowLength: (rank) => 2 * rank,
  queryInto(out, at, rank, head, h, relation, r) {
    for (let k = 0; k < rank; k++) {
      const a = head[h + k];
      const b = head[h + rank + k];
      const c = relation[r + k];
      const d = relation[r + rank + k];
      out[at + k] = a * c - b * d;
      out[at + rank + k] = a * d + b * c;
    }
  },
  headQueryInto(out, at, rank, relation, r, tail, t) {
    for (let k = 0; k < rank; k++) {
      const a = tail[t + k];
      const b = tail[t + rank + k];
      const c = relation[r + k];
      const d = relation[r + rank + k];
      out[at + k] = a * c + b * d;
      out[at + rank + k] = b * c - a * d;
    }
  },
  backwardInto(gradients, parameters, h, r, rank, query, q) {
    const { entities, relations } = parameters;
    for (let k = 0; k < rank; k++) {
      const x = query[q + k];
      const y = query[q + rank + k];
      const a = entities[h + k];
      const b = entities[h + rank + k];
      const c = relations[r + k];
      const d = relations[r + rank + k];
      gradients.entities[h + k] += x * c + y * d;
      gradients.entities[h + rank + k] += y * c - x * d;
      gradients.relations[r + k] += x * a + y * b;
      gradients.relations[r + rank + k] += y * a - x * b;
    }
  },
  penaltyInto(gradient, row, at, rank, power, scale) {
    let sum = 0;
    for (let k = at; k < at + rank; k++) {
      const re = row[k];
      const im = row[k + rank];
      const square = re * re + im * im;
      const modulus = power === 3 ? Math.sqrt(square) : 1;
      sum += square * modulus;
      gradient[k] += scale * power * modulus * re;
      gradient[k + rank] += scale * power * modulus * im;
    }
    return scale * sum;
  },
  modulusInto(out, row, at, rank) {
    for (let k = 0; k < rank; k++) {
      const re = row[at + k];
      const im = row[at + rank + k];
      out[k] = Math.sqrt(re * re + im * im);
    }
  },
};

/** Everything a model may be made of, by kind. */
const interactions: Readonly<Record<ModelSpec["kind"], Interaction>> = { complex: complexInteraction };

/** The interaction of a specification. @throws InvalidArgumentError an unknown kind or a rank out of range */
export function interactionOf(spec: ModelSpec): Interaction {
  const found = Object.hasOwn(interactions, spec.kind) ? interactions[spec.kind] : undefined;
  if (found === undefined) {
    const known = Object.keys(interactions).join(", ");
    throw new InvalidArgumentError("model kind", spec.kind, `one of: ${known}`);
  }
  complex({ rank: spec.rank });
  return found;
}
