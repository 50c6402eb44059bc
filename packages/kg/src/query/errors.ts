/** Errors of the query package that know the query's text. */
import {
  caretFrame,
  type ErrorDocument,
  positionAt,
  type TextPosition,
  UnknownNameError,
} from "@credence/core";

/** A query that names an entity or relation that the graph lacks; with the place, if the query was written. */
export class UnknownNameInQueryError extends UnknownNameError {
  /** Line and column from 1, or undefined for a query made by a builder. */
  readonly position: TextPosition | undefined;
  /** The query's line with a caret, or undefined. */
  readonly frame: string | undefined;

  /** @param source the query's text and the offset of the name in it */
  constructor(
    kind: string,
    given: string,
    names: Iterable<string>,
    source: { readonly text: string; readonly offset: number } | undefined,
  ) {
    super(kind, given, names);
    this.position = source && positionAt(source.text, source.offset);
    this.frame = source && this.position && caretFrame(source.text, this.position);
  }

  override toJSON(): ErrorDocument {
    return { ...super.toJSON(), ...this.position };
  }

  override toString(): string {
    return this.frame === undefined ? super.toString() : `${super.toString()}\n${this.frame}`;
  }
}
