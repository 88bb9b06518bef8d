"""Layers that change the width and height of a feature map by interpolation."""

from collections.abc import Mapping
from dataclasses import replace
from functools import cache

from worksheet.errors import NetworkError
from worksheet.layers.kind import Check, Form, Kind, Shape, Size, Spelling, Symbol, Word
from worksheet.layers.quantities import Training
from worksheet.layers.shapes import MAP, SIGNAL

NEAREST, LINEAR, CUBIC = 0, 1, 2
POINTS = {NEAREST: 1, LINEAR: 2, CUBIC: 4}  # read along each axis for one output element
SCALES = (
    Symbol("s_w", "Factor of the width", group="scale", default="1", neutral=1),
    Symbol("s_h", "Factor of the height", group="scale", default="s_w", neutral=1),
)
MODE = Symbol(
    "v", "Interpolation", 0, default="0", words={NEAREST: "nearest", LINEAR: "linear along each axis", CUBIC: "bicubic"}
)
GIVEN = (
    Symbol("W", "Width of output tensor (0: by the factor)", 0, "output", default="0", neutral=0),
    Symbol("H", "Height of output tensor (0: by the factor)", 0, "output", default="W", neutral=0),
)
AS_SCALED = Word("s", ("s_w", "s_h"), ("sw", "sh"), quiet=True)
AS_GIVEN = Word("w", ("W", "H"), ("w", "h"), quiet=True)
MODES = {"bilinear": ("v", LINEAR), "bicubic": ("v", CUBIC)}
ON_MAP = Form((MAP,), ("c", "H", "W"), X="c*M*N", Y="c*W*H", on="a map")
ON_SIGNAL = Form((SIGNAL,), ("c", "W"), X="c*M", Y="c*W", on="a signal")
SIZES = (Size("W", "Width of output tensor", "M*s_w"), Size("H", "Height of output tensor", "N*s_h"))


def interpolation_counts(points: int) -> dict[str, str]:
    """The counts where each output element is a weighted sum of some elements; a copy costs nothing."""
    if points == 1:
        return {}
    return {"multiplications": f"{points}*Y", "additions": f"{points - 1}*Y"}


def interpolation_training(points: int) -> Training:
    """The training: the gradient of an output element is weighted and added to each element that it was computed from."""
    if points == 1:
        return Training(input={"additions": "B*Y"})
    return Training(input={"multiplications": f"{points}*B*Y", "additions": f"{points}*B*Y"})


UPSAMPLE = Kind(
    name="Upsample",
    title="Upsampling layer",
    source=(
        "as in torch.nn.Upsample: nearest copies an element; linear weighs the 2 nearest of a signal or the 4 nearest of a map, "
        "bicubic the 16 nearest, one weight for each and all of them added up; an element at the border is read as often as it "
        "is needed; the weights follow from the place alone and are not counted"
    ),
    forms=(Form((MAP,), ("c", "N*s_h", "M*s_w"), X="c*M*N", Y="c*(M*s_w)*(N*s_h)", on="a map, bilinear"),),
    hyperparameters=(*SCALES, *GIVEN, MODE),
    counts=interpolation_counts(4),
    training=interpolation_training(4),
    spelling=Spelling(
        words=(AS_SCALED, AS_GIVEN), flags=MODES, example="Upsample: 2s bilinear", also=("Interpolate", "Resize", "UpSampling2D")
    ),
)


@cache
def upsample_kind(mode: int, dimensions: int, is_given: bool) -> Kind:
    """The kind for one interpolation of signals or feature maps, to a given size or by a factor."""
    return replace(
        UPSAMPLE,
        forms=(ON_MAP if dimensions == 2 else ON_SIGNAL,),
        hyperparameters=(*(GIVEN if is_given else SCALES)[:dimensions], MODE),
        sizes=() if is_given else SIZES[:dimensions],
        counts=interpolation_counts(POINTS[mode] ** dimensions),
        training=interpolation_training(POINTS[mode] ** dimensions),
        spelling=replace(UPSAMPLE.spelling, words=(AS_GIVEN if is_given else AS_SCALED,)),
    )


