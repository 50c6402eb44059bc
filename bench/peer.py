"""What the Python sides of benchmarks share: one question a line on standard input, one JSON answer a line.

OMP_NUM_THREADS and OPENBLAS_NUM_THREADS, set by whoever starts this, say how many threads the libraries may use.
"""

import ctypes
import json
import os
import sys
import time


def blas():
    """Which OpenBLAS is loaded and for which processor it has kernels chosen; None if it is another library."""
    with open("/proc/self/maps") as maps:
        paths = {line.split()[-1] for line in maps if "openblas" in line}
    for path in sorted(paths):
        name = getattr(ctypes.CDLL(path), "openblas_get_corename", None)
        if name is not None:
            name.restype = ctypes.c_char_p
            return {"library": os.path.basename(path), "core": name().decode()}
    return None


def describe(libraries):
    """Versions and settings, after the libraries have been imported."""
    settings = {name: os.environ[name] for name in sorted(os.environ) if name.startswith("OPENBLAS_")}
    return {
        "python": sys.version.split()[0],
        **{library.__name__: library.__version__ for library in libraries},
        "blas": blas(),
        "environment": settings,
    }


def seconds(work):
    """How long a call takes."""
    return cost(work)["seconds"]


def cost(work):
    """How long a call takes, and how many seconds of processors."""
    start, used = time.perf_counter(), time.process_time()
    work()
    return {"seconds": time.perf_counter() - start, "cpuSeconds": time.process_time() - used}


def reset_peak():
    """Forgets the largest resident set so far, and returns that of now, in bytes."""
    with open("/proc/self/clear_refs", "w") as file:
        file.write("5")
    return status("VmRSS")


def status(field):
    """A size in /proc/self/status, in bytes."""
    with open("/proc/self/status") as file:
        return next(int(line.split()[1]) * 1024 for line in file if line.startswith(field + ":"))


def serve(answer):
    """Answers questions until the input ends."""
    for line in sys.stdin:
        print(json.dumps(answer(*line.rstrip("\n").split("\t"))), flush=True)
