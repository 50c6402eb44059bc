"""Hidden Chow-Liu trees in PyTorch, f32: evaluation and expected counts (the E-step of EM) over a whole table.

Questions: `setup FILE LATENTS PARENTS`, then `seconds VARIANT WORK` with WORK evaluation or em. The variants:

plain     log domain, layer by layer, counts by autograd: what a straightforward implementation looks like.
layered   linear domain, messages of childless variables as tables, all nodes of a level in one batched product,
          values brought back to a sum of 1 where a subtree is large, backward pass by hand.
nodewise  the same with one product a node: no gathering of nodes, so better where products are large.

Layered and nodewise work through the rows in tiles; `tune` measures both with several tiles and answers the best, so
that the comparison is with the fastest way that we know.
"""

import gzip
import os
import sys

sys.path.insert(0, os.path.join(os.path.dirname(__file__), ".."))
import peer

import numpy
import torch

TILES = (512, 2048, 8192)
# Variables of a subtree beyond which values are normalized: 1e-38 is far for fewer.
LARGE = 24


class Tree:
    """Structure and parameters at random; rows are a table of zeros and ones."""

    def __init__(self, path, latents, parents):
        opened = gzip.open(path, "rt") if path.endswith(".gz") else open(path)
        with opened as file:
            rows = numpy.loadtxt(file, delimiter=",", dtype=numpy.int64)
        torch.manual_seed(1)
        self.rows = torch.from_numpy(rows)
        self.n, self.h = rows.shape[1], latents
        self.parents = parents
        self.children = [[c for c in range(self.n) if parents[c] == v] for v in range(self.n)]
        self.root = parents.index(-1)
        self.w = torch.softmax(torch.randn(self.n, latents, latents), 2)
        self.prior = torch.softmax(torch.randn(latents), 0)
        self.e = torch.softmax(torch.randn(self.n, 2, latents), 1)
        self.depth = [0] * self.n
        order = [self.root]
        for v in order:
            for c in self.children[v]:
                self.depth[c] = self.depth[v] + 1
                order.append(c)
        self.order = order
        self.size = [1] * self.n
        for v in reversed(order[1:]):
            self.size[parents[v]] += self.size[v]
        self.levels = [[v for v in order if self.depth[v] == d] for d in range(max(self.depth) + 1)]


class Plain:
    """Log domain; one log-sum-exp a level; counts are gradients with respect to log parameters."""

    def __init__(self, tree):
        self.tree = tree

    def up(self, x, log_w, log_e, log_prior):
        tree = self.tree
        arange = torch.arange(tree.n)
        below = None
        for level in reversed(tree.levels):
            nodes = torch.tensor(level)
            values = log_e[nodes[:, None], x[:, nodes].T]
            if below is not None:
                at = torch.tensor([level.index(tree.parents[c]) for c in below[0]])
                values = values.index_add(0, at, below[1])
            if level[0] == tree.root:
                return torch.logsumexp(values[0] + log_prior, 1)
            top = values.amax(2, keepdim=True)
            sums = torch.bmm(torch.exp(values - top), torch.exp(log_w[nodes]).transpose(1, 2))
            below = (level, torch.log(sums) + top)

    def evaluation(self, _tile):
        tree = self.tree
        with torch.no_grad():
            return self.up(tree.rows, tree.w.log(), tree.e.log(), tree.prior.log()).double().mean().item()

    def em(self, _tile):
        tree = self.tree
        parameters = [p.log().requires_grad_() for p in (tree.w, tree.e, tree.prior)]
        total = self.up(tree.rows, *parameters)
        total.sum().backward()
        self.counts = [p.grad for p in parameters]
        return total.detach().double().mean().item()


