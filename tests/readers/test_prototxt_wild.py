"""Features of network definitions in public repositories that Caffe's own examples do not have."""

import pytest

from tests.readers.prototxt_texts import Texts, data, layer, quantity


@pytest.fixture
def caffe(tmp_path) -> Texts:
    return Texts(tmp_path)


def source(name: str, type: str, tops: str, body: str = "") -> str:
    return layer(name, type, "", body, tops)


CONV = "convolution_param { num_output: 4 kernel_size: 3 }"

# Files for all purposes: NVIDIA's DIGITS, Caffe's cifar10_full_network

IN_TRAINING, IN_DEPLOY = 'include { stage: "train" }', 'include { stage: "deploy" }'


def for_all_purposes(deploy: str) -> str:
    return (
        source("train", "Data", "scaled label", IN_TRAINING)
        + source("val", "Data", "scaled label", 'include { stage: "val" }')
        + deploy
        + layer("fc", "InnerProduct", "scaled", "inner_product_param { num_output: 10 }")
        + layer("loss", "SoftmaxWithLoss", "fc label", 'exclude { stage: "deploy" }')
        + layer("prob", "Softmax", "fc", IN_DEPLOY)
    )


def test_of_the_stages_train_val_and_deploy_the_last_is_read(caffe: Texts) -> None:
    text = for_all_purposes(layer("scale", "Power", "data", "power_param { scale: 0.1 } " + IN_DEPLOY, "scaled"))
    net = caffe.read(text, "1x4x4")
    assert [node.name for node in net.nodes] == ["scale", "fc", "prob"]
    assert net.notes[0] == "Of the stages train, val and deploy, deploy is read."
    assert "shape of 'data'" in caffe.faults(text)[0]


def test_the_input_of_the_stage_deploy_is_taken(caffe: Texts) -> None:
    shape = "input_param { shape { dim: 1 dim: 3 dim: 8 dim: 8 } } "
    assert caffe.read(for_all_purposes(source("deploy", "Input", "scaled", shape + IN_DEPLOY))).input == (3, 8, 8)


def test_a_stage_that_the_file_itself_names_is_kept(caffe: Texts) -> None:
    net = caffe.read('state { stage: "val" }' + for_all_purposes(""), "1x4x4")
    assert [node.name for node in net.nodes] == ["fc"]
    assert not any(note.startswith("Of the stages") for note in net.notes)


# Data


def test_the_channels_of_a_database_are_assumed_aloud(caffe: Texts) -> None:
    conv = layer("c", "Convolution", "data", CONV)
    (note,) = caffe.read(source("d", "Data", "data label", "transform_param { crop_size: 28 }") + conv).notes
    assert note.startswith("Three channels are assumed for data")
    means = "transform_param { crop_size: 28 mean_value: [104, 117, 123] }"
    assert caffe.read(source("d", "Data", "data label", means) + conv).notes == ()
    assert caffe.read(source("d", "Data", "data label", "transform_param { crop_size: 28 }") + conv, "1x28x28").notes == ()


def test_each_input_of_two_streams_is_asked_for(caffe: Texts) -> None:
    text = source("d", "Python", "color depth label", 'python_param { layer: "PairsDataLayer" }')
    text += layer("a", "Convolution", "color", CONV) + layer("b", "Convolution", "depth", CONV)
    text += layer("sum", "Eltwise", "a b") + layer("loss", "SoftmaxWithLoss", "sum label")
    assert [fault.split(" (")[0].split("shape of ")[1] for fault in caffe.faults(text)] == ["'color'", "'depth'"]
    assert caffe.last(text, "3x8x8,1x8x8").output == (4, 6, 6)


def test_frames_are_channels_where_a_modality_is_named(caffe: Texts) -> None:
    video = "video_data_param { new_length: 5 num_segments: 2 %s } transform_param { crop_size: 16 }"
    text = layer("c", "Convolution", "data", CONV)
    assert caffe.read(source("d", "VideoData", "data label", video % "modality: FLOW") + text).input == (20, 16, 16)
    assert "does not give the shape" in caffe.faults(source("d", "VideoData", "data label", video % "") + text)[0]


def test_machines_put_their_parts_together(caffe: Texts) -> None:
    text = source("d", "Data", "data label_local") + layer("c", "Convolution", "data", CONV)
    text += (
        layer("g", "Gather", "c label_local", tops="all label") + layer("r", "ReLU", "all") + layer("a", "Accuracy", "r label")
    )
    assert list(caffe.rows(text, "3x8x8")) == ["c", "r"]


# Layers


def test_unpooling_gives_back_what_pooling_rounded_up(caffe: Texts) -> None:
    text = data(1, 3, 9, 10) + layer("p", "Pooling", body="pooling_param { kernel_size: 2 stride: 2 }", tops="p mask")
    rows = caffe.rows(text + layer("u", "Upsample", "p mask", "upsample_param { scale: 2 pad_out_h: true }"))
    assert (rows["p"].output, rows["u"].output) == ((3, 5, 5), (3, 9, 10))


