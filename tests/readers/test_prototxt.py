"""Reading Caffe's files: small networks with figures computed by hand, the two forms of the format, phases and inputs."""

import math

import pytest

import worksheet as ws
from tests.readers.prototxt_texts import Texts, data, layer, quantity, stored


@pytest.fixture
def caffe(tmp_path) -> Texts:
    return Texts(tmp_path)


LENET = """name: "LeNet"  # as in examples/mnist
layer { name: "data" type: "Input" top: "data" input_param { shape: { dim: 64 dim: 1 dim: 28 dim: 28 } } }
layer {
  name: "conv1" type: "Convolution" bottom: "data" top: "conv1"
  param { lr_mult: 1 } param { lr_mult: 2 }
  convolution_param { num_output: 20 kernel_size: 5 stride: 1 weight_filler { type: "xavier" } bias_filler { type: "constant" } }
}
layer { name: "pool1" type: "Pooling" bottom: "conv1" top: "pool1" pooling_param { pool: MAX kernel_size: 2 stride: 2 } }
layer {
  name: "conv2" type: "Convolution" bottom: "pool1" top: "conv2"
  convolution_param { num_output: 50 kernel_size: 5 }
}
layer { name: "pool2" type: "Pooling" bottom: "conv2" top: "pool2" pooling_param { pool: MAX kernel_size: 2 stride: 2 } }
layer { name: "ip1" type: "InnerProduct" bottom: "pool2" top: "ip1" inner_product_param { num_output: 500 } }
layer { name: "relu1" type: "ReLU" bottom: "ip1" top: "ip1" }
layer { name: "ip2" type: "InnerProduct" bottom: "ip1" top: "ip2" inner_product_param { num_output: 10 } }
layer { name: "prob" type: "Softmax" bottom: "ip2" top: "prob" }
"""


def test_lenet(caffe: Texts) -> None:
    """431,080 parameters, as Caffe itself counts them: 520 + 25,050 + 400,500 + 5,010."""
    net = caffe.read(LENET)
    rows = caffe.rows(LENET)
    assert (net.name, net.input, net.heading.convention, net.notes) == ("LeNet", (1, 28, 28), "", ())
    assert {name: row.output for name, row in rows.items()} == {
        "conv1": (20, 24, 24),
        "pool1": (20, 12, 12),
        "conv2": (50, 8, 8),
        "pool2": (50, 4, 4),
        "ip1": (500,),
        "relu1": (500,),
        "ip2": (10,),
        "prob": (10,),
    }
    assert stored(rows) == 431_080
    macs = {name: quantity(row, "macs") for name, row in rows.items() if row.kind.name in {"Conv2d", "Linear"}}
    assert macs == {"conv1": 288_000, "conv2": 1_600_000, "ip1": 400_000, "ip2": 5_000}
    assert rows["ip2"].node.inputs == ("relu1",)  # in place: the blob ip1 is relu1's by now
    assert rows["conv1"].node.where.line == 4


def test_a_network_of_the_reader_becomes_a_document(caffe: Texts) -> None:
    solution = ws.derive(caffe.read(LENET))
    assert solution.totals == {"params": 431_080, "macs": 2_293_000}
    assert b"431,080" in ws.render(solution, "md")


# The two forms of the format

OLD = """name: "OLD"
input: "data" input_dim: 10 input_dim: 3 input_dim: 8 input_dim: 8
layers { name: "c" type: CONVOLUTION bottom: "data" top: "c" blobs_lr: 1 weight_decay: 1
  convolution_param { num_output: 4 kernel_size: 3 group: 1 } }
layers { name: "r" type: RELU bottom: "c" top: "c" }
layers { name: "n" type: LRN bottom: "c" top: "n" lrn_param { local_size: 3 } }
layers { name: "p" type: POOLING bottom: "n" top: "p" pooling_param { pool: AVE kernel_size: 2 stride: 2 } }
layers { name: "d" type: DROPOUT bottom: "p" top: "p" }
layers { name: "i" type: INNER_PRODUCT bottom: "p" top: "i" inner_product_param { num_output: 5 } }
layers { name: "t" type: TANH bottom: "i" top: "i" }
layers { name: "b" type: BNLL bottom: "i" top: "i" }
layers { name: "a" type: ABSVAL bottom: "i" top: "i" }
layers { name: "e" type: ELTWISE bottom: "i" bottom: "i" top: "e" eltwise_param { operation: PROD } }
layers { name: "s" type: SOFTMAX_LOSS bottom: "e" bottom: "label" top: "s" }
"""


