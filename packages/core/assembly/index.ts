/**
 * What the host can call, each in single and in double precision. `src/kernels/wasm/kernel-names.ts` lists
 * the names as the host knows them.
 */
import { circuitTileChunk } from "./circuit-sparse";
import {
  latentCollectChunk, latentCountsChunk, latentLoadChunk, latentValuesChunk,
} from "./circuit-latent";
import { csrChunk } from "./csr";
import { MaxLukasiewicz, MaxMin, MaxProduct, SumProduct } from "./fold";
import { gemmChunk } from "./gemm-cells";
import { gatherChunk, scatterAddChunk } from "./indices";
import {
  ColumnPlain, ColumnStandardized, columnsChunk, layerNormChunk, layerNormGradientChunk,
} from "./layer-norm";
import {
  Exp, Gelu, Log, Relu, Sigmoid, Softplus, Tanh, mapChunk, mapGradientChunk,
} from "./map";
import {
  Logistic, Softmax, collectChunk, gradientsChunk, logitsChunk, normalizeChunk,
} from "./one-vs-all";
import { Adagrad, Adam, Descent, Momentum, updateChunk } from "./optimizers";
import { argsortChunk, topKChunk } from "./order";
import { pairCountsChunk } from "./pair-counts";
import {
  RowLogSumExp, RowMax, RowSum, RowSumOfSquares, crossEntropyChunk, reduceChunk, reduceGradientChunk,
  softmaxChunk, softmaxGradientChunk,
} from "./rows";
import { sparseChunk, sparseCountChunk } from "./sparse";

