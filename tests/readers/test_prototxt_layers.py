"""Every layer type of Caffe and its better known forks, on small blobs, with sizes and counts computed by hand."""

# ruff: noqa: E501 (a case a line)

from collections.abc import Iterator

import pytest

from tests.complete import complete
from tests.readers.prototxt_texts import Texts, data, layer, quantity, stored
from worksheet.readers.prototxt.layer_rules import LEFT_OUT, RULES, TYPES, UNCOUNTED


@pytest.fixture
def caffe(tmp_path) -> Texts:
    return Texts(tmp_path)


MAP = (1, 6, 8, 10)
VECTOR = (1, 12)
# type, dims with the batch, parameters, kinds of the nodes, output, weights and biases
ONE_INPUT = [
    ("AbsVal", MAP, "", "Abs", (6, 8, 10), 0),
    ("ArgMax", MAP, "argmax_param { axis: 1 }", "Max", (1, 8, 10), 0),
    ("ArgMax", VECTOR, "", "Max", (1,), 0),
    ("ArgMax", MAP, "", "Reshape Max", (1,), 0),
    ("BN", MAP, "bn_param { scale_filler { value: 1 } }", "BatchNorm", (6, 8, 10), 12),
    ("BNLL", MAP, "", "Softplus", (6, 8, 10), 0),
    ("BatchNorm", MAP, "batch_norm_param { use_global_stats: true }", "BatchNorm", (6, 8, 10), 0),
    ("BatchNorm", VECTOR, "", "BatchNorm", (12,), 0),
    ("BatchNorm", MAP, "batch_norm_param { scale_bias: true }", "BatchNorm", (6, 8, 10), 12),
    ("Bias", MAP, "", "Bias", (6, 8, 10), 6),
    ("Bias", MAP, "bias_param { axis: 2 num_axes: 2 }", "Parameter Add", (6, 8, 10), 80),
    ("Convolution", MAP, "convolution_param { num_output: 4 kernel_size: 3 }", "Conv2d", (4, 6, 8), 4 * 55),
    ("Convolution", MAP, "convolution_param { num_output: 4 kernel_h: 3 kernel_w: 1 stride_w: 2 pad_h: 1 }", "Conv2d", (4, 8, 5), 76),
    ("Convolution", MAP, "convolution_param { num_output: 4 kernel_size: 3 kernel_size: 1 stride: [1, 2] pad: [1, 0] }", "Conv2d", (4, 8, 5), 76),
    ("Convolution", MAP, "convolution_param { num_output: 4 kernel_size: 3 dilation: 2 group: 2 bias_term: false }", "Conv2d", (4, 4, 6), 108),
    ("Convolution", (1, 6, 20), "convolution_param { num_output: 4 kernel_size: 5 }", "Conv1d", (4, 16), 124),
    ("Convolution", (1, 3, 4, 8, 8), "convolution_param { num_output: 4 kernel_size: 3 pad: 1 }", "Conv3d", (4, 4, 8, 8), 328),
    ("Convolution", (1, 7, 3, 8, 8), "convolution_param { num_output: 4 kernel_size: 3 axis: 2 }", "Conv2d", (7, 4, 6, 6), 112),
    ("Convolution", MAP, "convolution_param { num_output: 4 kernel_size: 3 hole: 2 }", "Conv2d", (4, 4, 6), 220),
    ("ConvolutionDepthwise", MAP, "convolution_param { num_output: 6 kernel_size: 3 pad: 1 }", "Conv2d", (6, 8, 10), 60),
    ("Deconvolution", MAP, "convolution_param { num_output: 6 kernel_size: 4 stride: 2 group: 6 bias_term: false }", "ConvTranspose2d", (6, 18, 22), 96),
    ("Deconvolution", MAP, "convolution_param { num_output: 4 kernel_size: 4 stride: 2 pad: 1 }", "ConvTranspose2d", (4, 16, 20), 388),
    ("DepthwiseConvolution", MAP, "convolution_param { kernel_size: 3 num_output: 6 bias_term: false }", "Conv2d", (6, 6, 8), 54),
    ("Dropout", MAP, "dropout_param { dropout_ratio: 0.5 }", "Dropout", (6, 8, 10), 0),
    ("ELU", MAP, "elu_param { alpha: 0.1 }", "ELU", (6, 8, 10), 0),
    ("Exp", MAP, "", "Exp", (6, 8, 10), 0),
    ("Exp", MAP, "exp_param { base: 2 shift: 1 }", "MulScalar Exp MulScalar", (6, 8, 10), 0),
    ("Flatten", MAP, "", "Flatten", (480,), 0),
    ("Flatten", MAP, "flatten_param { axis: 2 }", "Reshape", (6, 80), 0),
    ("Flatten", MAP, "flatten_param { axis: -2 end_axis: -2 }", "Identity", (6, 8, 10), 0),
    ("HSwish", MAP, "", "Hardswish", (6, 8, 10), 0),
    ("HSigmoid", MAP, "", "Hardsigmoid", (6, 8, 10), 0),
    ("Im2col", MAP, "convolution_param { kernel_size: 3 }", "Gather", (54, 6, 8), 0),
    ("InnerProduct", MAP, "inner_product_param { num_output: 5 }", "Linear", (5,), 5 * 481),
    ("InnerProduct", MAP, "inner_product_param { num_output: 5 axis: 2 }", "Reshape Linear", (6, 5), 5 * 81),
    ("InnerProduct", MAP, "inner_product_param { num_output: 5 axis: -1 bias_term: false }", "Linear", (6, 8, 5), 50),
    ("InnerProduct", (1, 4, 5), "inner_product_param { num_output: 3 }", "Flatten Linear", (3,), 63),
    ("Interp", MAP, "interp_param { height: 17 width: 9 }", "Interp", (6, 17, 9), 0),
    ("Interp", (1, 2, 41, 41), "interp_param { zoom_factor: 8 }", "Interp", (2, 321, 321), 0),
    ("Interp", (1, 3, 321, 321), "interp_param { shrink_factor: 8 pad_beg: 0 }", "Interp", (3, 41, 41), 0),
    ("LRN", MAP, "lrn_param { local_size: 5 alpha: 1e-4 beta: .75 }", "LRN", (6, 8, 10), 0),
    ("LRN", MAP, "lrn_param { local_size: 3 norm_region: WITHIN_CHANNEL }", "LRN", (6, 8, 10), 0),
    ("Log", MAP, "log_param { base: 10 scale: 2 shift: 1 }", "MulScalar AddScalar Log MulScalar", (6, 8, 10), 0),
    ("MVN", MAP, "", "InstanceNorm", (6, 8, 10), 0),
    ("MVN", MAP, "mvn_param { across_channels: true }", "GroupNorm", (6, 8, 10), 0),
    ("MVN", MAP, "mvn_param { normalize_variance: false }", "Mean Sub", (6, 8, 10), 0),
    ("Mish", MAP, "", "Mish", (6, 8, 10), 0),
    ("Normalize", MAP, "norm_param { across_spatial: false channel_shared: false }", "Normalize", (6, 8, 10), 6),
    ("Normalize", MAP, "", "Normalize", (6, 8, 10), 1),
    ("PReLU", MAP, "", "PReLU", (6, 8, 10), 6),
    ("PReLU", MAP, "prelu_param { channel_shared: true }", "PReLU", (6, 8, 10), 1),
    ("Permute", MAP, "permute_param { order: 0 order: 2 order: 3 order: 1 }", "Permute", (8, 10, 6), 0),
    ("Permute", MAP, "permute_param { order: 0 order: 2 }", "Permute", (8, 6, 10), 0),
    ("Permute", MAP, "", "Identity", (6, 8, 10), 0),
    ("Pooling", MAP, "pooling_param { pool: AVE kernel_size: 3 stride: 2 }", "AvgPool2d", (6, 4, 5), 0),
    ("Pooling", MAP, "pooling_param { kernel_h: 8 kernel_w: 10 pool: 0 }", "MaxPool2d", (6, 1, 1), 0),
    ("Pooling", MAP, "pooling_param { pool: AVE global_pooling: true }", "GlobalAvgPool", (6, 1, 1), 0),
    ("Pooling", MAP, "pooling_param { global_pooling: true }", "GlobalMaxPool", (6, 1, 1), 0),
    ("Power", MAP, "power_param { power: 2 scale: 3 shift: 1 }", "MulScalar AddScalar Power", (6, 8, 10), 0),
    ("Power", MAP, "power_param { power: 2 }", "Power", (6, 8, 10), 0),
    ("Power", MAP, "power_param { power: 0.5 }", "Sqrt", (6, 8, 10), 0),
    ("Power", MAP, "power_param { power: 3 shift: -1 }", "AddScalar Power", (6, 8, 10), 0),
    ("Power", MAP, "power_param { power: -1 }", "DivScalar", (6, 8, 10), 0),
    ("ChannelShuffle", MAP, "channel_shuffle_param { group: 2 }", "ChannelShuffle", (6, 8, 10), 0),
    ("Clip", MAP, "clip_param { min: 0 max: 6 }", "Clip", (6, 8, 10), 0),
    ("Power", MAP, "power_param { scale: -1 }", "Negative", (6, 8, 10), 0),
    ("Power", MAP, "power_param { scale: 0.017 }", "MulScalar", (6, 8, 10), 0),
    ("Power", MAP, "", "Identity", (6, 8, 10), 0),
    ("PriorBox", MAP, "prior_box_param { min_size: 30 max_size: 60 aspect_ratio: 2 flip: true }", "PriorBox", (2, 1280), 0),
    ("PriorBox", MAP, "prior_box_param { min_size: 30 aspect_ratio: [2, 3, 2, 1] flip: false }", "PriorBox", (2, 960), 0),
    ("ReLU", MAP, "", "ReLU", (6, 8, 10), 0),
    ("ReLU", MAP, "relu_param { negative_slope: 0.1 }", "LeakyReLU", (6, 8, 10), 0),
    ("ReLU6", MAP, "", "ReLU6", (6, 8, 10), 0),
    ("Reduction", MAP, "", "Reshape Sum", (1,), 0),
    ("Reduction", MAP, "reduction_param { operation: MEAN axis: 2 }", "Reshape Mean", (6,), 0),
    ("Reduction", MAP, "reduction_param { operation: ASUM axis: 1 coeff: 2 }", "Abs Reshape Sum MulScalar", (1,), 0),
    ("Reduction", MAP, "reduction_param { operation: SUMSQ axis: 3 }", "Mul Sum", (6, 8), 0),
    ("Reshape", MAP, "reshape_param { shape { dim: 0 dim: 2 dim: -1 dim: 0 } }", "Reshape", (2, 24, 10), 0),
    ("Reshape", MAP, "reshape_param { shape { dim: -1 dim: 10 } }", "Reshape", (48, 10), 0),
    ("Reshape", MAP, "reshape_param { shape { dim: 3 dim: 2 } axis: 1 num_axes: 1 }", "Reshape", (3, 2, 8, 10), 0),
    ("Reshape", MAP, "reshape_param { shape { dim: 1 } axis: -1 num_axes: 0 }", "Reshape", (6, 8, 10, 1), 0),
    ("Reorg", MAP, "reorg_param { stride: 2 }", "PixelUnshuffle", (24, 4, 5), 0),
    ("Reorg", (1, 8, 3, 3), "reorg_param { stride: 2 reverse: true }", "PixelShuffle", (2, 6, 6), 0),
    ("Reverse", MAP, "reverse_param { axis: 2 }", "Gather", (6, 8, 10), 0),
    ("SPP", (1, 6, 13, 13), "spp_param { pyramid_height: 3 pool: MAX }", "MaxPool2d Flatten MaxPool2d Flatten MaxPool2d Flatten Concat", (126,), 0),
    ("Scale", MAP, "scale_param { bias_term: true }", "Scale", (6, 8, 10), 12),
    ("Scale", MAP, "", "Scale", (6, 8, 10), 6),
    ("Scale", VECTOR, "scale_param { bias_term: true }", "Scale", (12,), 24),
    ("Scale", MAP, "scale_param { num_axes: -1 bias_term: true }", "Parameter Mul Parameter Add", (6, 8, 10), 960),
    ("Scale", MAP, "scale_param { num_axes: 0 }", "Parameter Mul", (6, 8, 10), 1),
    ("ShuffleChannel", MAP, "shuffle_channel_param { group: 3 }", "ChannelShuffle", (6, 8, 10), 0),
    ("Sigmoid", MAP, "", "Sigmoid", (6, 8, 10), 0),
    ("Softmax", MAP, "", "Softmax", (6, 8, 10), 0),
    ("SpatialDropout", MAP, "", "Dropout", (6, 8, 10), 0),
    ("Softmax", MAP, "softmax_param { axis: -1 }", "Softmax", (6, 8, 10), 0),
    ("Swish", MAP, "", "SiLU", (6, 8, 10), 0),
    ("Swish", MAP, "swish_param { beta: 2 }", "MulScalar Sigmoid Mul", (6, 8, 10), 0),
    ("TanH", VECTOR, "", "Tanh", (12,), 0),
    ("Threshold", MAP, "threshold_param { threshold: 0.5 }", "Threshold", (6, 8, 10), 0),
    ("Tile", MAP, "tile_param { axis: 2 tiles: 3 }", "Gather", (6, 24, 10), 0),
    ("Transpose", MAP, "transpose_param { dim: 0 dim: 2 dim: 3 dim: 1 }", "Permute", (8, 10, 6), 0),
    ("Upsample", MAP, "upsample_param { scale: 2 }", "Upsample", (6, 16, 20), 0),
    ("Upsample", MAP, "upsample_param { scale_h: 2 scale_w: 3 }", "Upsample", (6, 16, 30), 0),
]  # fmt: skip