def test_the_older_form(caffe: Texts) -> None:
    rows = caffe.rows(OLD)
    kinds = [row.kind.name for row in rows.values()]
    assert kinds == ["Conv2d", "ReLU", "LRN", "AvgPool2d", "Dropout", "Linear", "Tanh", "Softplus", "Abs", "Mul"]
    assert rows["p"].output == (4, 3, 3)
    assert caffe.read(OLD).notes == ("Left out, because they compute nothing at inference: s (SoftmaxLoss).",)


def test_every_writing_of_the_text_format(caffe: Texts) -> None:
    text = r"""
    # a comment; ' " { } are nothing in it
    name: 'a "quoted" ' "name\x21" '\041\''
    input: "data", input_shape: < dim: [0x1, 03]; dim: 0XA dim: 012 >;
    layer <
      name: "c" type : "Convolution"  # between
      bottom
        :
        "data"
      top: "c"
      convolution_param: { num_output: 4, kernel_size: [3, 3], bias_term: False
        weight_filler { type: "gaussian" std: 1.5e-3f mean: -.5 min: - 2. max: inf variance_norm: FAN_IN } }
      param [ { lr_mult: 1 }, { lr_mult: 2e0 } ]
      [extension.of/somebody] { any: nan }
    >
    """
    net = caffe.read(text)
    assert net.name == 'a "quoted" name!!\''
    assert net.input == (3, 10, 10)
    assert caffe.last(text).output == (4, 8, 8)
    assert caffe.last(text).values["b"] == 0


# Inputs


def test_several_inputs_with_four_dims_each(caffe: Texts) -> None:
    text = """input: "a" input: "b" input_dim: 1 input_dim: 2 input_dim: 4 input_dim: 4
    input_dim: 1 input_dim: 3 input_dim: 4 input_dim: 4 """ + layer("c", "Concat", "a b")
    net = caffe.read(text)
    assert (net.input, dict(net.further)) == ((2, 4, 4), {"b": (3, 4, 4)})
    assert caffe.last(text).output == (5, 4, 4)
    assert caffe.last(text, "2x5x5,1x5x5").output == (3, 5, 5)


DATA = {
    "crop": ('type: "Data" transform_param { crop_size: 20 } data_param { batch_size: 50 }', (3, 20, 20)),
    "grey": ('type: "Data" transform_param { crop_size: 20 force_gray: true }', (1, 20, 20)),
    "old crop": ('type: "Data" data_param { crop_size: 20 }', (3, 20, 20)),
    "image": ('type: "ImageData" image_data_param { new_height: 8 new_width: 9 }', (3, 8, 9)),
    "memory": ('type: "MemoryData" memory_data_param { batch_size: 2 channels: 1 height: 6 width: 7 }', (1, 6, 7)),
    "dummy": ('type: "DummyData" dummy_data_param { shape { dim: 5 dim: 3 dim: 4 dim: 4 } }', (3, 4, 4)),
    "old dummy": ('type: "DummyData" dummy_data_param { num: 5 channels: 3 height: 4 width: 4 }', (3, 4, 4)),
    "window": ('type: "WindowData" window_data_param { crop_size: 9 }', (3, 9, 9)),
    "annotated": ('type: "AnnotatedData" transform_param { resize_param { height: 6 width: 8 } }', (3, 6, 8)),
    "own": ('type: "SegmentationData" transform_param { crop_size: 12 }', (3, 12, 12)),
    "lower case": ('type: "data" input_param { shape { dim: 10 dim: 3 dim: 4 dim: 4 } }', (3, 4, 4)),
}


