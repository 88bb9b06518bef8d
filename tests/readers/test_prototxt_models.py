"""The ways in which well known models are written: segmentation, shuffled and dense blocks, detectors, excitation."""

# ruff: noqa: E501 (a case a line)

import pytest

from tests.readers.prototxt_texts import Texts, data, layer, quantity, stored


@pytest.fixture
def caffe(tmp_path) -> Texts:
    return Texts(tmp_path)


def conv(name: str, bottom: str, channels: int, kernel: int, further: str = "") -> str:
    return layer(name, "Convolution", bottom, f"convolution_param {{ num_output: {channels} kernel_size: {kernel} {further} }}")


def test_fcn_32s(caffe: Texts) -> None:
    """500 x 500 with a border of 100: 698, 349, 175, 88, 44, 22, 16, then 544, cropped to 500 (Long et al., 2015)."""
    text = data(1, 3, 500, 500)
    below = "data"
    for stage in range(1, 6):
        text += conv(f"conv{stage}_1", below, 4, 3, "pad: 100" if stage == 1 else "pad: 1")
        text += layer(f"relu{stage}_1", "ReLU", f"conv{stage}_1", tops=f"conv{stage}_1")
        below = f"pool{stage}"
        text += layer(below, "Pooling", f"conv{stage}_1", "pooling_param { pool: MAX kernel_size: 2 stride: 2 }")
    text += conv("fc6", "pool5", 8, 7) + conv("score_fr", "fc6", 21, 1)
    up = "convolution_param { num_output: 21 bias_term: false kernel_size: 64 stride: 32 }"
    text += layer("upscore", "Deconvolution", "score_fr", f"param {{ lr_mult: 0 }} {up}")
    text += layer("score", "Crop", "upscore data", "crop_param { axis: 2 offset: 19 }")
    text += layer("loss", "SoftmaxWithLoss", "score label", "loss_param { ignore_label: 255 normalize: false }")
    rows = caffe.rows(text)
    assert [rows[f"pool{stage}"].output[1] for stage in range(1, 6)] == [349, 175, 88, 44, 22]
    assert [rows[name].output for name in ("fc6", "upscore", "score")] == [(8, 16, 16), (21, 544, 544), (21, 500, 500)]
    assert quantity(rows["upscore"], "weights") == 21 * 21 * 64 * 64
    assert rows["upscore"].node.stage == ""


def test_a_shuffled_unit(caffe: Texts) -> None:
    """ShuffleNet: grouped 1 x 1, shuffle, depthwise 3 x 3, grouped 1 x 1, joined to an average of the input."""
    text = data(1, 24, 56, 56)
    text += layer("match", "Pooling", "data", "pooling_param { pool: AVE kernel_size: 3 stride: 2 }")
    text += conv("conv1", "data", 54, 1, "group: 1 bias_term: false") + layer("bn1", "BatchNorm", "conv1", tops="conv1")
    text += layer("scale1", "Scale", "conv1", "scale_param { bias_term: true }", "conv1") + layer(
        "relu1", "ReLU", "conv1", tops="conv1"
    )
    text += layer("shuffle", "ShuffleChannel", "conv1", "shuffle_channel_param { group: 3 }")
    text += layer(
        "dw",
        "ConvolutionDepthwise",
        "shuffle",
        "convolution_param { num_output: 54 kernel_size: 3 pad: 1 stride: 2 bias_term: false }",
    )
    text += (
        conv("conv3", "dw", 216, 1, "group: 3 bias_term: false")
        + layer("join", "Concat", "match conv3")
        + layer("out", "ReLU", "join")
    )
    rows = caffe.rows(text)
    assert rows["match"].output == (24, 28, 28)  # rounded up
    assert rows["dw"].output == (54, 28, 28)
    assert rows["out"].output == (240, 28, 28)
    assert quantity(rows["dw"], "macs") == 54 * 9 * 28 * 28
    assert quantity(rows["conv3"], "weights") == 216 * 18
    assert stored(rows) == 24 * 54 + 2 * 54 + 54 * 9 + 216 * 18


