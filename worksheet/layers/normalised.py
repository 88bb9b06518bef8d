"""What normalisation costs in training.

Torch keeps the input, and the mean and the root of each group of elements that is normalised together. From them each pass
computes the normalised elements z again. With h the gradient of z, which is g times the scale, and s the root, the gradient of an
element is (h - mean of h - z (mean of h z))/s: three terms. The gradient of a scale is the sum of g z and that of a shift the
sum of g, over samples and places. Products of two tensors are summed there: MACs.
"""

from worksheet.layers.quantities import Training

INPUT = frozenset({"input"})
OF_CHANNELS = {  # z, the sum of g z and the sum of g for each channel
    "multiplications": "a*B*X",
    "additions": "a*(3*B*X - 2*c)",
    "macs": "a*B*X",
    "divisions": "a*B*X",
}


def by_groups(groups: str) -> Training:
    """The training of a normalisation over groups of elements; ``groups`` is the formula of their number in each sample."""
    return Training(
        input={
            "multiplications": "(2 + a)*B*X",
            # of n elements: n differences for z, n - 1 for each of two sums, 2 n for the three terms
            "additions": f"B*(5*X - 2*{groups})",
            "macs": "B*X",
            "divisions": f"2*B*(X + {groups})",
        },
        weights=OF_CHANNELS,
        saves=INPUT,
        extra=f"2*B*{groups}",
    )


OF_BATCH = Training(
    forward={
        "multiplications": "(1 + a)*B*X + 4*c",  # two for each of two running averages
        # of n elements: n - 1 for the mean, n differences, n - 1 for the variance, 1 below the root, 2 for the averages
        "additions": "(3 + a)*B*X + c",
        "divisions": "B*X + 2*c",
        "roots": "c",
    },
    input={
        "multiplications": "(3 - a)*B*X",
        "additions": "(5 - 2*a)*B*X - 2*(1 - a)*c",
        "macs": "(1 - a)*B*X",
        "divisions": "B*X + 3*c",  # for z; for two means; of the scale by the root
    },
    weights=OF_CHANNELS,
    saves=INPUT,
    extra="2*c",
    source=(
        "scale/root (g - mean of g - z (mean of g z)): the scale is that of the whole channel, so the two sums are the gradients "
        "of scale and shift, and are not computed again if the layer has them (Ioffe and Szegedy, 2015)"
    ),
)

OF_ROW = Training(
    input={"multiplications": "(2 + a)*B*X", "additions": "B*(5*X - 2)", "macs": "B*X", "divisions": "2*B*(X + 1)"},
    weights={"multiplications": "a*B*X", "additions": "a*(B*X + (1 + b)*X*(B - 1))", "macs": "a*B*X", "divisions": "a*B*X"},
    saves=INPUT,
    extra="2*B",
)

BY_MEAN_SQUARE = Training(  # no mean is taken from an element, nor from its gradient
    input={"multiplications": "(2 + a)*B*X", "additions": "B*(2*X - 1)", "macs": "B*X", "divisions": "B*(2*X + 1)"},
    weights={"multiplications": "a*B*X", "additions": "a*X*(B - 1)", "macs": "a*B*X", "divisions": "a*B*X"},
    saves=INPUT,
    extra="B",
)


def by_length(roots: str) -> Training:
    """The training of a division by a norm, with a number of roots in each sample; no mean is taken."""
    return Training(
        input={"multiplications": "(2 + a)*B*X", "additions": f"B*(2*X - {roots})", "macs": "B*X", "divisions": "2*B*X"},
        weights={"multiplications": "a*B*X", "additions": "a*(B*X - (c*(1 - v) + v))", "macs": "a*B*X", "divisions": "a*B*X"},
        saves=INPUT,
        extra="B" if roots == "1" else f"B*{roots}",
    )


def by_windows(size: str) -> Training:
    """The training of local response normalisation with windows of ``size`` elements."""
    return Training(
        # q = g/d with d the divisor; q - x (2 beta alpha/n) (sum of q x/t in the window), where d is t to the power of beta
        input={
            "multiplications": "3*B*X",
            "additions": f"{size}*B*X",  # one less for the sum, one for the difference
            "divisions": "2*B*X",
        },
        saves=INPUT,
        extra="2*B*X",  # what is raised to a power, and the power
    )
