"""Faulty and hostile files: every fault is reported with its position, nothing hangs or grows without bound."""

# ruff: noqa: E501 (a case a line)

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import worksheet as ws
from tests.limits import within
from tests.readers.prototxt_texts import Texts, data, layer
from worksheet.errors import WorksheetError
from worksheet.readers.prototxt.text_format import MAX_DEPTH


@pytest.fixture
def caffe(tmp_path) -> Texts:
    return Texts(tmp_path)


# Text that is not the format

SYNTAX = [
    ('name: "a', '1:7 the text that begins here is not closed on the same line (close it with ")'),
    ("layer {\n  name: 'x\n}", "2:9 the text that begins here is not closed on the same line (close it with ')"),
    ("layer { name: }", "1:15 did not expect '}' here"),
    ("layer { a: 3.3.3 }", "1:12 cannot read '3.3.3 }'"),
    ("layer { a: 1", "1:1 layer is not closed: the file ends before its '}'"),
    ("}\n", "1:1 did not expect '}' here (expected a field)"),
    ("a { b: 1 >", "1:10 did not expect '>' here"),
    ("a < b: 1 }", "1:10 did not expect '}' here"),
    ("a: [1, 2", "1:9 the file ends in the middle of a field"),
    ("a: [1 2]", "1:7 did not expect '2' here"),
    ("a:", "1:3 the file ends in the middle of a field"),
    ('a: 1 "b"', "1:6 did not expect '\"b\"' here"),
    ("\x00", "None:None holds zero bytes, as UTF-16 without a mark does"),
    ("layer = 3", "1:7 cannot read '= 3'"),
    ("// a comment of another language", "1:1 cannot read '// a comment of anot…'"),
    ("{ }", "1:1 did not expect '{' here (expected a field)"),
    ("", "None:None is empty (layers such as"),
    ("  # nothing\n", "None:None there is no layer"),
]


@pytest.mark.parametrize(("text", "fault"), SYNTAX)
def test_text_that_is_not_the_format(caffe: Texts, text: str, fault: str) -> None:
    (only,) = caffe.faults(text)
    assert only.startswith(fault)


def test_faults_of_several_layers_are_told_at_once(caffe: Texts) -> None:
    text = (
        'layer { name: "a" type: }\n'
        + layer("good", "ReLU")
        + 'layer {\n  name: "b" type: "ReLU" bottom: 1.2.3\n}\nlayers { : }\n'
    )
    faults = caffe.faults(text)
    assert [fault.split()[0] for fault in faults] == ["1:25", "9:34", "11:10"]


def test_a_file_of_faults_ends_soon(caffe: Texts) -> None:
    assert len(caffe.faults("layer { : }\n" * 20_000)) == 20


# Networks that are none

