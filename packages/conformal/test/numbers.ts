/** Numbers of the shared vectors: infinities and NaN are texts there. */
export type Encoded = number | string;

export const decoded = (value: Encoded): number => Number(value);