def _upsample(shapes: tuple[Shape, ...], v: Mapping[str, int], _: str) -> Kind:
    is_given = _is_given("Upsample", v, ("s_w", "s_h"))
    dimensions = 1 if shapes and len(shapes[0]) == 2 else 2
    if dimensions == 1 and v["v"] == CUBIC:
        raise NetworkError("bicubic interpolation needs a feature map, not a signal")
    return upsample_kind(v["v"], dimensions, is_given)


def _is_given(name: str, v: Mapping[str, int], factors: tuple[str, ...]) -> bool:
    """Whether the output's size is given. Raises NetworkError for half a size, and for a size beside a factor."""
    if bool(v["W"]) != bool(v["H"]):
        raise NetworkError(f"{name} has a width of {v['W']} and a height of {v['H']}", hint="give both, or neither")
    if v["W"] and any(v[factor] != 1 for factor in factors):
        raise NetworkError(f"{name} has a size and a factor", hint="leave one of them out")
    return bool(v["W"])


# Interp

ZOOM = Symbol("n_z", "Factor of the distances between places (zoom)", default="1", neutral=1)
SHRINK = Symbol("n_s", "Step from one place that is kept to the next (shrink)", default="1", neutral=1)
CUTS = (
    Symbol("p_b", "Rows and columns cut off at the beginning", 0, "cut", default="0", neutral=0),
    Symbol("p_e", "Rows and columns cut off at the end", 0, "cut", default="0", neutral=0),
)
ZOOMED = {axis: f"n_z*floor(({axis} - p_b - p_e - 1)/n_s) + 1" for axis in "MN"}
AS_ZOOMED = (Word("z", ("n_z",), quiet=True), Word("s", ("n_s",), quiet=True))
AS_CUT = (Word("pb", ("p_b",), quiet=True), Word("pe", ("p_e",), quiet=True))

INTERP = Kind(
    name="Interp",
    title="Interpolation layer",
    source=(
        "the Interp layer of DeepLab's Caffe: bilinear, corners on corners, after a cut; where the size is not given, the output "
        "has as many places as keeping every n_s-th and dividing every distance in n_z parts gives; 4 weights for an output "
        "element, which follow from the place alone and are not counted"
    ),
    forms=(Form((MAP,), ("c", ZOOMED["N"], ZOOMED["M"]), X="c*M*N", Y=f"c*({ZOOMED['M']})*({ZOOMED['N']})", on="a map"),),
    hyperparameters=(ZOOM, SHRINK, *CUTS, *GIVEN),
    counts=interpolation_counts(4),
    training=interpolation_training(4),
    checks=(
        Check("M - p_b - p_e - 1", "nothing is left of the width ({M}) when {p_b} and {p_e} are cut off"),
        Check("N - p_b - p_e - 1", "nothing is left of the height ({N}) when {p_b} and {p_e} are cut off"),
    ),
    spelling=Spelling(words=(*AS_ZOOMED, *AS_CUT, AS_GIVEN), example="Interp: 8z 1pe"),
)
INTERPS = {
    True: replace(
        INTERP, forms=(ON_MAP,), hyperparameters=(*CUTS, *GIVEN), spelling=replace(INTERP.spelling, words=(*AS_CUT, AS_GIVEN))
    ),
    False: replace(
        INTERP,
        forms=(ON_MAP,),
        hyperparameters=(ZOOM, SHRINK, *CUTS),
        sizes=(Size("W", "Width of output tensor", ZOOMED["M"]), Size("H", "Height of output tensor", ZOOMED["N"])),
        spelling=replace(INTERP.spelling, words=(*AS_ZOOMED, *AS_CUT)),
    ),
}


KINDS = (
    replace(UPSAMPLE, specialise=_upsample),
    replace(INTERP, specialise=lambda _, values, __: INTERPS[_is_given("Interp", values, ("n_z", "n_s"))]),
)