NETWORKS = [
    (layer("r", "ReLU", "x"), "5:11 r reads blob 'x', which no earlier layer makes"),
    (layer("a", "ReLU", "b") + layer("b", "ReLU", "a"), "5:11 a reads blob 'b', which no earlier layer makes (b (ReLU) in line 9"),
    (layer("a", "ReLU", "a"), "5:11 a reads blob 'a', which no earlier layer makes"),
    (layer("a", "ReLU", "dada"), "5:11 a reads blob 'dada', which no earlier layer makes (did you mean data?)"),
    (
        layer("a", "ReLU", body="include { phase: TRAIN }") + layer("b", "ReLU", "a"),
        "11:11 b reads blob 'a', which no earlier layer makes (a (ReLU) in line 3 makes it, but is not part of phase TEST)",
    ),
    (layer("a", "ReLU") + layer("b", "TanH", tops="a"), "9:9 b makes blob 'a' again (a (ReLU) makes it already"),
    (layer("a", "ReLU", tops="b c"), "3:9 a (ReLU) makes 1 blobs"),
    (layer("a", "Eltwise", "data"), "3:9 a (Eltwise) reads 2 or more blobs, not 1"),
    (layer("a", "ReLU", "data data"), "3:9 a (ReLU) reads 1 blobs, not 2"),
    ('layer { name: "a" bottom: "data" }', "2:1 a has no type"),
    (layer("a", "Convolution", body="convolution_param { num_output: 2 }"), "6:3 convolution_param has no kernel_size"),
    (layer("a", "Convolution", body="convolution_param { kernel_size: 2 }"), "6:3 convolution_param has no num_output"),
    (layer("a", "Convolution"), "2:1 convolution_param has no kernel_size"),
    (layer("a", "Convolution", body="convolution_param: 3"), "6:22 convolution_param is a message, not '3'"),
    (layer("a", "Convolution", body="convolution_param { kernel_size { } }"), "6:23 kernel_size is a value, not a message"),
    (layer("a", "Convolution", body="convolution_param { kernel_size: 3.5 num_output: 1 }"), "6:36 kernel_size is '3.5'; it must be a whole"),
    (layer("a", "Convolution", body='convolution_param { kernel_size: "3" num_output: 1 }'), "6:36 kernel_size is '3'; it must be a whole"),
    (layer("a", "Convolution", body="convolution_param { kernel_size: 0 num_output: 1 }"), "6:36 kernel_size is 0; it must be from 1"),
    (layer("a", "Convolution", body="convolution_param { kernel_size: 3 stride: -1 num_output: 1 }"), "6:46 stride is -1; it must be from 1"),
    (
        layer("a", "Convolution", body="convolution_param { kernel_size: 3 num_output: 99999999999999 }"),
        "6:50 num_output is 99,999,999,999,999; it must be from 1 to 1,000,000,000",
    ),
    (layer("a", "Convolution", body=f"convolution_param {{ kernel_size: {'9' * 5000} num_output: 1 }}"), "6:36 kernel_size is '9999999999"),
    (layer("a", "Convolution", body="convolution_param { kernel_size: 99 num_output: 1 }"), "3:9 the kernel is wider (99) than"),
    (layer("a", "Convolution", body="convolution_param { kernel_size: 1 num_output: 1 group: 2 }"), "3:9 3 input channels"),
    (layer("a", "Convolution", body="convolution_param { kernel_size: 1 kernel_h: 1 num_output: 1 }"), "6:48 kernel_size and kernel_h"),
    (layer("a", "Convolution", body="convolution_param { kernel_size: [1, 1, 1] num_output: 1 }"), "6:37 kernel_size is given 3 times"),
    (layer("a", "Convolution", body="convolution_param { num_output: 1 num_output: 1 kernel_size: 1 }"), "6:49 num_output is given twice"),
    (layer("a", "Convolution", body="convolution_param { } convolution_param { }"), "6:25 convolution_param is given twice"),
    (layer("a", "Convolution", body="convolution_param { num_output: 1 kernel_size: 1 bias_term: 2 }"), "6:63 bias_term is '2'"),
    (layer("a", "Pooling", body="pooling_param { pool: MIN }"), "6:25 pool is 'MIN'"),
    (layer("a", "Pooling", body="pooling_param { pool: STOCHASTIC }"), "6:25 stochastic pooling is not counted"),
    (layer("a", "Softmax", body="softmax_param { axis: 4 }"), "6:25 axis is 4, but the blob has 4 axes (from -4 to 3)"),
    (layer("a", "Softmax", body="softmax_param { axis: 0 }"), "6:25 a (Softmax) works across the samples of a batch"),
    (layer("a", "Flatten", body="flatten_param { axis: 2 end_axis: 1 }"), "6:37 end_axis comes before axis"),
    (layer("a", "Reshape", body="reshape_param { shape { dim: 0 dim: 5 dim: -1 } }"), "3:9 a cannot reshape 192 elements to 1 x 5 x ?"),
    (layer("a", "Reshape", body="reshape_param { shape { dim: -1 dim: -1 } }"), "6:3 a cannot reshape to (-1, -1)"),
    (layer("a", "Permute", body="permute_param { order: 1 order: 0 }"), "6:26 a moves the batch"),
    (layer("a", "Permute", body="permute_param { order: 0 order: 9 }"), "6:26 a orders 4 axes as 0, 9"),
    (layer("a", "Slice", body="slice_param { slice_point: 9 }", tops="b c"), "6:30 a cuts 3 at 9 for 2 tops"),
    (layer("a", "Slice", tops="b c"), "3:9 a cannot cut 3 into 2 equal parts"),
    (layer("a", "SPP", body="spp_param { pyramid_height: 99 }"), "6:31 a pyramid of 99 levels"),
    (layer("a", "Tile", body="tile_param { tiles: 1000000000 axis: 2 }") , "3:9 the size of axis 2 of the output is 8,000,000,000"),
    (layer("a", "PriorBox", body="prior_box_param { aspect_ratio: 0 min_size: 1 }"), "6:35 aspect_ratio is 0; it must be positive"),
    (layer("a", "Crop", "data data", "crop_param { axis: nan }"), "6:22 axis is 'nan'; it must be a whole number"),
    (layer("a", "InnerProduct", body="inner_product_param { num_output: 1000000000 }") + layer("b", "Tile", "a", "tile_param { tiles: 1000000000 }"), "9:9 "),
    (layer("a", "Accuracy", "data"), "None:None no layer in the file computes anything"),
    ("layers { layer { } }", "2:1 a layer inside a layer: the oldest form"),
    (layer("x" * 501, "ReLU"), "3:9 name is a text of 501 characters"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "fault"), NETWORKS)