def test_a_dense_block(caffe: Texts) -> None:
    """DenseNet: norm, scale and activation come first, and do not run in place where other layers read the blob."""
    text = data(1, 64, 56, 56)
    below, channels = "data", 64
    for step in ("x1", "x2"):
        name = f"conv2_1/{step}"
        text += layer(f"{name}/bn", "BatchNorm", below, "batch_norm_param { eps: 1e-5 }")
        text += layer(f"{name}/scale", "Scale", f"{name}/bn", "scale_param { bias_term: true }", f"{name}/bn")
        text += layer(f"relu/{name}", "ReLU", f"{name}/bn", tops=f"{name}/bn") + conv(
            name, f"{name}/bn", 32, 3, "pad: 1 bias_term: false"
        )
        text += layer(f"{name}/drop", "Dropout", name, "dropout_param { dropout_ratio: 0.2 }", name)
        below, channels = f"concat_{step}", channels + 32
        text += layer(below, "Concat", f"{'data' if step == 'x1' else 'concat_x1'} {name}")
    rows = caffe.rows(text)
    assert rows["concat_x2"].output == (128, 56, 56)
    assert stored(rows) == 2 * 64 + 2 * 96 + 32 * 9 * (64 + 96)
    assert rows["concat_x2"].node.inputs == ("concat_x1", "conv2_1/x2/drop")
    assert rows["conv2_1/x2/bn"].node.stage == rows["conv2_1/x1/scale"].node.stage == "conv2_1"


def test_excitation_by_a_scale_of_two_blobs(caffe: Texts) -> None:
    """SE-BN-Inception: a vector from an inner product, broadcast over the feature map from the batch axis on."""
    text = data(1, 64, 28, 28) + layer(
        "pool", "Pooling", "data", "pooling_param { pool: AVE engine: CAFFE global_pooling: true }"
    )
    text += layer("down", "InnerProduct", "pool", "inner_product_param { num_output: 4 }") + layer(
        "relu", "ReLU", "down", tops="down"
    )
    text += layer("up", "InnerProduct", "down", "inner_product_param { num_output: 64 }") + layer(
        "prob", "Sigmoid", "up", tops="up"
    )
    rows = caffe.rows(text + layer("scale", "Scale", "data up", "scale_param { axis: 0 }"))
    assert rows["scale"].kind.name == "Mul"
    assert rows["scale"].output == (64, 28, 28)
    assert quantity(rows["scale"], "multiplications") == 64 * 28 * 28
    assert stored(rows) == 64 * 4 + 4 + 4 * 64 + 64


def test_deeplab_holes_and_interpolation(caffe: Texts) -> None:
    """LargeFOV: 41 x 41 scores of a 321 x 321 image, pools with a stride of 1, holes, then zoomed by 8 to 321."""
    text = data(1, 3, 321, 321)
    below = "data"
    for stage, stride in enumerate((2, 2, 2, 1, 1), 1):
        text += conv(f"conv{stage}_1", below, 4, 3, "pad: 2 hole: 2" if stage == 5 else "pad: 1")
        below = f"pool{stage}"
        text += layer(below, "Pooling", f"conv{stage}_1", f"pooling_param {{ pool: MAX kernel_size: 3 stride: {stride} pad: 1 }}")
    text += conv("fc6", below, 8, 3, "pad: 12 hole: 12") + conv("fc8", "fc6", 21, 1)
    text += layer("interp", "Interp", "fc8", "interp_param { zoom_factor: 8 }") + layer(
        "arg", "ArgMax", "interp", "argmax_param { axis: 1 }"
    )
    rows = caffe.rows(text)
    assert [rows[f"pool{stage}"].output[1] for stage in range(1, 6)] == [161, 81, 41, 41, 41]
    assert [rows[name].output for name in ("fc6", "interp", "arg")] == [(8, 41, 41), (21, 321, 321), (1, 321, 321)]