@pytest.mark.parametrize("case", DATA)
def test_data_layers(caffe: Texts, case: str) -> None:
    body, shape = DATA[case]
    text = (
        f'layer {{ name: "data" top: "data" top: "label" {body} }}'
        + layer("r", "ReLU")
        + layer("l", "SoftmaxWithLoss", "r label")
    )
    assert caffe.read(text).input == shape
    assert len(caffe.rows(text)) == 1


@pytest.mark.parametrize("type", ["Data", "HDF5Data", "Python", "MyOwnData"])
def test_a_shape_that_the_file_does_not_say_is_asked_for(caffe: Texts, type: str) -> None:
    text = f'layer {{ name: "d" type: "{type}" top: "data" top: "label" }}\n' + layer("r", "ReLU")
    (fault,) = caffe.faults(text)
    assert fault.startswith("1:15 the file does not give the shape of 'data' (give it without the batch: --input")
    assert caffe.last(text, "3x4x4").output == (3, 4, 4)


def test_a_cutting_without_an_input_takes_the_callers(caffe: Texts) -> None:
    text = layer("c", "Convolution", "somewhere", "convolution_param { num_output: 2 kernel_size: 1 }")
    assert "does not give the shape of 'somewhere'" in caffe.faults(text)[0]
    assert caffe.last(text, "3x4x4").output == (2, 4, 4)


def test_too_many_shapes_are_refused(caffe: Texts) -> None:
    assert "2 input shapes are given, but the network has 1 inputs" in caffe.faults(LENET, "1x28x28,3")[0]


# Phases

PHASES = """
layer { name: "train" type: "Data" top: "data" top: "label" include { phase: TRAIN } transform_param { crop_size: 32 } }
layer { name: "test" type: "Data" top: "data" top: "label" include { phase: TEST } transform_param { crop_size: 28 } }
layer { name: "out" type: "Dropout" bottom: "data" top: "data" exclude { phase: TEST } }
layer { name: "both" type: "ReLU" bottom: "data" top: "both" }
layer { name: "staged" type: "ReLU" bottom: "both" top: "staged" include { stage: "deploy" } }
layer { name: "unstaged" type: "TanH" bottom: "both" top: "unstaged" include { not_stage: "deploy" } }
layer { name: "level" type: "Sigmoid" bottom: "both" top: "level" include { min_level: 1 max_level: 3 } }
layer { name: "old" type: "ELU" bottom: "both" top: "old" phase: TRAIN }
layer { name: "acc" type: "Accuracy" bottom: "both" bottom: "label" top: "acc" include: { phase: TEST } }
"""


def test_layers_of_phase_test_run(caffe: Texts) -> None:
    net = caffe.read(PHASES)
    assert net.input == (3, 28, 28)
    assert [node.name for node in net.nodes] == ["both", "unstaged"]
    assert net.notes == (
        "Three channels are assumed for data, as the file does not give them; --input sets the shape.",
        "Left out, because they compute nothing at inference: acc (Accuracy).",
        (
            "Left out, because they are not part of phase TEST: "
            "train (Data), out (Dropout), staged (ReLU), level (Sigmoid), old (ELU)."
        ),
    )


def test_the_files_own_state_chooses_stages_and_levels(caffe: Texts) -> None:
    net = caffe.read('state { phase: TEST level: 2 stage: "deploy" }' + PHASES)
    assert [node.name for node in net.nodes] == ["both", "staged", "level"]


def test_data_of_training_serves_where_there_is_no_other(caffe: Texts) -> None:
    text = PHASES.replace('layer { name: "test"', 'layer { phase: TRAIN name: "test"')
    assert caffe.read(text.replace("include { phase: TEST } transform", "transform")).input == (3, 32, 32)


def test_rules_to_include_and_to_exclude_cannot_be_mixed(caffe: Texts) -> None:
    text = data(1, 3, 4, 4) + layer("r", "ReLU", body="include { phase: TEST } exclude { phase: TRAIN }")
    assert "not both" in caffe.faults(text)[0]


