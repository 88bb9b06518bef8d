"""A number that counts what is done with it, and the textbook's loops written plainly on it."""

from collections import Counter
from itertools import product

TALLY: Counter[str] = Counter()
MINUS_INFINITY = float("-inf")


class Counted:
    """A number whose operations are tallied."""

    def __init__(self, value: float = 0) -> None:
        self.value = value

    def __add__(self, other: "Counted") -> "Counted":
        TALLY["additions"] += 1
        return Counted(self.value + other.value)

    def __mul__(self, other: "Counted") -> "Counted":
        TALLY["multiplications"] += 1
        return Counted(self.value * other.value)

    def __truediv__(self, other: "Counted") -> "Counted":
        TALLY["divisions"] += 1
        return Counted(self.value / other.value)

    def __gt__(self, other: "Counted") -> bool:
        TALLY["comparisons"] += 1
        return self.value > other.value


def assigned(value: Counted) -> Counted:
    TALLY["assignments"] += 1
    return value


def image(c, N, M):
    return {(z, y, x): Counted(z * 31 + y * 7 - x * 5 + 1) for z in range(c) for y in range(N) for x in range(M)}


def windows(size, kernel, stride, pad, dilation):
    """The first positions of a kernel that stays inside the padded input: counted, not computed."""
    reach = dilation * (kernel - 1)
    return [start for start in range(-pad, size + pad) if start + reach <= size + pad - 1 and (start + pad) % stride == 0]


def places(x, y, w, h, d_w, d_h):
    return [(y + j * d_h, x + i * d_w) for j in range(h) for i in range(w)]


def summed(numbers):
    total = None
    for number in numbers:
        total = number if total is None else total + number
    return total


def conv2d(c, N, M, k, w, h, s_w, s_h, p_w, p_h, d_w, d_h, g, b):
    """Every output: one product per weight, the products added up, the bias added where there is one."""
    inputs, zero = image(c, N, M), Counted(0)
    weights = {key: Counted(1) for key in product(range(k), range(c // g), range(h), range(w))}
    bias = [Counted(1) for _ in range(k)] if b else []
    columns, rows = windows(M, w, s_w, p_w, d_w), windows(N, h, s_h, p_h, d_h)
    outputs = {}
    for o, y, x in product(range(k), rows, columns):
        group = o // (k // g)
        products = []
        for z, j, i in product(range(c // g), range(h), range(w)):
            pixel = inputs.get((group * (c // g) + z, y + j * d_h, x + i * d_w), zero)
            products.append(weights[o, z, j, i] * pixel)
        total = summed(products)
        outputs[o, y, x] = total + bias[o] if b else total
    return {"weights": len(weights), "biases": len(bias)}, inputs, outputs, (k, len(rows), len(columns))


def pooled(c, N, M, w, h, s_w, s_h, p_w, p_h, d_w, d_h, outside, reduce):
    inputs = image(c, N, M)
    columns, rows = windows(M, w, s_w, p_w, d_w), windows(N, h, s_h, p_h, d_h)
    outputs = {}
    for z, y, x in product(range(c), rows, columns):
        outputs[z, y, x] = reduce([inputs.get((z, *at), outside) for at in places(x, y, w, h, d_w, d_h)])
    return {}, inputs, outputs, (c, len(rows), len(columns))


def largest(numbers):
    best = numbers[0]
    for number in numbers[1:]:
        if number > best:
            best = number
    return best


def max_pool2d(**sizes):
    return pooled(**sizes, outside=Counted(MINUS_INFINITY), reduce=largest)


def avg_pool2d(**sizes):
    return pooled(**sizes, outside=Counted(0), reduce=lambda numbers: summed(numbers) / Counted(len(numbers)))


def relu(**sizes):
    """Compare with zero, assign the larger."""
    shape = _shape(**sizes)
    inputs = {key: Counted(sum(key) - 2) for key in product(*map(range, shape))}
    zero = Counted(0)
    return {}, inputs, {key: assigned(v if v > zero else zero) for key, v in inputs.items()}, shape


def unchanged(**sizes):
    shape = _shape(**sizes)
    inputs = {key: Counted(1) for key in product(*map(range, shape))}
    return {}, inputs, inputs, shape


def flattened(**sizes):
    parameters, inputs, outputs, _ = unchanged(**sizes)
    return parameters, inputs, outputs, (len(outputs),)


def linear(n, k, b):
    inputs, weights = [Counted(1) for _ in range(n)], [[Counted(1) for _ in range(n)] for _ in range(k)]
    outputs = []
    for row in weights:
        total = summed([x * y for x, y in zip(row, inputs, strict=True)])
        outputs.append(total + Counted(1) if b else total)
    return {"weights": n * k, "biases": k if b else 0}, inputs, outputs, (k,)


def _shape(c=None, N=None, M=None, n=None):
    return (n,) if n else (c, N, M)


LOOPS = {
    "Conv2d": conv2d,
    "MaxPool2d": max_pool2d,
    "AvgPool2d": avg_pool2d,
    "ReLU": relu,
    "Linear": linear,
    "Dropout": unchanged,
    "Flatten": flattened,
}
MACS = {"Conv2d", "Linear"}  # every multiplication is one half of a multiply-accumulate