export function gemmSumProductSingle(args: usize, chunk: i32, scratch: usize): void {
  gemmChunk<f32>(args, chunk, scratch);
}
export function gemmSumProductDouble(args: usize, chunk: i32, scratch: usize): void {
  gemmChunk<f64>(args, chunk, scratch);
}
export function gemmMaximumSingle(args: usize, chunk: i32, scratch: usize): void {
  gemmChunk<f32>(args, chunk, scratch);
}
export function gemmMaximumDouble(args: usize, chunk: i32, scratch: usize): void {
  gemmChunk<f64>(args, chunk, scratch);
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
export function latentLoadSingle(args: usize, chunk: i32, scratch: usize): void {
  latentLoadChunk<f32>(args, chunk, scratch);
}
export function latentLoadDouble(args: usize, chunk: i32, scratch: usize): void {
  latentLoadChunk<f64>(args, chunk, scratch);
}
export function latentValuesSingle(args: usize, chunk: i32, scratch: usize): void {
  latentValuesChunk<f32>(args, chunk, scratch);
}
export function latentValuesDouble(args: usize, chunk: i32, scratch: usize): void {
  latentValuesChunk<f64>(args, chunk, scratch);
}
export function latentCountsSingle(args: usize, chunk: i32, scratch: usize): void {
  latentCountsChunk<f32>(args, chunk, scratch);
}
export function latentCountsDouble(args: usize, chunk: i32, scratch: usize): void {
  latentCountsChunk<f64>(args, chunk, scratch);
}
export function latentCollectSingle(args: usize, chunk: i32, scratch: usize): void {
  latentCollectChunk<f32>(args, chunk, scratch);
}
export function latentCollectDouble(args: usize, chunk: i32, scratch: usize): void {
  latentCollectChunk<f64>(args, chunk, scratch);
}
export function mapTanhSingle(args: usize, chunk: i32, scratch: usize): void {
  mapChunk<f32, Tanh>(args, chunk, scratch);
}
export function mapTanhDouble(args: usize, chunk: i32, scratch: usize): void {
  mapChunk<f64, Tanh>(args, chunk, scratch);
}
export function mapGeluSingle(args: usize, chunk: i32, scratch: usize): void {
  mapChunk<f32, Gelu>(args, chunk, scratch);
}
export function mapGeluDouble(args: usize, chunk: i32, scratch: usize): void {
  mapChunk<f64, Gelu>(args, chunk, scratch);
}
export function mapReluSingle(args: usize, chunk: i32, scratch: usize): void {
  mapChunk<f32, Relu>(args, chunk, scratch);
}
export function mapReluDouble(args: usize, chunk: i32, scratch: usize): void {
  mapChunk<f64, Relu>(args, chunk, scratch);
}
export function mapGradientExpSingle(args: usize, chunk: i32, scratch: usize): void {
  mapGradientChunk<f32, Exp>(args, chunk, scratch);
}
export function mapGradientExpDouble(args: usize, chunk: i32, scratch: usize): void {
  mapGradientChunk<f64, Exp>(args, chunk, scratch);
}
export function mapGradientLogSingle(args: usize, chunk: i32, scratch: usize): void {
  mapGradientChunk<f32, Log>(args, chunk, scratch);
}
export function mapGradientLogDouble(args: usize, chunk: i32, scratch: usize): void {
  mapGradientChunk<f64, Log>(args, chunk, scratch);
}
export function mapGradientSigmoidSingle(args: usize, chunk: i32, scratch: usize): void {
  mapGradientChunk<f32, Sigmoid>(args, chunk, scratch);
}
export function mapGradientSigmoidDouble(args: usize, chunk: i32, scratch: usize): void {
  mapGradientChunk<f64, Sigmoid>(args, chunk, scratch);
}
export function mapGradientSoftplusSingle(args: usize, chunk: i32, scratch: usize): void {
  mapGradientChunk<f32, Softplus>(args, chunk, scratch);
}
export function mapGradientSoftplusDouble(args: usize, chunk: i32, scratch: usize): void {
  mapGradientChunk<f64, Softplus>(args, chunk, scratch);
}
export function mapGradientTanhSingle(args: usize, chunk: i32, scratch: usize): void {
  mapGradientChunk<f32, Tanh>(args, chunk, scratch);
}
export function mapGradientTanhDouble(args: usize, chunk: i32, scratch: usize): void {
  mapGradientChunk<f64, Tanh>(args, chunk, scratch);
}
export function mapGradientGeluSingle(args: usize, chunk: i32, scratch: usize): void {
  mapGradientChunk<f32, Gelu>(args, chunk, scratch);
}
export function mapGradientGeluDouble(args: usize, chunk: i32, scratch: usize): void {
  mapGradientChunk<f64, Gelu>(args, chunk, scratch);
}
export function mapGradientReluSingle(args: usize, chunk: i32, scratch: usize): void {
  mapGradientChunk<f32, Relu>(args, chunk, scratch);
}
export function mapGradientReluDouble(args: usize, chunk: i32, scratch: usize): void {
  mapGradientChunk<f64, Relu>(args, chunk, scratch);
}
export function rowSumOfSquaresSingle(args: usize, chunk: i32, scratch: usize): void {
  reduceChunk<f32, RowSumOfSquares>(args, chunk, scratch);
}
export function rowSumOfSquaresDouble(args: usize, chunk: i32, scratch: usize): void {
  reduceChunk<f64, RowSumOfSquares>(args, chunk, scratch);
}
export function rowGradientSumSingle(args: usize, chunk: i32, scratch: usize): void {
  reduceGradientChunk<f32, RowSum>(args, chunk, scratch);
}
export function rowGradientSumDouble(args: usize, chunk: i32, scratch: usize): void {
  reduceGradientChunk<f64, RowSum>(args, chunk, scratch);
}
export function rowGradientSumOfSquaresSingle(args: usize, chunk: i32, scratch: usize): void {
  reduceGradientChunk<f32, RowSumOfSquares>(args, chunk, scratch);
}
export function rowGradientSumOfSquaresDouble(args: usize, chunk: i32, scratch: usize): void {
  reduceGradientChunk<f64, RowSumOfSquares>(args, chunk, scratch);
}
export function rowGradientMaxSingle(args: usize, chunk: i32, scratch: usize): void {
  reduceGradientChunk<f32, RowMax>(args, chunk, scratch);
}
export function rowGradientMaxDouble(args: usize, chunk: i32, scratch: usize): void {
  reduceGradientChunk<f64, RowMax>(args, chunk, scratch);
}
export function rowGradientLogSumExpSingle(args: usize, chunk: i32, scratch: usize): void {
  reduceGradientChunk<f32, RowLogSumExp>(args, chunk, scratch);
}
export function rowGradientLogSumExpDouble(args: usize, chunk: i32, scratch: usize): void {
  reduceGradientChunk<f64, RowLogSumExp>(args, chunk, scratch);
}
export function softmaxGradientSingle(args: usize, chunk: i32, scratch: usize): void {
  softmaxGradientChunk<f32>(args, chunk, scratch);
}
export function softmaxGradientDouble(args: usize, chunk: i32, scratch: usize): void {
  softmaxGradientChunk<f64>(args, chunk, scratch);
}
export function layerNormSingle(args: usize, chunk: i32, scratch: usize): void {
  layerNormChunk<f32>(args, chunk, scratch);
}
export function layerNormDouble(args: usize, chunk: i32, scratch: usize): void {
  layerNormChunk<f64>(args, chunk, scratch);
}
export function layerNormGradientSingle(args: usize, chunk: i32, scratch: usize): void {
  layerNormGradientChunk<f32>(args, chunk, scratch);
}
export function layerNormGradientDouble(args: usize, chunk: i32, scratch: usize): void {
  layerNormGradientChunk<f64>(args, chunk, scratch);
}
export function columnsPlainSingle(args: usize, chunk: i32, scratch: usize): void {
  columnsChunk<f32, ColumnPlain>(args, chunk, scratch);
}
export function columnsPlainDouble(args: usize, chunk: i32, scratch: usize): void {
  columnsChunk<f64, ColumnPlain>(args, chunk, scratch);
}
export function columnsStandardizedSingle(args: usize, chunk: i32, scratch: usize): void {
  columnsChunk<f32, ColumnStandardized>(args, chunk, scratch);
}
export function columnsStandardizedDouble(args: usize, chunk: i32, scratch: usize): void {
  columnsChunk<f64, ColumnStandardized>(args, chunk, scratch);
}
export function sparseSumProductSingle(args: usize, chunk: i32, scratch: usize): void {
  sparseChunk<f32>(args, chunk, scratch);
}
export function sparseSumProductDouble(args: usize, chunk: i32, scratch: usize): void {
  sparseChunk<f64>(args, chunk, scratch);
}
export function sparseMaximumSingle(args: usize, chunk: i32, scratch: usize): void {
  sparseChunk<f32>(args, chunk, scratch);
}
export function sparseMaximumDouble(args: usize, chunk: i32, scratch: usize): void {
  sparseChunk<f64>(args, chunk, scratch);
}
export function sparseCount(args: usize, chunk: i32, scratch: usize): void {
  sparseCountChunk(args, chunk, scratch);
}
export function gatherSingle(args: usize, chunk: i32, scratch: usize): void {
  gatherChunk<f32>(args, chunk, scratch);
}
export function gatherDouble(args: usize, chunk: i32, scratch: usize): void {
  gatherChunk<f64>(args, chunk, scratch);
}
export function scatterAddSingle(args: usize, chunk: i32, scratch: usize): void {
  scatterAddChunk<f32>(args, chunk, scratch);
}
export function scatterAddDouble(args: usize, chunk: i32, scratch: usize): void {
  scatterAddChunk<f64>(args, chunk, scratch);
}
export function topKSingle(args: usize, chunk: i32, scratch: usize): void {
  topKChunk<f32>(args, chunk, scratch);
}
export function topKDouble(args: usize, chunk: i32, scratch: usize): void {
  topKChunk<f64>(args, chunk, scratch);
}
export function argsortSingle(args: usize, chunk: i32, scratch: usize): void {
  argsortChunk<f32>(args, chunk, scratch);
}
export function argsortDouble(args: usize, chunk: i32, scratch: usize): void {
  argsortChunk<f64>(args, chunk, scratch);
}
export function pairCounts(args: usize, chunk: i32, scratch: usize): void {
  pairCountsChunk(args, chunk, scratch);
}
export function updateDescentSingle(args: usize, chunk: i32, scratch: usize): void {
  updateChunk<f32, Descent>(args, chunk, scratch);
}
export function updateDescentDouble(args: usize, chunk: i32, scratch: usize): void {
  updateChunk<f64, Descent>(args, chunk, scratch);
}
export function updateMomentumSingle(args: usize, chunk: i32, scratch: usize): void {
  updateChunk<f32, Momentum>(args, chunk, scratch);
}
export function updateMomentumDouble(args: usize, chunk: i32, scratch: usize): void {
  updateChunk<f64, Momentum>(args, chunk, scratch);
}
export function circuitTileDouble(args: usize, chunk: i32, scratch: usize): void {
  circuitTileChunk(args, chunk, scratch);
}
