/**
 * What the host can call, each in single and in double precision. `src/kernels/wasm/kernel-names.ts` lists
 * the names as the host knows them.
 */
import { csrChunk } from "./csr";
import { MaxLukasiewicz, MaxMin, MaxProduct, SumProduct } from "./fold";
import { gemmChunk } from "./gemm";
import { Exp, Log, Sigmoid, Softplus, mapChunk } from "./map";
import {
  Logistic, Softmax, collectChunk, gradientsChunk, logitsChunk, normalizeChunk,
} from "./one-vs-all";
import { Adagrad, Adam, updateChunk } from "./optimizers";
import { RowLogSumExp, RowMax, RowSum, crossEntropyChunk, reduceChunk, softmaxChunk } from "./rows";

export function gemmSumProductSingle(args: usize, chunk: i32, scratch: usize): void {
  gemmChunk<f32, SumProduct>(args, chunk, scratch);
}
export function gemmSumProductDouble(args: usize, chunk: i32, scratch: usize): void {
  gemmChunk<f64, SumProduct>(args, chunk, scratch);
}
export function gemmMaxProductSingle(args: usize, chunk: i32, scratch: usize): void {
  gemmChunk<f32, MaxProduct>(args, chunk, scratch);
}
export function gemmMaxProductDouble(args: usize, chunk: i32, scratch: usize): void {
  gemmChunk<f64, MaxProduct>(args, chunk, scratch);
}
export function gemmMaxMinSingle(args: usize, chunk: i32, scratch: usize): void {
  gemmChunk<f32, MaxMin>(args, chunk, scratch);
}
export function gemmMaxMinDouble(args: usize, chunk: i32, scratch: usize): void {
  gemmChunk<f64, MaxMin>(args, chunk, scratch);
}
export function gemmMaxLukasiewiczSingle(args: usize, chunk: i32, scratch: usize): void {
  gemmChunk<f32, MaxLukasiewicz>(args, chunk, scratch);
}
export function gemmMaxLukasiewiczDouble(args: usize, chunk: i32, scratch: usize): void {
  gemmChunk<f64, MaxLukasiewicz>(args, chunk, scratch);
}
export function csrSumProductSingle(args: usize, chunk: i32, scratch: usize): void {
  csrChunk<f32, SumProduct>(args, chunk, scratch);
}
export function csrSumProductDouble(args: usize, chunk: i32, scratch: usize): void {
  csrChunk<f64, SumProduct>(args, chunk, scratch);
}
export function csrMaxProductSingle(args: usize, chunk: i32, scratch: usize): void {
  csrChunk<f32, MaxProduct>(args, chunk, scratch);
}
export function csrMaxProductDouble(args: usize, chunk: i32, scratch: usize): void {
  csrChunk<f64, MaxProduct>(args, chunk, scratch);
}
export function csrMaxMinSingle(args: usize, chunk: i32, scratch: usize): void {
  csrChunk<f32, MaxMin>(args, chunk, scratch);
}
export function csrMaxMinDouble(args: usize, chunk: i32, scratch: usize): void {
  csrChunk<f64, MaxMin>(args, chunk, scratch);
}
export function csrMaxLukasiewiczSingle(args: usize, chunk: i32, scratch: usize): void {
  csrChunk<f32, MaxLukasiewicz>(args, chunk, scratch);
}
export function csrMaxLukasiewiczDouble(args: usize, chunk: i32, scratch: usize): void {
  csrChunk<f64, MaxLukasiewicz>(args, chunk, scratch);
}
export function mapExpSingle(args: usize, chunk: i32, scratch: usize): void {
  mapChunk<f32, Exp>(args, chunk, scratch);
}
export function mapExpDouble(args: usize, chunk: i32, scratch: usize): void {
  mapChunk<f64, Exp>(args, chunk, scratch);
}
export function mapLogSingle(args: usize, chunk: i32, scratch: usize): void {
  mapChunk<f32, Log>(args, chunk, scratch);
}
export function mapLogDouble(args: usize, chunk: i32, scratch: usize): void {
  mapChunk<f64, Log>(args, chunk, scratch);
}
export function mapSigmoidSingle(args: usize, chunk: i32, scratch: usize): void {
  mapChunk<f32, Sigmoid>(args, chunk, scratch);
}
export function mapSigmoidDouble(args: usize, chunk: i32, scratch: usize): void {
  mapChunk<f64, Sigmoid>(args, chunk, scratch);
}
export function mapSoftplusSingle(args: usize, chunk: i32, scratch: usize): void {
  mapChunk<f32, Softplus>(args, chunk, scratch);
}
export function mapSoftplusDouble(args: usize, chunk: i32, scratch: usize): void {
  mapChunk<f64, Softplus>(args, chunk, scratch);
}
export function rowSumSingle(args: usize, chunk: i32, scratch: usize): void {
  reduceChunk<f32, RowSum>(args, chunk, scratch);
}
export function rowSumDouble(args: usize, chunk: i32, scratch: usize): void {
  reduceChunk<f64, RowSum>(args, chunk, scratch);
}
export function rowMaxSingle(args: usize, chunk: i32, scratch: usize): void {
  reduceChunk<f32, RowMax>(args, chunk, scratch);
}
export function rowMaxDouble(args: usize, chunk: i32, scratch: usize): void {
  reduceChunk<f64, RowMax>(args, chunk, scratch);
}
export function rowLogSumExpSingle(args: usize, chunk: i32, scratch: usize): void {
  reduceChunk<f32, RowLogSumExp>(args, chunk, scratch);
}
export function rowLogSumExpDouble(args: usize, chunk: i32, scratch: usize): void {
  reduceChunk<f64, RowLogSumExp>(args, chunk, scratch);
}
export function softmaxSingle(args: usize, chunk: i32, scratch: usize): void {
  softmaxChunk<f32>(args, chunk, scratch);
}
export function softmaxDouble(args: usize, chunk: i32, scratch: usize): void {
  softmaxChunk<f64>(args, chunk, scratch);
}
export function updateAdagradSingle(args: usize, chunk: i32, scratch: usize): void {
  updateChunk<f32, Adagrad>(args, chunk, scratch);
}
export function updateAdagradDouble(args: usize, chunk: i32, scratch: usize): void {
  updateChunk<f64, Adagrad>(args, chunk, scratch);
}
export function updateAdamSingle(args: usize, chunk: i32, scratch: usize): void {
  updateChunk<f32, Adam>(args, chunk, scratch);
}
export function updateAdamDouble(args: usize, chunk: i32, scratch: usize): void {
  updateChunk<f64, Adam>(args, chunk, scratch);
}
export function logitsSoftmaxSingle(args: usize, chunk: i32, scratch: usize): void {
  logitsChunk<f32, Softmax>(args, chunk, scratch);
}
export function logitsSoftmaxDouble(args: usize, chunk: i32, scratch: usize): void {
  logitsChunk<f64, Softmax>(args, chunk, scratch);
}
export function logitsLogisticSingle(args: usize, chunk: i32, scratch: usize): void {
  logitsChunk<f32, Logistic>(args, chunk, scratch);
}
export function logitsLogisticDouble(args: usize, chunk: i32, scratch: usize): void {
  logitsChunk<f64, Logistic>(args, chunk, scratch);
}
export function normalizeSoftmaxSingle(args: usize, chunk: i32, scratch: usize): void {
  normalizeChunk<f32, Softmax>(args, chunk, scratch);
}
export function normalizeSoftmaxDouble(args: usize, chunk: i32, scratch: usize): void {
  normalizeChunk<f64, Softmax>(args, chunk, scratch);
}
export function normalizeLogisticSingle(args: usize, chunk: i32, scratch: usize): void {
  normalizeChunk<f32, Logistic>(args, chunk, scratch);
}
export function normalizeLogisticDouble(args: usize, chunk: i32, scratch: usize): void {
  normalizeChunk<f64, Logistic>(args, chunk, scratch);
}
export function gradientsSingle(args: usize, chunk: i32, scratch: usize): void {
  gradientsChunk<f32>(args, chunk, scratch);
}
export function gradientsDouble(args: usize, chunk: i32, scratch: usize): void {
  gradientsChunk<f64>(args, chunk, scratch);
}
export function collectSingle(args: usize, chunk: i32, scratch: usize): void {
  collectChunk<f32>(args, chunk, scratch);
}
export function collectDouble(args: usize, chunk: i32, scratch: usize): void {
  collectChunk<f64>(args, chunk, scratch);
}
export function crossEntropySingle(args: usize, chunk: i32, scratch: usize): void {
  crossEntropyChunk<f32>(args, chunk, scratch);
}
export function crossEntropyDouble(args: usize, chunk: i32, scratch: usize): void {
  crossEntropyChunk<f64>(args, chunk, scratch);
}