def test_c3d_names_its_depths(caffe: Texts) -> None:
    text = 'input: "data" input_shape { dim: 1 dim: 3 dim: 8 dim: 12 dim: 12 }'
    conv = "convolution_param { num_output: 4 kernel_size: 3 kernel_depth: 5 pad: 1 temporal_pad: 2 }"
    pool = "pooling_param { kernel_size: 2 kernel_depth: 1 stride: 2 temporal_stride: 1 }"
    for named, conv_type, pool_type in (("layer", '"Convolution3D"', '"Pooling3D"'), ("layers", "CONVOLUTION3D", "POOLING3D")):
        whole = text + f'{named} {{ name: "c" type: {conv_type} bottom: "data" top: "c" {conv} }}'
        whole += f'{named} {{ name: "p" type: {pool_type} bottom: "c" top: "p" {pool} }}'
        rows = caffe.rows(whole)
        assert (rows["c"].output, rows["p"].output) == ((4, 8, 12, 12), (4, 8, 6, 6))
        assert quantity(rows["c"], "weights") == 4 * 3 * 5 * 3 * 3


def test_a_sequence_is_read_in_both_directions(caffe: Texts) -> None:
    """The markers of sequence starts need no shape; the older Lstm has its own parameters."""
    text = source("d", "HDF5Data", "data marks label")
    text += layer("lstm", "LSTM", "data marks", "recurrent_param { num_output: 7 }")
    text += layer("back", "Reverse", "data", "reverse_param { axis: 0 }")
    text += layer("old", "Lstm", "back", "lstm_param { num_output: 7 }") + layer("forth", "Reverse", "old")
    text += layer("both", "Concat", "lstm forth", "concat_param { axis: 2 }") + layer("loss", "CTCLoss", "both marks label")
    rows = caffe.rows(text, "20x1x5")
    assert rows["both"].output == (20, 1, 14)
    assert quantity(rows["old"], "weights") == quantity(rows["lstm"], "weights") == 4 * 7 * (5 + 7)
    assert "--input 16x1x512 (steps x streams x features)" in caffe.faults(text)[0]


def test_a_third_input_without_a_shape_is_refused_too(caffe: Texts) -> None:
    text = source("d", "HDF5Data", "data marks static")
    text += layer("lstm", "LSTM", "data marks static", "recurrent_param { num_output: 7 }")
    assert "static, whose shape the file does not give" in caffe.faults(text, "20x1x5")[0]


def test_a_detector_for_training_is_read_as_it_infers(caffe: Texts) -> None:
    def script(name: str, of: str, bottoms: str, tops: str) -> str:
        return layer(name, "Python", bottoms, f'python_param {{ layer: "{of}" }}', tops)

    text = script("d", "RoIDataLayer", "", "data im_info gt_boxes") + layer("c", "Convolution", "data", CONV)
    text += layer("score", "Convolution", "c", CONV) + layer("box", "Convolution", "c", CONV)
    text += script("anchors", "AnchorTargetLayer", "score gt_boxes im_info data", "labels box_targets")
    text += layer("loss1", "SoftmaxWithLoss", "score labels") + script("prop", "ProposalLayer", "score box im_info", "rois")
    text += script("choice", "ProposalTargetLayer", "rois gt_boxes", "some labels2 targets")
    text += layer("pool", "ROIPooling", "c some", "roi_pooling_param { pooled_w: 2 pooled_h: 2 }")
    text += layer("loss2", "SmoothL1LossOHEM", "pool targets")
    rows = caffe.rows(text, "3x12x12")
    assert list(rows) == ["c", "score", "box", "prop", "pool"]
    assert rows["pool"].output == (300, 4, 2, 2)


# Messages

NONE = [
    ('train_net: "a/train.prototxt" base_lr: 0.1', "the settings of a solver; the network is in 'a/train.prototxt'"),
    ("base_lr: 0.001 max_iter: 100", "the settings of a solver"),
    ('item { name: "1" label: 1 display_name: "person" }', "a list of classes and their labels"),
    ("num_splits: 1", "layers such as"),
]


@pytest.mark.parametrize(("text", "hint"), NONE)
def test_other_files_are_told_from_networks(caffe: Texts, text: str, hint: str) -> None:
    (fault,) = caffe.faults(text)
    assert "there is no layer" in fault
    assert hint in fault


def test_an_unknown_type_is_not_answered_with_all_types(caffe: Texts) -> None:
    (fault,) = caffe.faults(data(1, 3, 8, 8) + layer("q", "Quux"))
    assert fault.endswith("unknown layer type 'Quux' (skip it with --skip-unknown)")


def test_a_placeholder_is_named(caffe: Texts) -> None:
    (fault,) = caffe.faults('input: "data"\ninput_shape { dim: 1 dim: $HEIGHT }\n')
    assert fault == "2:27 cannot read '$HEIGHT }' (a template's placeholder: replace it with its value)"


def test_the_oldest_form_is_refused_once(caffe: Texts) -> None:
    one = 'layers { layer { name: "r" type: "relu" } bottom: "data" top: "r" }\n'
    (fault,) = caffe.faults('input: "data" input_dim: [1, 3, 8, 8]\n' + one * 3)
    assert fault.startswith("2:1 a layer inside a layer")
