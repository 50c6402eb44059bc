/**
 * What a logic must satisfy, checked on the grid of eighths. Its points, their sums and products are exact in
 * floating point, so that t-norms with jumps (the drastic one, the nilpotent minimum) are judged by their
 * definition and not by rounding.
 */
import type { Logic } from "./logic.ts";

/** The first law that fails, and where: a text such as `and(0.5, 1) = 0.4`. */
export interface LogicFault {
  readonly law: string;
  readonly point: string;
}

/** How far a law may be missed: powers and logarithms in a t-norm's formula round. */
const SLACK = 1e-9;
const GRID = [0, 0.125, 0.25, 0.375, 0.5, 0.625, 0.75, 0.875, 1];

type Binary = "and" | "or" | "implies";

/** The first law that a logic breaks on the grid, or `undefined`. About 4,000 calls of its functions. */
export function logicFault(logic: Logic): LogicFault | undefined {
  return (
    rangeFault(logic) ??
    connectiveFault(logic, "and", 1) ??
    connectiveFault(logic, "or", 0) ??
    negationFault(logic) ??
    cornerFault(logic)
  );
}

function rangeFault(logic: Logic): LogicFault | undefined {
  for (const name of ["and", "or", "implies"] as const) {
    for (const a of GRID) {
      for (const b of GRID) {
        const value = logic[name](a, b);
        if (!(value >= 0 && value <= 1)) return { law: `${name} in [0, 1]`, point: at(name, a, b, value) };
      }
    }
  }
  return undefined;
}

/** Neutral and absorbing element, then what a t-norm and a t-conorm have in common. */
function connectiveFault(logic: Logic, name: "and" | "or", neutral: 0 | 1): LogicFault | undefined {
  const f = (a: number, b: number) => logic[name](a, b);
  const absorbing = 1 - neutral;
  for (const a of GRID) {
    if (!near(f(a, neutral), a)) {
      return { law: `${name}(a, ${neutral}) = a`, point: at(name, a, neutral, f(a, neutral)) };
    }
    if (!near(f(a, absorbing), absorbing)) {
      return {
        law: `${name}(a, ${absorbing}) = ${absorbing}`,
        point: at(name, a, absorbing, f(a, absorbing)),
      };
    }
  }
  return orderFault(name, f) ?? associativityFault(name, f);
}

/** Commutativity and monotonicity. */
function orderFault(name: "and" | "or", f: (a: number, b: number) => number): LogicFault | undefined {
  for (const a of GRID) {
    for (const b of GRID) {
      const here = at(name, a, b, f(a, b));
      if (!near(f(a, b), f(b, a))) {
        return { law: `${name}(a, b) = ${name}(b, a)`, point: `${here}, ${at(name, b, a, f(b, a))}` };
      }
      const more = b + 0.125;
      if (more <= 1 && f(a, more) < f(a, b) - SLACK) {
        return { law: `${name} is monotone`, point: `${here}, ${at(name, a, more, f(a, more))}` };
      }
    }
  }
  return undefined;
}

function associativityFault(name: "and" | "or", f: (a: number, b: number) => number): LogicFault | undefined {
  for (const a of GRID) {
    for (const b of GRID) {
      for (const c of GRID) {
        const [left, right] = [f(f(a, b), c), f(a, f(b, c))];
        if (near(left, right)) continue;
        const law = `${name}(${name}(a, b), c) = ${name}(a, ${name}(b, c))`;
        return { law, point: `a = ${a}, b = ${b}, c = ${c} give ${left} and ${right}` };
      }
    }
  }
  return undefined;
}

function negationFault(logic: Logic): LogicFault | undefined {
  if (!near(logic.not(0), 1)) return { law: "not(0) = 1", point: `not(0) = ${logic.not(0)}` };
  if (!near(logic.not(1), 0)) return { law: "not(1) = 0", point: `not(1) = ${logic.not(1)}` };
  for (const a of GRID.slice(1)) {
    const [less, more] = [logic.not(a - 0.125), logic.not(a)];
    if (!(more <= less + SLACK)) {
      return { law: "not is antitone", point: `not(${a - 0.125}) = ${less}, not(${a}) = ${more}` };
    }
  }
  return undefined;
}

function cornerFault(logic: Logic): LogicFault | undefined {
  for (const a of [0, 1]) {
    for (const b of [0, 1]) {
      const value = logic.implies(a, b);
      const wanted = a <= b ? 1 : 0;
      if (!near(value, wanted)) {
        return { law: `implies(${a}, ${b}) = ${wanted}`, point: at("implies", a, b, value) };
      }
    }
  }
  return undefined;
}

function near(x: number, y: number): boolean {
  return Math.abs(x - y) <= SLACK;
}

function at(name: Binary, a: number, b: number, value: number): string {
  return `${name}(${a}, ${b}) = ${value}`;
}