@pytest.mark.parametrize("case", ONE_INPUT, ids=lambda case: f"{case[0]} {case[2]}"[:60])
def test_a_layer_on_one_blob(caffe: Texts, case: tuple) -> None:
    type, dims, body, kinds, output, numbers = case
    rows = caffe.rows(data(*dims) + layer("x", type, "data", body))
    assert [row.kind.name for row in rows.values()] == kinds.split()
    assert list(rows.values())[-1].output == output
    assert list(rows)[-1] == "x"
    assert stored(rows) == numbers


MANY_INPUTS = [
    ("Axpy", ((1, 6, 1, 1), MAP, MAP), "", "Axpy", (6, 8, 10)),
    ("Axpy", ((1, 6), MAP, MAP), "", "Axpy", (6, 8, 10)),
    ("Concat", (MAP, (1, 2, 8, 10)), "", "Concat", (8, 8, 10)),
    ("Concat", (MAP, (1, 6, 8, 2)), "concat_param { axis: -1 }", "Concat", (6, 8, 12)),
    ("Concat", (MAP, MAP, MAP), "concat_param { concat_dim: 1 }", "Concat", (18, 8, 10)),
    ("Crop", (MAP, (1, 6, 5, 4)), "crop_param { axis: 2 offset: 1 }", "Crop", (6, 5, 4)),
    ("Eltwise", (MAP, MAP), "", "Add", (6, 8, 10)),
    ("Eltwise", (MAP, MAP, MAP), "eltwise_param { operation: PROD }", "Mul", (6, 8, 10)),
    ("Eltwise", (MAP, MAP), "eltwise_param { operation: MAX }", "Maximum", (6, 8, 10)),
    ("Eltwise", (MAP, MAP), "eltwise_param { coeff: 1 coeff: -1 }", "Sub", (6, 8, 10)),
    ("Eltwise", (MAP, MAP), "eltwise_param { operation: SUM coeff: 0.5 coeff: 1 }", "MulScalar Add", (6, 8, 10)),
    ("Scale", (MAP, (1, 6, 1, 1)), "scale_param { axis: 0 }", "Mul", (6, 8, 10)),
    ("Scale", (MAP, (1, 6)), "scale_param { axis: 0 bias_term: true }", "Reshape Mul Parameter Add", (6, 8, 10)),
    ("Bias", (MAP, (1, 6)), "bias_param { axis: 0 }", "Reshape Add", (6, 8, 10)),
    ("Interp", (MAP, (1, 3, 20, 30)), "", "Interp", (6, 20, 30)),
    ("DetectionOutput", ((1, 40), (1, 30), (1, 2, 40)), "detection_output_param { num_classes: 3 keep_top_k: 7 }", "DetectionOutput", (7, 7)),
    ("DetectionOutput", ((1, 40), (1, 30), (1, 2, 40)), "detection_output_param { num_classes: 3 }", "DetectionOutput", (10, 7)),
]  # fmt: skip


