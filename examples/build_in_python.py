"""Builds a small network in Python, solves it, and asks sympy a question about its first layer.

# Prints:
# {'params': 19303, 'flops': 156823}
# a kernel of 5 instead of 3: 13/5 times the flops of the first layer, not 25/9, since the bias stays
"""

import sympy

import worksheet as ws

net = ws.network(
    "small",
    (1, 28, 28),
    ws.layer("Conv2d", k=8, w=3, p=1),
    ws.layer("ReLU"),
    ws.layer("MaxPool2d", w=2),
    ws.layer("Conv2d", k=16, w=3, s=2, p=1),
    ws.layer("ReLU"),
    ws.layer("Linear", k=23),
    title="A small network",
)
solution = ws.derive(net, "ai61002")
print(solution.totals)
ws.write(solution, "small.html")

flops = solution.rows[0].columns[1].formula
w, h, p_w, p_h = (next(s for s in flops.expr.free_symbols if s.name == name) for name in ("w", "h", "p_w", "p_h"))
values = {s: solution.rows[0].numbers[s.name] for s in flops.expr.free_symbols}
larger = values | {w: 5, h: 5, p_w: 2, p_h: 2}
ratio = sympy.Rational(flops.expr.subs(larger), flops.expr.subs(values))
print(f"a kernel of 5 instead of 3: {ratio} times the flops of the first layer, not 25/9, since the bias stays")