def test_a_network_that_is_none(caffe: Texts, text: str, fault: str) -> None:
    faults = caffe.faults(data(1, 3, 8, 8) + text)
    assert faults[0].startswith(fault), faults


INPUTS = [
    ('input: "a" input_dim: 1 input_dim: 3 ' + layer("r", "ReLU", "a"), "1:23 2 input_dim for 1 inputs"),
    ('input: "a" input: "b" input_shape { dim: 1 }' + layer("r", "ReLU", "a"), "1:23 1 input_shape for 2 inputs"),
    ('input: "a" input_dim: 1 input_shape { dim: 1 }' + layer("r", "ReLU", "a"), "1:23 input_dim and input_shape"),
    ('input: "a" input_shape { dim: 1 dim: 0 }' + layer("r", "ReLU", "a"), "1:38 dim is 0; it must be from 1"),
    ('input: "a" input_shape { }' + layer("r", "ReLU", "a"), "1:8 an input of 0 axes"),
    (data(1, 10**9, 10**9, 10**9) + layer("r", "ReLU"), "3:9 the output of ReLU would be"),
    (data(*[2] * 8) + layer("r", "ReLU"), "1:15 an input of 8 axes; it must have 1 to 7"),
]


@pytest.mark.parametrize(("text", "fault"), INPUTS)
def test_inputs_with_faults(caffe: Texts, text: str, fault: str) -> None:
    faults = caffe.faults(text)
    assert faults
    assert faults[0].startswith(fault), faults


def test_all_faults_are_reported_and_none_follows_from_another(caffe: Texts) -> None:
    text = data(1, 3, 8, 8) + layer("a", "Convolutoin") + layer("b", "Pooling", "a", "pooling_param { kernel_size: 2 }")
    text += layer("c", "Flatten", "b") + layer("d", "Pooling", "data", "pooling_param { }") + layer("e", "ReLU", "gone")
    faults = caffe.faults(text)
    assert [fault.split(" (")[0] for fault in faults] == [
        "4:9 unknown layer type 'Convolutoin'",
        "24:3 pooling_param has no kernel_size",
        "29:11 e reads blob 'gone', which no earlier layer makes",
    ]


