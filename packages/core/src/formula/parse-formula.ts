/**
 * Operator-precedence parsing of formulas, with a stack of operators and one of operands instead of
 * recursion: no text, however deeply nested, can overflow the machine's stack.
 *
 *   loosest   a <-> b   groups to the left
 *             a -> b    groups to the right
 *             a | b
 *             a xor b   groups to the left
 *             a & b
 *   tightest  !a        exactlyOne(a, b, …)  atMostOne(a, b, …)  ( … )  true  false  name  "quoted name"
 */
import { closestNames } from "../errors/closest-names.ts";
import { ParseError } from "../errors/parse-error.ts";
import type { Formula } from "./ast.ts";
import { foreignWords, functions, type Operator, operators, type Token, tokenize } from "./tokens.ts";

/**
 * The formula that `source` is. O(length).
 * @throws ParseError with the place, what was expected and a way out
 */
export function parseFormula(source: string): Formula {
  const tokens = tokenize(source);
  // A formula on its own may be broken across lines anywhere.
  const { formula, next } = parseTokens(
    source,
    tokens.filter((token) => token.kind !== "line end"),
    0,
  );
  if (next.kind === "end") return formula;
  throw new ParseError(source, next.start, {
    code: "UNEXPECTED_TOKEN",
    message: `The formula is complete before ${show(next)}.`,
    given: next.text,
    expected: "the end of the formula",
    hint: "Formulas have neither weights nor full stops; read rules with parseRules.",
  });
}

/** An operator, an open parenthesis or an open argument list, and how many operands it has so far. */
interface Pending {
  readonly token: Token;
  /** Undefined for parentheses and argument lists. */
  readonly operator: Operator | undefined;
  readonly call: "exactlyOne" | "atMostOne" | undefined;
  operands: number;
}

interface State {
  readonly source: string;
  readonly tokens: readonly Token[];
  readonly operands: Formula[];
  readonly pending: Pending[];
  /** How many parentheses and argument lists are open. */
  depth: number;
  at: number;
}

/**
 * The formula that starts at `tokens[from]`, and the token after it: a line end outside parentheses, a full
 * stop, or the end.
 */
export function parseTokens(
  source: string,
  tokens: readonly Token[],
  from: number,
): { formula: Formula; next: Token; index: number } {
  const state: State = { source, tokens, operands: [], pending: [], depth: 0, at: from };
  for (;;) {
    operand(state);
    while (closes(state));
    const token = peek(state);
    if (token.kind === "operator" && token.text !== "!") {
      state.at++;
      infix(state, token, operators.find((operator) => operator.symbol === token.text)!);
    } else if (token.kind === "," && innermost(state)?.call !== undefined) {
      state.at++;
      reduce(state, 0);
      innermost(state)!.operands++;
    } else break;
  }
  const next = peek(state);
  if (next.kind !== "line end" && next.kind !== "full stop" && next.kind !== "end") {
    throw unexpectedInfix(state, next);
  }
  if (state.depth > 0) throw neverClosed(state);
  reduce(state, 0);
  return { formula: state.operands[0], next, index: state.at };
}

/** The current token; inside parentheses line ends are blanks. */
function peek(state: State): Token {
  while (state.depth > 0 && state.tokens[state.at].kind === "line end") state.at++;
  return state.tokens[state.at];
}

function innermost(state: State): Pending | undefined {
  return state.pending.findLast((pending) => pending.operator === undefined);
}

/** Reads prefixes (`!`, parentheses, function names) and one operand. */
function operand(state: State): void {
  for (;;) {
    const token = peek(state);
    if (token.kind === "name") state.operands.push({ kind: "var", name: token.text });
    else if (token.kind === "constant") {
      state.operands.push({ kind: "constant", value: token.text === "true" });
    } else if (token.text === "!" && token.kind === "operator") {
      state.pending.push({ token, operator: operators.at(-1)!, call: undefined, operands: 1 });
    } else if (token.kind === "(") open(state, token, undefined);
    else if (token.kind === "function") {
      const call = token.text as "exactlyOne" | "atMostOne";
      if (state.tokens[state.at + 1].kind !== "(") throw functionWithoutList(state, token);
      state.at++;
      open(state, token, call);
    } else throw missingOperand(state, token);
    state.at++;
    if (token.kind === "name" || token.kind === "constant") return;
  }
}

function open(state: State, token: Token, call: Pending["call"]): void {
  state.pending.push({ token, operator: undefined, call, operands: 1 });
  state.depth++;
}