@pytest.mark.parametrize("case", MANY_INPUTS, ids=lambda case: f"{case[0]} {case[2]}"[:60])
def test_a_layer_on_several_blobs(caffe: Texts, case: tuple) -> None:
    type, shapes, body, kinds, output = case
    names = " ".join(f"in{i}" for i in range(len(shapes)))
    text = "".join(data(*shape, name=name) for shape, name in zip(shapes, names.split(), strict=True))
    rows = caffe.rows(text + layer("x", type, names, body))
    assert [row.kind.name for row in rows.values()] == kinds.split()
    assert list(rows.values())[-1].output == output


def test_slices(caffe: Texts) -> None:
    text = data(1, 6, 4, 4) + layer("s", "Slice", body="slice_param { axis: 1 slice_point: 1 slice_point: 4 }", tops="a b c")
    rows = caffe.rows(text + layer("e", "Eltwise", "a a") + layer("f", "Split", "b", tops="g h") + layer("i", "Concat", "g h"))
    assert [row.output for row in rows.values()] == [(1, 4, 4), (3, 4, 4), (2, 4, 4), (1, 4, 4), (6, 4, 4)]
    assert rows["i"].node.inputs == ("s/b", "s/b")
    equal = caffe.rows(data(1, 6, 4, 4) + layer("s", "Slice", tops="a b c"))
    assert [row.values["f"] for row in equal.values()] == [0, 2, 4]