def test_a_solver_is_told_from_a_network(caffe: Texts) -> None:
    (fault,) = caffe.faults('net: "examples/mnist/lenet.prototxt" base_lr: 0.01 momentum: 0.9 type: "SGD"')
    assert "this file holds the settings of a solver; the network is in 'examples/mnist/lenet.prototxt'" in fault


# Bounds


@pytest.mark.parametrize("depth", [MAX_DEPTH, MAX_DEPTH + 1, 100_000])
def test_depth_is_bounded(caffe: Texts, depth: int) -> None:
    faults = caffe.faults(data(1, 3, 4, 4) + "a {" * depth + "}" * depth + layer("r", "ReLU"))
    assert faults == [] if depth <= MAX_DEPTH else "at most 50" in faults[0]


GROWING = {
    "many fields": "a:1 " * 900_000,
    "one long number": "a: " + "9" * 5_000_000,
    "one long name": "a" * 5_000_000,
    "many blanks": "a" + " " * 5_000_000 + "= 3",
    "one long text": 'name: "' + "x" * 5_000_000 + '"',
    "escapes": 'name: "' + "\\" * 1_000_000 + '"',
    "unclosed braces": "a{" * 300_000,
    "closing braces": "}" * 1_000_000,
    "brackets": "a: [" + "1," * 300_000,
    "quotes": '"' * 1_000_000,
    "colons": ":" * 700_000,
    "too large": "#" * (16 * 1024 * 1024 + 1),
    "one comment": "#" * 5_000_000,
}


@pytest.mark.parametrize("case", GROWING)
def test_nothing_grows_or_hangs(caffe: Texts, case: str) -> None:
    with within(30):
        assert caffe.faults(GROWING[case])


def test_the_number_of_layers_is_bounded(caffe: Texts) -> None:
    (fault,) = caffe.faults('layer{type:"ReLU"}\n' * 20_001)
    assert fault.startswith("20001:1 more than 20,000 layers")


WRONG = {
    "types": lambda i: layer(f"l{i}", f"Type{i:x}"),
    "blobs": lambda i: layer(f"l{i}", "ReLU", f"blob{i:x}"),
    "fields": lambda i: layer(f"l{i}", "ReLU", body="; ".join(f"relu_parm{i}x{j}: 1" for j in range(8))),
    "excluded": lambda i: layer(f"l{i}", "ReLU", f"l{i + 1}", "exclude { phase: TEST }" if i % 2 else ""),
}


@pytest.mark.parametrize("case", WRONG)
def test_files_that_are_wrong_throughout_end_soon(caffe: Texts, case: str) -> None:
    with within(60):
        caffe.faults(data(1, 3, 4, 4) + "".join(WRONG[case](i) for i in range(10_000)))


LISTS = {
    "dims": layer("r", "Reshape", body="reshape_param { shape { " + "dim: 999999999 " * 50_000 + "} }"),
    "order": layer("p", "Permute", body="permute_param { " + "order: 7 " * 50_000 + "}"),
    "points": layer("s", "Slice", body="slice_param { " + "slice_point: 2 " * 50_000 + "}"),
    "ratios": layer(
        "b", "PriorBox", body="prior_box_param { min_size: 1 " + " ".join(f"aspect_ratio: {i}" for i in range(2, 50_000)) + "}"
    ),
    "tops": layer("s", "Split", tops=" ".join(map(str, range(50_000)))),
    "names": layer("i", "InnerProduct", body="inner_product_param { num_output: 2 } " + 'param { name: "w" } ' * 50_000)
    + layer("r", "ReLU", "none"),
    "kernels": layer("c", "Convolution", body="convolution_param { num_output: 2 " + "kernel_size: 1 " * 50_000 + "}"),
}


@pytest.mark.parametrize("case", LISTS)
def test_long_lists_are_refused_soon(caffe: Texts, case: str) -> None:
    with within(20):
        (fault,) = caffe.faults(data(1, 3, 4, 4) + LISTS[case])
    assert len(fault) < 300


