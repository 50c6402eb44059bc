"""The same training step in PyTorch: dense tables, closed form left to autograd, Adagrad of torch.optim.

The model and the loss are those of Lacroix et al. 2018 (ComplEx, N3 over the rows of the batch, reciprocal relations,
soft-max over all entities). Queries are scored by one product over [re | im], which is faster than two over the halves.
"""

import os
import sys

sys.path.insert(0, os.path.join(os.path.dirname(__file__), ".."))
import peer

ENTITIES, RELATIONS, RANK, BATCH = 14541, 474, 100, 512


def make_step(torch):
    torch.manual_seed(1)
    entities = torch.nn.Parameter(0.1 * torch.randn(ENTITIES, 2 * RANK))
    relations = torch.nn.Parameter(0.1 * torch.randn(RELATIONS, 2 * RANK))
    optimizer = torch.optim.Adagrad([entities, relations], lr=0.1, eps=1e-10)
    heads = torch.randint(0, ENTITIES, (BATCH,))
    kinds = torch.randint(0, RELATIONS, (BATCH,))
    tails = torch.randint(0, ENTITIES, (BATCH,))

    def cubes(rows):
        re, im = rows[:, :RANK], rows[:, RANK:]
        return torch.sqrt(re**2 + im**2).pow(3).sum()

    def step():
        optimizer.zero_grad(set_to_none=True)
        h, r, t = entities[heads], relations[kinds], entities[tails]
        (hr, hi), (rr, ri) = h.split(RANK, 1), r.split(RANK, 1)
        queries = torch.cat([hr * rr - hi * ri, hr * ri + hi * rr], 1)
        fit = torch.nn.functional.cross_entropy(queries @ entities.T, tails)
        loss = fit + 0.05 / BATCH * (cubes(h) + cubes(r) + cubes(t))
        loss.backward()
        optimizer.step()
        return loss.item()

    return step


try:
    import torch
except ImportError:
    torch = None
STATE = {}


def answer(question, count="1"):
    if torch is None:
        return None
    if question == "describe":
        return peer.describe([torch])
    if question == "memory":
        # In a process that has done nothing else: growth from before there are parameters to the peak of some steps.
        before = peer.reset_peak()
        step = make_step(torch)
        for _ in range(int(count)):
            step()
        return peer.status("VmHWM") - before
    if "step" not in STATE:
        STATE["step"] = make_step(torch)
    return peer.cost(STATE["step"])


peer.serve(answer)