def test_one_convolution_on_two_blobs_has_one_set_of_weights(caffe: Texts) -> None:
    text = data(1, 3, 8, 8, name="a") + data(1, 3, 6, 6, name="b")
    rows = caffe.rows(text + layer("c", "Convolution", "a b", "convolution_param { num_output: 2 kernel_size: 3 }", "x y"))
    assert [row.output for row in rows.values()] == [(2, 6, 6), (2, 4, 4)]
    assert stored(rows) == 2 * 28


def test_places_of_maxima_unpool(caffe: Texts) -> None:
    """SegNet: the second top of a pooling has the positions to which its Upsample moves the elements."""
    text = data(1, 3, 9, 9) + layer("p", "Pooling", body="pooling_param { kernel_size: 2 stride: 2 }", tops="p mask")
    row = caffe.last(text + layer("u", "Upsample", "p mask", "upsample_param { scale: 2 upsample_w: 9 upsample_h: 9 }"))
    assert (row.kind.name, row.output, row.received) == ("Gather", (3, 9, 9), ((3, 5, 5),))


def test_a_stored_array(caffe: Texts) -> None:
    text = data(1, 6, 4, 4) + 'layer { name: "p" type: "Parameter" top: "p" parameter_param { shape { dim: 6 } } }'
    rows = caffe.rows(text + layer("s", "Scale", "data p"))
    assert [row.kind.name for row in rows.values()] == ["Parameter", "Reshape", "Mul"]
    assert stored(rows) == 6


