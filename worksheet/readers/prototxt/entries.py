"""Reads the layers of a Caffe file one by one, in the current or the older form, before their blobs are connected."""

from worksheet.errors import Collector, SheetError, Where
from worksheet.frozen import frozen
from worksheet.readers.prototxt.fields import MessageFields
from worksheet.readers.prototxt.layer_rules import LayerVerdict, canonical_type, judge_layer
from worksheet.readers.prototxt.phases import NetState
from worksheet.readers.prototxt.text_format import PrototxtMessage, PrototxtScalar

MAX_LAYERS = 20_000
MAX_BLOBS_OF_LAYER = 10_000
FILE = "name input input_shape input_dim force_backward state debug_info layer layers"
LAYER = (
    "name type bottom top phase loss_weight param blobs propagate_down include exclude blobs_lr weight_decay blob_share_mode "
    "transform_param loss_param accuracy_param argmax_param batch_norm_param bias_param bn_param clip_param concat_param "
    "contrastive_loss_param convolution_param crop_param data_param dropout_param dummy_data_param eltwise_param elu_param "
    "embed_param exp_param flatten_param hdf5_data_param hdf5_output_param hinge_loss_param image_data_param "
    "infogain_loss_param inner_product_param input_param interp_param log_param lrn_param memory_data_param mvn_param norm_param "
    "parameter_param permute_param pooling_param power_param prelu_param prior_box_param proposal_param psroi_pooling_param "
    "python_param recurrent_param reduction_param relu_param reshape_param roi_align_param roi_pooling_param scale_param "
    "shuffle_channel_param sigmoid_param slice_param softmax_param spp_param swish_param tanh_param threshold_param tile_param "
    "lstm_param reorg_param reverse_param spatial_dropout_param transpose_param "
    "upsample_param video_data_param window_data_param annotated_data_param multibox_loss_param detection_output_param "
    "detection_evaluate_param"
)


@frozen
class LayerEntry:
    """A layer as the file describes it."""

    fields: MessageFields
    type: str  # in Caffe's current spelling
    name: str
    where: Where
    bottoms: tuple[tuple[str, Where], ...]
    tops: tuple[str, ...]
    verdict: LayerVerdict


@frozen
class LayerEntries:
    """The layers that run in phase TEST, and those that do not."""

    kept: tuple[LayerEntry, ...]
    dropped: tuple[LayerEntry, ...]
    deploys: bool = False  # the stage deploy was chosen, as the file does not choose one


def read_entries(root: MessageFields, faults: Collector) -> LayerEntries:
    """The layers in file order. Training-only layers are dropped, except data layers whose tops no other layer makes."""
    layers = _layers(root)
    state = NetState(root, layers)
    candidates: list[tuple[LayerEntry, bool]] = []
    for position, fields in enumerate(layers, 1):
        with faults.catching():
            candidates.append((_read_entry(fields, position), state.includes(fields)))
    made = {top for entry, runs in candidates if runs for top in entry.tops}
    kept = []
    for entry, runs in candidates:
        if runs or (entry.verdict.source and made.isdisjoint(entry.tops)):
            kept.append(entry)
            made.update(entry.tops)
    kept_ids = set(map(id, kept))
    return LayerEntries(tuple(kept), tuple(entry for entry, _ in candidates if id(entry) not in kept_ids), state.assumed)


def _layers(root: MessageFields) -> list[MessageFields]:
    """``layer`` and the older ``layers``, in file order."""
    both = [*root.children("layer"), *root.children("layers")]
    layers = sorted(both, key=lambda fields: (fields.where.line or 0, fields.where.column or 0))
    if len(layers) > MAX_LAYERS:
        raise SheetError(f"more than {MAX_LAYERS:,} layers", layers[MAX_LAYERS].where)
    oldest = next((fields for fields in layers if "layer" in fields), None)
    if oldest:
        hint = "convert it with Caffe's upgrade_net_proto_text"
        raise SheetError("a layer inside a layer: the oldest form of Caffe files is not supported", oldest.where, hint)
    return layers


def _read_entry(fields: MessageFields, position: int) -> LayerEntry:
    written = fields.scalar("type")
    name = fields.text("name")
    if written is None:
        raise SheetError(f"{name or 'the layer'} has no type", fields.where, 'type: "Convolution"')
    type = canonical_type(fields.to_name(written, "type"))
    ruling = judge_layer(type, fields)
    if ruling.rule:
        fields.find_unknown(LAYER.split())
    bottoms = tuple((fields.to_name(value, "bottom"), fields.source.of(value)) for value in fields.scalars("bottom"))
    where = fields.place("name") if name else fields.where
    if max(len(bottoms), len(fields.values.get("top", ()))) > MAX_BLOBS_OF_LAYER:
        raise SheetError(f"{name or 'the layer'} names more than {MAX_BLOBS_OF_LAYER:,} blobs", where)
    return LayerEntry(fields, type, name or f"{type.lower()}_{position}", where, bottoms, tuple(fields.texts("top")), ruling)


def parameter_names(fields: MessageFields) -> list[str]:
    """The names of a layer's parameter tensors, empty where unnamed: ``param { name: ... }`` or the older ``param: ...``."""
    names = []
    for value in fields.values.get("param", ()):
        if isinstance(value, PrototxtScalar):
            names.append(fields.to_name(value, "param"))
        elif isinstance(value, PrototxtMessage):
            names.append(MessageFields(fields.source, value, fields.source.of(value), "param").text("name"))
    return names


def describe(entry: LayerEntry) -> str:
    """A layer in a message: its name and type."""
    return f"{entry.name} ({entry.type})"
