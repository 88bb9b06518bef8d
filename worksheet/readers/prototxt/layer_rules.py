"""The table of Caffe's layer types: their rules, those that compute nothing at inference, those that cannot be counted."""

import re

from worksheet.frozen import frozen
from worksheet.readers.prototxt import data_layers, detection, elementwise, layout, weights, windows
from worksheet.readers.prototxt.fields import MessageFields
from worksheet.readers.prototxt.layer import LayerRule

RULES: dict[str, LayerRule] = windows.RULES | weights.RULES | elementwise.RULES | layout.RULES | detection.RULES

# Losses and measures need labels; the others write files or do nothing.
LEFT_OUT = (
    *("Accuracy", "DetectionEvaluate", "HDF5Output", "MatWrite", "SegAccuracy", "Silence"),
    *("ContrastiveLoss", "EuclideanLoss", "HingeLoss", "InfogainLoss", "MultiBoxLoss", "MultinomialLogisticLoss"),
    *("SigmoidCrossEntropyLoss", "SmoothL1Loss", "SmoothL1LossOHEM", "SoftmaxLoss", "SoftmaxWithLoss"),
    *("BoxAnnotatorOHEM", "MarginInnerProduct"),  # for training: they choose samples, or need the label to classify
)
UNCOUNTED = {
    "DenseCRF": "the inference of a random field depends on settings outside the file",
    "Filter": "it selects samples by their values, so its size depends on the data",
    "MatRead": "it reads tensors whose shape is not in the file",
    "MultiStageMeanfield": "the filters of its random field run over a lattice whose size depends on the picture",
    "Recurrent": "it is the base class of RNN and LSTM; the steps that it unrolls are not in the file",
}
SCRIPTS: dict[str, LayerRule] = {"proposallayer": detection.proposal, "proposaltargetlayer": detection.targets}
SCRIPTS_LEFT_OUT = re.compile(r".*loss(layer)?|.*accuracy(layer)?|anchortarget(layer)?")
RECURRENT = frozenset({"LSTM", "RNN"})
# Inputs whose shape does not matter, by position: sequence markers, the image size, ground-truth boxes.
SHAPELESS: dict[LayerRule, tuple[int, ...]] = {
    weights.recurrent: (1,),
    detection.proposal: (2,),
    detection.targets: (1, 2, 3),
    layout.gather_batches: (1, 2, 3),
}
NEEDY = frozenset(windows.RULES | weights.RULES)  # types whose first blob is not a label
REGIONS_READ_BY = frozenset({"PSROIPooling", "ROIAlign", "ROIPooling"})  # as the second blob


def _normalise(name: str) -> str:
    """A type's name in one spelling, for INNER_PRODUCT, InnerProduct and innerproduct."""
    return name.replace("_", "").replace("-", "").lower()


TYPES = {_normalise(name): name for name in (*RULES, *LEFT_OUT, *data_layers.SOURCES, *UNCOUNTED)}


def canonical_type(written: str) -> str:
    """The type in Caffe's current spelling; unchanged where it is unknown."""
    return TYPES.get(_normalise(written), written)


@frozen
class LayerVerdict:
    """What becomes of a layer: its rule, or why there is none."""

    rule: LayerRule | None = None
    source: bool = False
    left_out: bool = False
    refused: str = ""

    @property
    def shapeless(self) -> tuple[int, ...]:
        """The positions of the inputs whose shape does not matter."""
        return SHAPELESS.get(self.rule, ()) if self.rule else ()


def judge_layer(type: str, fields: MessageFields) -> LayerVerdict:
    """What becomes of a layer of this type. A data layer reads no blob; a Python layer is recognised by its class."""
    bottoms = "bottom" in fields
    if not bottoms and (type in data_layers.SOURCES or _normalise(type).endswith("data")):
        return LayerVerdict(source=True)
    if type == "Python":
        return _judge_script(fields.child("python_param").text("layer"))
    if type in RULES:
        return LayerVerdict(RULES[type])
    if type in LEFT_OUT or _normalise(type).endswith(("loss", "accuracy")):
        return LayerVerdict(left_out=True)
    return LayerVerdict(refused=UNCOUNTED.get(type, "unknown"))


def _judge_script(name: str) -> LayerVerdict:
    plain_name = _normalise(name)
    if plain_name in SCRIPTS:
        return LayerVerdict(SCRIPTS[plain_name])
    if SCRIPTS_LEFT_OUT.fullmatch(plain_name):
        return LayerVerdict(left_out=True)
    return LayerVerdict(refused=f"the Python layer {name or 'without a class'} is unknown")