class Linear:
    """What the linear ways share: tiles, tables of childless variables, and their counts."""

    def __init__(self, tree):
        self.tree = tree
        self.leaf = [not tree.children[v] and v != tree.root for v in range(tree.n)]
        # Row x · n + v of the flattened tables; and zeros and ones as numbers, for counts.
        self.hot = tree.rows.to(torch.float32)

    def tables(self):
        tree = self.tree
        return torch.bmm(tree.e, tree.w.transpose(1, 2))

    def run(self, tile, counting):
        tree = self.tree
        self.table = self.tables()
        self.pairs = torch.zeros(tree.n, tree.h, tree.h)
        self.ones = torch.zeros(tree.n, tree.h)
        self.flow = torch.zeros(tree.n, tree.h)
        total = 0.0
        with torch.no_grad():
            for start in range(0, len(tree.rows), tile):
                part = slice(start, min(start + tile, len(tree.rows)))
                total += self.pass_over(tree.rows[part], self.hot[part], counting).double().sum().item()
            if counting:
                self.collect()
        return total / len(tree.rows)

    def collect(self):
        """Counts of W and E; those of childless variables come from sums of the parent's flow by state."""
        tree = self.tree
        states = torch.stack([self.flow - self.ones, self.ones], 1)
        leaf = torch.tensor(self.leaf)
        contexts = torch.where(leaf[:, None, None], states / self.table, torch.zeros(1))
        down = tree.e * torch.bmm(contexts, tree.w)
        self.w_counts = tree.w * (self.pairs + torch.bmm(contexts.transpose(1, 2), tree.e))
        self.e_counts = torch.where(leaf[:, None, None], down, states)

    def evaluation(self, tile):
        return self.run(tile, False)

    def em(self, tile):
        return self.run(tile, True)


class Nodewise(Linear):
    def pass_over(self, x, hot, counting):
        tree = self.tree
        rows, logs = len(x), None
        values, messages = [None] * tree.n, [None] * tree.n
        for v in reversed(tree.order):
            if self.leaf[v]:
                continue
            m = tree.e[v][x[:, v]]
            for c in tree.children[v]:
                if self.leaf[c]:
                    m *= self.table[c][x[:, c]]
                else:
                    u = torch.mm(values[c], tree.w[c].T)
                    messages[c] = u if counting else None
                    m *= u
                    if not counting:
                        values[c] = None
            if tree.size[v] > LARGE or v == tree.root:
                scale = m.sum(1, keepdim=True)
                m /= scale
                logs = scale.log() if logs is None else logs + scale.log()
            values[v] = m
        total = values[tree.root] @ tree.prior
        if counting:
            values[tree.root] *= tree.prior
            values[tree.root] /= total[:, None]
            for v in tree.order:
                if self.leaf[v]:
                    continue
                flow = values[v]
                own = [v] + [c for c in tree.children[v] if self.leaf[c]]
                # One product for all states that this flow is summed by.
                self.ones[own] += torch.mm(hot[:, own].T, flow)
                self.flow[own] += flow.sum(0)
                for c in tree.children[v]:
                    if self.leaf[c]:
                        continue
                    context = torch.div(flow, messages[c], out=messages[c])
                    self.pairs[c].addmm_(context.T, values[c])
                    values[c] *= torch.mm(context, tree.w[c])
        return total.log() + logs[:, 0]