def test_a_single_shot_detector(caffe: Texts) -> None:
    """MobileNet-SSD: two maps, their boxes joined; every box has four offsets and a score for each of 3 classes."""
    text = (
        data(1, 3, 64, 64) + conv("conv11", "data", 8, 3, "pad: 1 stride: 4") + conv("conv13", "conv11", 8, 3, "pad: 1 stride: 2")
    )
    for name, sizes, number in (("conv11", "min_size: 60.0", 3), ("conv13", "min_size: 105.0 max_size: 150.0", 4)):
        for part, width in (("loc", 4), ("conf", 3)):
            text += conv(f"{name}_mbox_{part}", name, number * width, 1)
            order = "permute_param { order: 0 order: 2 order: 3 order: 1 }"
            text += layer(f"{name}_mbox_{part}_perm", "Permute", f"{name}_mbox_{part}", order)
            text += layer(f"{name}_mbox_{part}_flat", "Flatten", f"{name}_mbox_{part}_perm", "flatten_param { axis: 1 }")
        prior = f"prior_box_param {{ {sizes} aspect_ratio: 2.0 flip: true clip: false variance: 0.1 offset: 0.5 }}"
        text += layer(f"{name}_mbox_priorbox", "PriorBox", f"{name} data", prior)
    for part, axis in (("loc_flat", 1), ("conf_flat", 1), ("priorbox", 2)):
        joined = " ".join(f"{name}_mbox_{part}" for name in ("conv11", "conv13"))
        text += layer(f"mbox_{part}", "Concat", joined, f"concat_param {{ axis: {axis} }}")
    text += layer("reshape", "Reshape", "mbox_conf_flat", "reshape_param { shape { dim: 0 dim: -1 dim: 3 } }")
    text += layer("softmax", "Softmax", "reshape", "softmax_param { axis: 2 }") + layer("flat", "Flatten", "softmax")
    output = "detection_output_param { num_classes: 3 keep_top_k: 100 nms_param { top_k: 100 } }"
    rows = caffe.rows(text + layer("out", "DetectionOutput", "mbox_loc_flat flat mbox_priorbox", output))
    boxes = 16 * 16 * 3 + 8 * 8 * 4
    shapes = {name: rows[name].output for name in ("mbox_loc_flat", "mbox_priorbox", "softmax", "flat", "out")}
    assert shapes == {
        "mbox_loc_flat": (4 * boxes,),
        "mbox_priorbox": (2, 4 * boxes),
        "softmax": (boxes, 3),
        "flat": (3 * boxes,),
        "out": (100, 7),
    }


def test_a_training_file_of_the_older_form(caffe: Texts) -> None:
    """Network in Network, train_val.prototxt: two data layers, a loss and an accuracy by phase, a global average."""
    text = """name: "nin"
layers { top: "data" top: "label" name: "data" type: DATA data_param { source: "lmdb" backend: LMDB batch_size: 64 }
  transform_param { crop_size: 224 mirror: true mean_file: "mean" } include: { phase: TRAIN } }
layers { top: "data" top: "label" name: "data" type: DATA data_param { source: "lmdb" batch_size: 89 }
  transform_param { crop_size: 224 mirror: false } include: { phase: TEST } }
layers { bottom: "data" top: "conv1" name: "conv1" type: CONVOLUTION blobs_lr: 1 blobs_lr: 2 weight_decay: 1 weight_decay: 0
  convolution_param { num_output: 96 kernel_size: 11 stride: 4 } }
layers { bottom: "conv1" top: "conv1" name: "relu0" type: RELU }
layers { bottom: "conv1" top: "cccp1" name: "cccp1" type: CONVOLUTION convolution_param { num_output: 96 kernel_size: 1 stride: 1 } }
layers { bottom: "cccp1" top: "pool0" name: "pool0" type: POOLING pooling_param { pool: MAX kernel_size: 3 stride: 2 } }
layers { bottom: "pool0" top: "drop" name: "drop" type: DROPOUT dropout_param { dropout_ratio: 0.5 } include: { phase: TRAIN } }
layers { bottom: "pool0" top: "pool4" name: "pool4" type: POOLING pooling_param { pool: AVE kernel_size: 27 stride: 1 } }
layers { name: "accuracy" type: ACCURACY bottom: "pool4" bottom: "label" top: "accuracy" include: { phase: TEST } }
layers { bottom: "pool4" bottom: "label" name: "loss" type: SOFTMAX_LOSS include: { phase: TRAIN } }
"""
    rows = caffe.rows(text)
    assert {name: row.output for name, row in rows.items()} == {
        "conv1": (96, 54, 54),
        "relu0": (96, 54, 54),
        "cccp1": (96, 54, 54),
        "pool0": (96, 27, 27),
        "pool4": (96, 1, 1),
    }
    assert stored(rows) == 96 * 363 + 96 + 96 * 96 + 96
