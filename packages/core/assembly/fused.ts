/**
 * The kernels in which multiplying and adding can be one rounding (`multiplyAdd` in `lanes.ts`): what the build with
 * relaxed SIMD consists of. All others are the same in both builds, and there only once.
 */
export {
  gemmSumProductSingle, gemmSumProductDouble,
  csrSumProductSingle, csrSumProductDouble,
  sparseSumProductSingle, sparseSumProductDouble,
  logitsSoftmaxSingle, logitsSoftmaxDouble,
  logitsLogisticSingle, logitsLogisticDouble,
  gradientsSingle, gradientsDouble,
  latentLoadSingle, latentLoadDouble,
  latentValuesSingle, latentValuesDouble,
  latentCountsSingle, latentCountsDouble,
} from "./index";