def test_a_blob_from_outside_has_one_source(caffe: Texts) -> None:
    assert "is an input twice, first in line 1" in caffe.faults(data(1, 3, 4, 4) + data(1, 3, 5, 5) + layer("r", "ReLU"))[0]


def test_many_tops_and_many_inputs(caffe: Texts) -> None:
    tops = " ".join(f"t{i}" for i in range(3_000))
    faults = caffe.faults(data(1, 3_000, 2, 2) + layer("s", "Slice", tops=tops) + layer("e", "Eltwise", tops))
    assert "3,000 tensors" in faults[0]


PIECES = [
    "layer {", "layers {", "}", '"a"', '"data"', "name:", "type:", "bottom:", "top:", '"ReLU"', '"Convolution"', "POOLING",
    "convolution_param {", "pooling_param {", "reshape_param { shape {", "dim:", "axis:", "num_output:", "kernel_size:", "1", "-1",
    "3", "0", "1e9", "[", "]", ",", ";", "<", ">", "#", "\n", " ", "include { phase: TRAIN }", "input:", "input_dim:", "'", '"',
    '"Slice"', '"InnerProduct"', '"Scale"', '"LSTM"', '"Python"', '"PriorBox"', '"Reshape"', '"Permute"', '"SPP"', '"Crop"',
]  # fmt: skip
FUZZ = settings(max_examples=500, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
START = data(1, 3, 4, 4)
WORDS = st.lists(st.one_of(st.sampled_from(PIECES), st.text(max_size=3)), max_size=30).map(" ".join)
TYPES = st.sampled_from(
    sorted(
        {
            "Convolution",
            "Pooling",
            "Reshape",
            "Permute",
            "Slice",
            "Scale",
            "InnerProduct",
            "Concat",
            "Eltwise",
            "Crop",
            "LSTM",
            "SPP",
        }
    )
)
PARAMS = st.sampled_from(
    [
        "convolution",
        "pooling",
        "reshape",
        "permute",
        "slice",
        "scale",
        "inner_product",
        "concat",
        "eltwise",
        "crop",
        "recurrent",
        "spp",
    ]
)
FIELDS = st.lists(
    st.tuples(
        st.sampled_from(
            [
                "axis",
                "num_output",
                "kernel_size",
                "pad",
                "stride",
                "group",
                "order",
                "slice_point",
                "num_axes",
                "pyramid_height",
                "offset",
                "coeff",
            ]
        ),
        st.integers(-3, 9),
    ),
    max_size=4,
)


@FUZZ
@given(WORDS)
def test_any_text_is_read_or_refused_in_words(caffe: Texts, text: str) -> None:
    _is_read_or_refused(caffe, START + text.encode(errors="replace").decode())


@FUZZ
@given(st.lists(st.tuples(TYPES, PARAMS, FIELDS, st.integers(0, 3), st.integers(1, 3)), min_size=1, max_size=4))
def test_any_network_is_read_or_refused_in_words(caffe: Texts, layers: list) -> None:
    text = START
    for i, (type, param, fields, below, tops) in enumerate(layers):
        bottoms = " ".join(f"b{j}_0" if j >= 0 else "data" for j in range(i - 1, i - 1 - max(below, 1), -1) if j >= -1)
        body = f"{param}_param {{ {' '.join(f'{name}: {number}' for name, number in fields)} }}"
        text += layer(f"l{i}", type, bottoms or "data", body, " ".join(f"b{i}_{j}" for j in range(tops)))
    _is_read_or_refused(caffe, text)


def _is_read_or_refused(caffe: Texts, text: str) -> None:
    try:
        net = caffe.read(text, skip_unknown=True)
    except WorksheetError as fault:
        assert str(fault)
        assert all(one.message for one in fault.faults)
    else:
        assert ws.derive(net).totals