# Shared parameters, stages, names


def test_parameters_of_one_name_are_counted_once(caffe: Texts) -> None:
    """The two towers of a siamese network (mnist_siamese.prototxt)."""
    tower = 'param {{ name: "{0}_w" }} param {{ name: "{0}_b" }} inner_product_param {{ num_output: {1} }}'
    text = data(1, 2, 28, 28) + layer("slice", "Slice", body="slice_param { slice_dim: 1 slice_point: 1 }", tops="left right")
    for side in ("left", "right"):
        text += layer(f"ip1_{side}", "InnerProduct", side, tower.format("ip1", 500))
        text += layer(f"ip2_{side}", "InnerProduct", f"ip1_{side}", tower.format("ip2", 10))
    rows = caffe.rows(text)
    assert {name: row.node.shares for name, row in rows.items() if row.node.shares} == {
        "ip1_right": "ip1_left",
        "ip2_right": "ip2_left",
    }
    assert stored(rows) == 784 * 500 + 500 + 500 * 10 + 10
    assert rows["slice/right"].values["f"] == 1
    assert ws.derive(caffe.read(text)).totals["params"] == stored(rows)


def test_sharing_some_parameters_is_noted(caffe: Texts) -> None:
    text = data(1, 8) + layer("a", "InnerProduct", "data", 'param { name: "w" } inner_product_param { num_output: 8 }')
    text += layer("b", "InnerProduct", "a", 'param { name: "w" } inner_product_param { num_output: 8 }')
    net = caffe.read(text)
    assert [node.shares for node in net.nodes] == ["", ""]
    assert net.notes == ("b shares only some of its parameters with a; they are counted in each.",)


def test_old_names_of_parameters(caffe: Texts) -> None:
    text = data(1, 8) + "".join(
        layer(name, "InnerProduct", "data", 'param: "w" inner_product_param { num_output: 4 bias_term: false }') for name in "ab"
    )
    assert [node.shares for node in caffe.read(text).nodes] == ["", "a"]


def test_arrays_of_different_size_cannot_be_shared(caffe: Texts) -> None:
    text = data(1, 8) + "".join(
        layer(
            f"ip{n}", "InnerProduct", "data", f'param {{ name: "w" }} inner_product_param {{ num_output: {n} bias_term: false }}'
        )
        for n in (4, 5)
    )
    assert "ip5 shares the parameters of ip4, but they have 40 and 32 elements" in caffe.faults(text)[0]


def test_stages_follow_the_names(caffe: Texts) -> None:
    one = "convolution_param { num_output: 4 kernel_size: 1 }"
    text = data(1, 4, 8, 8) + layer("conv1", "Convolution", "data", one) + layer("relu1", "ReLU", "conv1", tops="conv1")
    text += layer("res2a_branch1", "Convolution", "conv1", one) + layer("res2a_branch2a", "Convolution", "conv1", one)
    text += layer("bn2a", "BatchNorm", "res2a_branch2a", tops="res2a_branch2a")
    text += layer("res2a", "Eltwise", "res2a_branch1 res2a_branch2a") + layer("inception_3a/1x1", "Convolution", "res2a", one)
    text += layer("inception_3a/pool_proj", "Convolution", "res2a", one)
    stages = {node.name: node.stage for node in caffe.read(text).nodes}
    assert stages == {
        "conv1": "",
        "relu1": "",
        "res2a_branch1": "res2a",
        "res2a_branch2a": "res2a",
        "bn2a": "res2a",
        "res2a": "res2a",
        "inception_3a/1x1": "inception_3a",
        "inception_3a/pool_proj": "inception_3a",
    }


def test_layers_of_one_name_are_told_apart(caffe: Texts) -> None:
    text = data(1, 4) + layer("r", "ReLU", "data") + layer("r", "TanH", "r", tops="t") + layer("input", "ELU", "t")
    assert [node.name for node in caffe.read(text).nodes] == ["r", "r_2", "input_2"]


# Unknown types and fields


