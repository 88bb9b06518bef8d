"""The long run: 200 random sizes and every residue class of each network.

``python -m tests.closed.full [sizes] [convention ...]``"""

import random
import sys
import time

from tests.closed.checking import ASKED, Held


def main(arguments: list[str]) -> None:
    many = int(arguments[0]) if arguments else 200
    for convention in arguments[1:] or ["textbook"]:
        for asked in ASKED:
            started = time.perf_counter()
            held = Held(asked, convention)
            source = random.Random(asked.id)
            sizes = [*asked.draw(source, many), *asked.every_class(source, held.classes)]
            for size in sizes:
                held.check(size)
            seconds = time.perf_counter() - started
            cases = ", ".join(f"{count} {word}" for word, count in held.met.items())
            what = f"{len(sizes)} sizes, {len(held.classes.all)} classes"
            sys.stdout.write(f"{convention} {asked.id}: {what}: {cases}; {seconds:.0f} s\n")
            sys.stdout.flush()


if __name__ == "__main__":
    main(sys.argv[1:])
