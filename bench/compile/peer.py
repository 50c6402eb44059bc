"""The C library of sentential decision diagrams, by way of PySDD: bench/compile/main.ts asks, this answers.

A fixed vtree, no garbage collection, no vtree search, clauses sorted by where their variables meet (the library's own
compiler with search mode 0 does all this). What takes longer than the limit ends the process: the library cannot be
interrupted.
"""

import os
import signal
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))

import peer
import pysdd
from pysdd.sdd import CompilerOptions, Fnf, SddManager, Vtree

state = {}


def compiled():
    manager = SddManager.from_vtree(state["vtree"])
    manager.set_options(CompilerOptions(vtree_search_mode=0))
    state["node"] = manager.fnf_to_sdd(state["fnf"])


def answer(question, *words):
    if question == "describe":
        return {"python": sys.version.split()[0], "pysdd": getattr(pysdd, "__version__", "unknown")}
    if question == "setup":
        formula, vtree = words
        state.update(fnf=Fnf.from_cnf_file(formula.encode()), vtree=Vtree.from_file(vtree.encode()))
        return True
    if question == "size":
        return state["node"].size()
    (limit,) = words
    # Its default action ends the process.
    signal.setitimer(signal.ITIMER_REAL, float(limit))
    cost = peer.cost(compiled)
    signal.setitimer(signal.ITIMER_REAL, 0)
    return cost


peer.serve(answer)