# Regions


def rpn(pooling: str = "ROIPooling", body: str = "roi_pooling_param { pooled_w: 7 pooled_h: 7 }") -> str:
    """The head of Faster R-CNN, or R-FCN, in the writing of its authors."""
    one = "convolution_param {{ num_output: {} kernel_size: 1 }}".format
    text = 'input: "data" input_shape { dim: 1 dim: 3 dim: 32 dim: 48 }\ninput: "im_info" input_shape { dim: 1 dim: 3 }\n'
    text += layer("conv", "Convolution", "data", one(98))
    text += layer("score", "Convolution", "conv", one(18)) + layer("box", "Convolution", "conv", one(36))
    text += layer("two", "Reshape", "score", "reshape_param { shape { dim: 0 dim: 2 dim: -1 dim: 0 } }")
    text += layer("soft", "Softmax", "two") + layer(
        "back", "Reshape", "soft", "reshape_param { shape { dim: 0 dim: 18 dim: -1 dim: 0 } }"
    )
    script = "python_param { module: 'rpn.proposal_layer' layer: 'ProposalLayer' param_str: \"'feat_stride': 16\" }"
    text += layer("proposal", "Python", "back box im_info", script, "rois")
    return text + layer("pool", pooling, "conv rois", body)


def test_faster_rcnn_heads_run_for_each_region(caffe: Texts) -> None:
    text = rpn() + layer("fc", "InnerProduct", "pool", "inner_product_param { num_output: 21 }") + layer("prob", "Softmax", "fc")
    rows = caffe.rows(text)
    shapes = {name: row.output for name, row in rows.items()}
    assert shapes["two"] == (2, 9 * 32, 48)
    assert shapes["back"] == (18, 32, 48)
    assert (shapes["proposal"], shapes["pool"]) == ((300, 5), (300, 98, 7, 7))
    assert (shapes["fc"], shapes["prob"]) == ((300, 21), (300, 21))
    assert quantity(rows["fc"], "macs") == 300 * 98 * 49 * 21
    assert quantity(rows["fc"], "weights") == 98 * 49 * 21
    net = caffe.read(text, regions=10)
    assert net.notes == ("The heads run once per region: 10 regions asked for; --regions sets another number.",)
    assert dict(net.further) == {"im_info": (3,)}


