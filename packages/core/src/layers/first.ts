/** The first entries of an array: the array itself where that is all of them. */
export function first<A extends Float32Array | Float64Array | Int32Array>(data: A, count: number): A {
  return data.length === count ? data : (data.subarray(0, count) as A);
}