class Layered(Linear):
    def __init__(self, tree):
        super().__init__(tree)
        self.inner = [[v for v in level if not self.leaf[v]] for level in tree.levels]
        self.inner = [level for level in self.inner if level]
        # The k-th children of the nodes of a level, of each kind: (place of the parent, child or its place below).
        self.inner_turns, self.leaf_turns = [], []
        for d, level in enumerate(self.inner):
            place = {v: i for i, v in enumerate(self.inner[d + 1])} if d + 1 < len(self.inner) else {}
            self.inner_turns.append(self.turns(level, lambda c: not self.leaf[c], lambda c: place[c]))
            self.leaf_turns.append(self.turns(level, lambda c: self.leaf[c], lambda c: c))
        self.nodes = [torch.tensor(level) for level in self.inner]

    def turns(self, level, wanted, name):
        found = []
        for i, v in enumerate(level):
            for k, c in enumerate([c for c in self.tree.children[v] if wanted(c)]):
                if k == len(found):
                    found.append(([], []))
                found[k][0].append(i)
                found[k][1].append(name(c))
        return [(torch.tensor(a), torch.tensor(b)) for a, b in found]

    def look(self, table, nodes, x):
        """[node, row, latent] from tables [n, 2, latent]."""
        flat = table.view(-1, self.tree.h)
        return flat[(2 * nodes)[:, None] + x[:, nodes].T]

    def pass_over(self, x, hot, counting):
        tree = self.tree
        logs = torch.zeros(len(x))
        values, messages = [None] * len(self.inner), [None] * len(self.inner)
        for d in range(len(self.inner) - 1, -1, -1):
            m = self.look(tree.e, self.nodes[d], x)
            for at, leaves in self.leaf_turns[d]:
                m[at] *= self.look(self.table, leaves, x)
            if d + 1 < len(self.inner):
                w = tree.w[self.nodes[d + 1]]
                u = torch.bmm(values[d + 1], w.transpose(1, 2))
                messages[d + 1] = u
                for at, below in self.inner_turns[d]:
                    m[at] *= u[below]
            if max(tree.size[v] for v in self.inner[d]) > LARGE or d == 0:
                scale = m.sum(2, keepdim=True)
                m /= scale
                logs += scale.log().sum((0, 2))
            values[d] = m
        total = values[0][0] @ tree.prior
        if counting:
            values[0] *= tree.prior
            values[0] /= total[:, None]
            for d in range(len(self.inner)):
                flow = values[d]
                self.add_states(self.nodes[d], flow, hot)
                for at, leaves in self.leaf_turns[d]:
                    self.add_states(leaves, flow[at], hot)
                if d + 1 == len(self.inner):
                    break
                spread = torch.empty_like(messages[d + 1])
                for at, below in self.inner_turns[d]:
                    spread[below] = flow[at]
                spread /= messages[d + 1]
                nodes = self.nodes[d + 1]
                self.pairs[nodes] += torch.bmm(spread.transpose(1, 2), values[d + 1])
                values[d + 1] *= torch.bmm(spread, tree.w[nodes])
        return total.log() + logs

    def add_states(self, nodes, flow, hot):
        self.ones[nodes] += torch.bmm(hot[:, nodes].T[:, None, :], flow)[:, 0]
        self.flow[nodes] += flow.sum(1)


state = {}


def answer(question, *words):
    if question == "describe":
        return {**peer.describe([torch]), "threads": torch.get_num_threads()}
    if question == "setup":
        path, latents, parents = words
        tree = Tree(path, int(latents), [int(p) for p in parents.split(",")])
        state.clear()
        state.update(plain=Plain(tree), nodewise=Nodewise(tree), layered=Layered(tree), best={})
        means = [state[v].em(2048) for v in ("plain", "nodewise", "layered")]
        errors = [
            (state[v].w_counts[c] - state["plain"].counts[0][c]).abs().max().item()
            for v in ("nodewise", "layered")
            for c in range(tree.n)
            if c != tree.root
        ]
        return {"rows": len(tree.rows), "means": means, "largest count error": max(errors)}
    if question == "tune":
        (work,) = words
        found = {}
        for variant in ("nodewise", "layered"):
            for tile in TILES:
                run = lambda: getattr(state[variant], work)(tile)
                run()
                found[variant, tile] = peer.seconds(run)
        state["best"][work] = min(found, key=found.get)
        return {f"{v} {t}": round(s * 1e3, 2) for (v, t), s in found.items()}
    variant, work = words
    chosen, tile = state["best"][work] if variant == "best" else (variant, 0)
    return peer.cost(lambda: getattr(state[chosen], work)(tile))


torch.set_num_threads(int(os.environ.get("OMP_NUM_THREADS", "1")))
peer.serve(answer)