def test_rfcn_pools_positions_and_votes(caffe: Texts) -> None:
    text = rpn("PSROIPooling", "psroi_pooling_param { spatial_scale: 0.0625 output_dim: 2 group_size: 7 }")
    text += layer("vote", "Pooling", "pool", "pooling_param { pool: AVE kernel_size: 7 stride: 7 }")
    text += layer("cls_prob", "Softmax", "vote") + layer(
        "rows", "Reshape", "cls_prob", "reshape_param { shape { dim: -1 dim: 2 } }"
    )
    rows = caffe.rows(text)
    assert [row.output for row in list(rows.values())[-4:]] == [(300, 2, 7, 7), (300, 2, 1, 1), (300, 2, 1, 1), (300, 2)]
    assert quantity(rows["cls_prob"], "exponentials") == 600


def test_a_residual_stage_behind_regions(caffe: Texts) -> None:
    """res5 of Faster R-CNN with ResNet: convolutions, norms, scales and global pooling on each region by itself."""
    text = rpn() + layer("c", "Convolution", "pool", "convolution_param { num_output: 8 kernel_size: 3 pad: 1 bias_term: false }")
    text += layer("bn", "BatchNorm", "c") + layer("s", "Scale", "bn", "scale_param { bias_term: true }", "bn")
    text += layer("r", "ReLU", "bn") + layer("sum", "Eltwise", "c r") + layer("a", "PReLU", "sum")
    text += layer("p", "Pooling", "a", "pooling_param { pool: AVE global_pooling: true }") + layer("n", "BatchNorm", "p")
    text += layer("cat", "Concat", "n n") + layer("m", "MVN", "c") + layer("f", "Flatten", "cat")
    rows = caffe.rows(text, regions=20)
    assert rows["f"].output == (20, 16)
    assert quantity(rows["bn"], "buffers") == 16
    assert stored({name: rows[name] for name in ("bn", "s", "a")}) == 16 + 8
    assert quantity(rows["bn"], "divisions") == 20 * 8 * 49
    assert rows["cat"].output == (20, 16, 1, 1)


@pytest.mark.parametrize("dims", ["dim: 1 dim: 5", "dim: 1 dim: 5 dim: 1 dim: 1"])
def test_regions_from_outside(caffe: Texts, dims: str) -> None:
    """Fast R-CNN's test.prototxt: one region is written down, to be changed on the fly."""
    text = 'input: "data" input_shape { dim: 1 dim: 3 dim: 20 dim: 30 } input: "rois" input_shape { ' + dims + " }\n"
    text += layer("pool", "ROIPooling", "data rois", "roi_pooling_param { pooled_w: 2 pooled_h: 3 }")
    text += layer("fc", "InnerProduct", "pool", "inner_product_param { num_output: 4 }")
    net = caffe.read(text)
    assert dict(net.further) == {"rois": (300, 5)}
    assert caffe.last(text, regions=7).output == (7, 4)
    assert caffe.last(text, "3x20x30,9x5").output == (9, 4)


def test_the_files_own_number_of_regions(caffe: Texts) -> None:
    text = rpn().replace("param_str: \"'feat_stride': 16\"", "param_str: \"'post_nms_topn': 50\"")
    assert caffe.rows(text)["proposal"].output == (50, 5)
    own = layer("proposal", "Proposal", "back box im_info", "proposal_param { post_nms_topn: 60 }", "rois scores")
    start, end = text.index('layer {\n  name: "proposal"'), text.index('layer {\n  name: "pool"')
    rows = caffe.rows(text[:start] + own + text[end:])
    assert (rows["proposal"].output, rows["proposal/scores"].output) == ((60, 5), (60, 1))


def test_regions_are_aligned_and_picked(caffe: Texts) -> None:
    text = rpn("ROIAlign", "roi_align_param { pooled_w: 4 pooled_h: 3 }")
    text += layer("picked", "Slice", "rois", "slice_param { axis: 0 slice_point: 7 }", "first others")
    rows = caffe.rows(text + layer("re", "BatchReindex", "pool first"))
    assert rows["pool"].output == (300, 98, 3, 4)
    assert rows["re"].output == (7, 98, 3, 4)
    assert "selects samples of a batch" in caffe.faults(data(1, 3, 4, 4) + layer("re", "BatchReindex", "data data"))[0]