/** Takes one closing parenthesis, if the current token is one. */
function closes(state: State): boolean {
  const token = peek(state);
  if (token.kind !== ")") return false;
  if (state.depth === 0) {
    throw new ParseError(state.source, token.start, {
      code: "UNBALANCED_PARENTHESIS",
      message: "This parenthesis closes nothing.",
      expected: "an operator, or the end of the rule",
      hint: "Remove it, or add the ( that it belongs to.",
    });
  }
  reduce(state, 0);
  const opened = state.pending.pop()!;
  if (opened.call !== undefined) {
    state.operands.push({ kind: opened.call, args: state.operands.splice(-opened.operands) });
  }
  state.depth--;
  state.at++;
  return true;
}

function infix(state: State, token: Token, operator: Operator): void {
  // What binds tighter to the left is complete, and so is an equal that groups to the left.
  reduce(state, operator.chain === "left" ? operator.binding : operator.binding + 1);
  const top = state.pending.at(-1);
  if (operator.chain === "flat" && top?.operator === operator) top.operands++;
  else state.pending.push({ token, operator, call: undefined, operands: 2 });
}

/**
 * Applies the pending operators that bind at least as tightly as `binding`, up to the innermost parenthesis.
 */
function reduce(state: State, binding: number): void {
  for (;;) {
    const top = state.pending.at(-1);
    if (top?.operator === undefined || top.operator.binding < binding) return;
    state.pending.pop();
    state.operands.push(apply(top.operator, state.operands.splice(-top.operands)));
  }
}

function apply(operator: Operator, args: Formula[]): Formula {
  switch (operator.kind) {
    case "not":
      return { kind: "not", of: args[0] };
    case "and":
    case "or":
      return { kind: operator.kind, args };
    default:
      return { kind: operator.kind as "iff" | "implies" | "xor", left: args[0], right: args[1] };
  }
}

function missingOperand(state: State, token: Token): ParseError {
  const before = state.tokens[state.at - 1];
  if ((token.kind === "end" || token.kind === "full stop") && state.depth > 0) return neverClosed(state);
  const after = before === undefined || before.kind === "line end" ? "" : ` after ${show(before)}`;
  return new ParseError(state.source, token.start, {
    code: token.kind === "end" ? "UNEXPECTED_END" : "UNEXPECTED_TOKEN",
    message: `A formula must follow${after}, but here is ${show(token)}.`,
    given: token.text,
    expected: "a name, true, false, !, ( or exactlyOne(…), atMostOne(…)",
    hint:
      token.kind === "number"
        ? "A weight stands only at the start of a rule; a name that starts with a digit goes in quotes."
        : "Add what is missing or remove the operator; a rule goes on in the next line only inside ( ).",
  });
}

function functionWithoutList(state: State, token: Token): ParseError {
  return new ParseError(state.source, token.end, {
    code: "UNEXPECTED_TOKEN",
    message: `${token.text} needs its arguments in parentheses.`,
    given: token.text,
    expected: "(",
    hint: `Write ${token.text}(a, b, c); a variable of that name goes in quotes.`,
  });
}

function neverClosed(state: State): ParseError {
  const opened = innermost(state)!;
  return new ParseError(state.source, opened.token.start, {
    code: "UNBALANCED_PARENTHESIS",
    message: "What is opened here is never closed.",
    expected: ")",
    hint: "Add the missing ); line ends inside parentheses do not end a rule.",
  });
}

function unexpectedInfix(state: State, token: Token): ParseError {
  const before = state.tokens[state.at - 1];
  const beforeMeant = before.kind === "name" ? foreignWords.get(before.text) : undefined;
  const meant = foreignWords.get(token.text) ?? beforeMeant;
  const facts = {
    code: "UNEXPECTED_TOKEN",
    given: token.text,
    expected: "an operator, or the end of the rule",
  };
  const message = `After ${show(before)} an operator must follow, not ${show(token)}.`;
  let hint = "Join formulas with & | xor -> or <->; a name with blanks in it goes in quotes.";
  if (token.kind === "name" && meant !== undefined) {
    const written = foreignWords.has(token.text) ? token.text : before.text;
    hint = `Write \`${meant}\` instead of \`${written}\`.`;
  } else if (token.kind === "(" && before.kind === "name") {
    const near = closestNames(before.text, functions, 1)[0];
    hint = `There are only the functions ${functions.join(" and ")}${near ? `: did you mean ${near}?` : "."}`;
    return new ParseError(state.source, before.start, { ...facts, code: "UNKNOWN_FUNCTION", message, hint });
  } else if (token.kind === ",")
    hint = "Commas stand only in exactlyOne(…) and atMostOne(…); write & for both.";
  else if (token.kind === "number") hint = "Write each rule on its own line, with its weight first.";
  return new ParseError(state.source, token.start, { ...facts, message, hint });
}

/** A token in a message. */
export function show(token: Token): string {
  if (token.kind === "end") return "the end of the text";
  if (token.kind === "line end") return "the end of the line";
  return token.kind === "full stop" ? "the full stop" : `\`${token.text}\``;
}
