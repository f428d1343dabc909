"""``python -m benchmarks``: what `make bench` runs.

Run as a module, so that the sandbox's children do not import it anew (they would, for a script).
"""

from benchmarks.born_digital import main

if __name__ == "__main__":
    main()