# Recurrence


def test_a_recurrent_network_counts_its_steps(caffe: Texts) -> None:
    """LRCN: 16 frames through one convolution, then a sequence of 16 steps in one stream."""
    text = data(16, 3, 8, 8) + data(16, 1, name="cont")
    text += layer("conv", "Convolution", "data", "convolution_param { num_output: 4 kernel_size: 3 }")
    text += layer("fc", "InnerProduct", "conv", "inner_product_param { num_output: 5 }")
    text += layer("seq", "Reshape", "fc", "reshape_param { shape { dim: 16 dim: 1 dim: 5 } }")
    text += layer("lstm", "LSTM", "seq cont", "recurrent_param { num_output: 7 }")
    text += layer("out", "InnerProduct", "lstm", "inner_product_param { num_output: 3 axis: 2 }")
    rows = caffe.rows(text)
    assert quantity(rows["conv"], "macs") == 16 * 4 * 36 * 27
    assert quantity(rows["lstm"], "weights") == 4 * 7 * (5 + 7)
    assert quantity(rows["lstm"], "macs") == 16 * 4 * 7 * (5 + 7)
    assert rows["out"].output == (16, 1, 3)
    assert quantity(rows["lstm"], "biases") == 4 * 7  # one for each gate, where torch has two
    (recurs,) = caffe.read(text).notes
    assert recurs.startswith("The network is recurrent")


def test_a_third_input_of_a_recurrent_layer_is_refused(caffe: Texts) -> None:
    text = data(3, 1, 5) + data(3, 1, name="cont") + data(1, 4, name="static")
    assert "third input" in caffe.faults(text + layer("l", "LSTM", "data cont static", "recurrent_param { num_output: 7 }"))[0]


def test_streams_and_embeddings(caffe: Texts) -> None:
    text = data(10, 4, name="words") + data(10, 4, name="cont")
    text += layer("embed", "Embed", "words", "embed_param { input_dim: 100 num_output: 6 bias_term: false }")
    text += layer("rnn", "RNN", "embed cont", "recurrent_param { num_output: 5 }")
    rows = caffe.rows(text)
    assert rows["embed"].output == (10, 4, 6)
    assert list(rows.values())[-1].output == (10, 4, 5)
    assert quantity(rows["rnn/state"], "macs") == 4 * 10 * 5 * (6 + 5)
    assert quantity(rows["rnn/output"], "weights") == 25


# The table


def used() -> Iterator[str]:
    yield from (case[0] for case in (*ONE_INPUT, *MANY_INPUTS))
    yield from ("BatchReindex", "Embed", "LSTM", "PSROIPooling", "Parameter", "Proposal", "RNN", "ROIAlign", "ROIPooling")
    yield from ("Slice", "Split", "Convolution3D", "Gather", "Pooling3D", "Scatter")


def test_every_rule_is_tried() -> None:
    complete(used(), RULES, add="read a layer of this type in these tests")


BVLC = """AbsVal Accuracy ArgMax BNLL BatchNorm BatchReindex Bias Clip Concat ContrastiveLoss Convolution Crop Data Deconvolution Dropout
DummyData ELU Eltwise Embed EuclideanLoss Exp Filter Flatten HDF5Data HDF5Output HingeLoss Im2col ImageData InfogainLoss InnerProduct
Input LRN LSTM Log MVN MemoryData MultinomialLogisticLoss PReLU Parameter Pooling Power Python RNN ReLU Reduction Reshape SPP Scale
Sigmoid SigmoidCrossEntropyLoss Silence Slice Softmax SoftmaxWithLoss Split Swish TanH Threshold Tile WindowData"""


def test_every_type_of_caffe_has_its_verdict() -> None:
    """The types that BVLC Caffe registers (src/caffe/layers, layer_factory.cpp)."""
    complete(set(TYPES.values()) & set(BVLC.split()), BVLC.split(), add="read, leave out or refuse layers of type")
    both = set(RULES) & {*LEFT_OUT, *UNCOUNTED}
    assert not both, f"read as well as left out: {both}"
