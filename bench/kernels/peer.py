"""Times numpy and PyTorch: a question is a library and an operation, the answer what it cost, or null."""

import os
import sys

sys.path.insert(0, os.path.join(os.path.dirname(__file__), ".."))
import peer


def numpy_cases():
    import numpy

    rng = numpy.random.default_rng(1)
    r = lambda *shape: rng.random(shape, dtype=numpy.float32)
    q, e, s = r(256, 200), r(14541, 200), r(256, 14541)
    squares = {n: (r(n, n), r(n, n)) for n in (512, 1024)}
    dense, x = r(4096, 4096), r(4096)

    def softmax():
        y = numpy.exp(s - s.max(1, keepdims=True))
        y /= y.sum(1, keepdims=True)

    return numpy, {
        "gemm 256x200x14541": lambda: q @ e.T,
        "gemm 512x512x512": lambda: squares[512][0] @ squares[512][1],
        "gemm 1024x1024x1024": lambda: squares[1024][0] @ squares[1024][1],
        "softmax 256x14541": softmax,
        "dense max-product 4096x4096": lambda: (dense * x).max(1),
    }


def torch_cases():
    import torch

    torch.manual_seed(1)
    q, e, s = torch.rand(256, 200), torch.rand(14541, 200), torch.rand(256, 14541)
    squares = {n: (torch.rand(n, n), torch.rand(n, n)) for n in (512, 1024)}
    dense, x = torch.rand(4096, 4096), torch.rand(4096)
    rows = torch.arange(10000).repeat_interleave(100)
    cols = torch.randint(0, 10000, (1000000,))
    values, y = torch.rand(1000000), torch.rand(10000)
    queries = torch.rand(512, 200, requires_grad=True)
    entities = torch.rand(14541, 200, requires_grad=True)
    targets = torch.randint(0, 14541, (512,))

    def sparse():
        torch.zeros(10000).scatter_reduce(0, rows, values * y[cols], "amax")

    def step():
        queries.grad = entities.grad = None
        torch.nn.functional.cross_entropy(queries @ entities.T, targets).backward()

    return torch, {
        "gemm 256x200x14541": lambda: q @ e.T,
        "gemm 512x512x512": lambda: squares[512][0] @ squares[512][1],
        "gemm 1024x1024x1024": lambda: squares[1024][0] @ squares[1024][1],
        "softmax 256x14541": lambda: torch.softmax(s, 1),
        "csr max-product 1000000": sparse,
        "dense max-product 4096x4096": lambda: (dense * x).amax(1),
        "1-vs-all step 512x200x14541": step,
    }


LIBRARIES = {}
for name, make in (("numpy", numpy_cases), ("torch", torch_cases)):
    try:
        LIBRARIES[name] = make()
    except ImportError:
        pass


def answer(question, operation=""):
    if question == "describe":
        return peer.describe([library for library, _ in LIBRARIES.values()])
    work = LIBRARIES.get(question, (None, {}))[1].get(operation)
    return None if work is None else peer.cost(work)


peer.serve(answer)