def test_unknown_types_are_refused_or_passed_over(caffe: Texts) -> None:
    text = data(1, 3, 4, 4) + layer("s", "SpatialTransformer") + layer("r", "ReLU", "s")
    (fault,) = caffe.faults(text)
    assert "unknown layer type 'SpatialTransformer'" in fault
    assert "skip it with --skip-unknown" in fault
    net = caffe.read(text, skip_unknown=True)
    assert net.notes == ("Skipped because their types are unknown: s (SpatialTransformer).",)
    assert net.nodes[0].inputs == ("input",)


def test_misspelt_types_and_fields_are_named(caffe: Texts) -> None:
    text = data(1, 3, 4, 4) + layer("c", "Convolutoin") + layer("d", "Convolution", body="convolution_parm { num_output: 2 }")
    text += layer("e", "Convolution", body="convolution_param { num_output: 2 kernal_size: 1 }")
    faults = caffe.faults(text)
    assert "did you mean Convolution" in faults[0]
    assert "did you mean convolution_param?" in faults[1]
    assert "18:37 convolution_param has no field 'kernal_size' (did you mean kernel_size?)" in faults[2]


def test_fields_of_other_caffes_are_noted(caffe: Texts) -> None:
    text = 'me: "cut off"' + data(1, 3, 4, 4)
    text += layer("c", "Convolution", body="convolution_param { num_output: 2 kernel_size: 1 cudnn_limit: 8 }")
    assert caffe.read(text).notes == ("Unknown fields, ignored: me (line 1), convolution_param.cudnn_limit (line 6).",)


@pytest.mark.parametrize(
    ("type", "reason"),
    [("Filter", "depends on the data"), ("DenseCRF", "random field"), ("Python", "the Python layer own_layer is unknown")],
)
def test_what_cannot_be_counted_says_why(caffe: Texts, type: str, reason: str) -> None:
    text = data(1, 3, 4, 4) + layer("x", type, body='python_param { module: "m" layer: "own_layer" }')
    assert reason in caffe.faults(text)[0]
    assert caffe.faults(text + layer("r", "ReLU", "x"), skip_unknown=True) == []


def test_labels_and_what_is_made_of_them_are_left_out(caffe: Texts) -> None:
    text = 'layer { name: "d" type: "Data" top: "data" top: "label" transform_param { crop_size: 4 } }' + layer("r", "ReLU")
    text += layer("half", "Power", "label", "power_param { scale: 0.5 }") + layer("loss", "EuclideanLoss", "r half")
    assert [node.name for node in caffe.read(text).nodes] == ["r"]
    assert "r2 reads label, whose shape" in caffe.faults(text + layer("r2", "Concat", "r label"))[0]


# Rounding


def pooled(size: int, kernel: int, stride: int, pad: int) -> int:
    """PoolingLayer::Reshape of Caffe, line by line."""
    pooled = math.ceil((size + 2 * pad - kernel) / stride) + 1
    if pad and (pooled - 1) * stride >= size + pad:
        pooled -= 1
    return pooled


@pytest.mark.parametrize("pad", [0, 1])
@pytest.mark.parametrize(("kernel", "stride"), [(2, 1), (2, 2), (3, 2), (2, 3), (3, 3), (3, 5)])
def test_pooling_rounds_up_and_clips_behind_padding(caffe: Texts, kernel: int, stride: int, pad: int) -> None:
    body = f"pooling_param {{ pool: MAX kernel_size: {kernel} stride: {stride} pad: {pad} }}"
    for size in range(5, 16):
        side = pooled(size, kernel, stride, pad)
        assert caffe.last(data(1, 2, size, size) + layer("p", "Pooling", "data", body)).output == (2, side, side), size


@pytest.mark.parametrize("rounding", ["round_mode: FLOOR", "round_mode: 1", "ceil_mode: false"])
def test_newer_caffes_can_round_down(caffe: Texts, rounding: str) -> None:
    body = f"pooling_param {{ kernel_size: 3 stride: 2 {rounding} }}"
    assert caffe.last(data(1, 2, 8, 8) + layer("p", "Pooling", "data", body)).output == (2, 3, 3)
