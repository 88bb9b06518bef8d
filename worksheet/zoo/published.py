"""The table and the reports of convnet-burden: what was published about 48 networks of the zoo, in the published order."""

from __future__ import annotations

from collections.abc import Mapping

from worksheet.frozen import frozen
from worksheet.zoo.model import Model
from worksheet.zoo.spelling import RENAMED

SUFFIX = "-burden"  # of the variant that was counted, where the plain network is another
COLUMNS = ("param_mem", "feat_mem", "flops")

# Name as published, memory of parameters and features, flops, and the layer up to which the network's report gives its features.
TABLE = """
alexnet                   233 MB    3 MB  727 MFLOPs  pool5
caffenet                  233 MB    3 MB  724 MFLOPs  pool5
squeezenet1-0               5 MB   30 MB  837 MFLOPs  fire9/concat
squeezenet1-1               5 MB   17 MB  360 MFLOPs  fire9/concat
vgg-f                     232 MB    4 MB  727 MFLOPs  pool5
vgg-m                     393 MB   12 MB    2 GFLOPs  pool5
vgg-s                     393 MB   12 MB    3 GFLOPs  pool5
vgg-m-2048                353 MB   12 MB    2 GFLOPs  pool5
vgg-m-1024                333 MB   12 MB    2 GFLOPs  pool5
vgg-m-128                 315 MB   12 MB    2 GFLOPs  pool5
vgg-vd-16-atrous           82 MB   58 MB   16 GFLOPs  pool5
vgg-vd-16                 528 MB   58 MB   16 GFLOPs  pool5
vgg-vd-19                 548 MB   63 MB   20 GFLOPs  pool5
googlenet                  51 MB   26 MB    2 GFLOPs  inception_5b/output
resnet18                   45 MB   23 MB    2 GFLOPs  layer4.1.relu2
resnet34                   83 MB   35 MB    4 GFLOPs  layer4.2.relu2
resnet-50                  98 MB  103 MB    4 GFLOPs  res5c_relu
resnet-101                170 MB  155 MB    8 GFLOPs  res5c_relu
resnet-152                230 MB  219 MB   11 GFLOPs  res5c_relu
resnext-50-32x4d           96 MB  132 MB    4 GFLOPs  resx16_elewise_relu
resnext-101-32x4d         169 MB  197 MB    8 GFLOPs  resx33_elewise_relu
resnext-101-64x4d         319 MB  273 MB   16 GFLOPs  resx33_elewise_relu
inception-v3               91 MB   89 MB    6 GFLOPs  avgpool
SE-ResNet-50              107 MB  103 MB    4 GFLOPs  conv5_3
SE-ResNet-101             189 MB  155 MB    8 GFLOPs  conv5_3
SE-ResNet-152             255 MB  220 MB   11 GFLOPs  conv5_3
SE-ResNeXt-50-32x4d       105 MB  132 MB    4 GFLOPs  conv5_3
SE-ResNeXt-101-32x4d      187 MB  197 MB    8 GFLOPs  conv5_3
SENet                     440 MB  347 MB   21 GFLOPs  conv5_3
SE-BN-Inception            46 MB   43 MB    2 GFLOPs  inception_5b_scale
densenet121                31 MB  126 MB    3 GFLOPs  avgpool
densenet161               110 MB  235 MB    8 GFLOPs  avgpool
densenet169                55 MB  152 MB    3 GFLOPs  avgpool
densenet201                77 MB  196 MB    4 GFLOPs  avgpool
mcn-mobilenet              16 MB   38 MB  579 MFLOPs  fc7
rfcn-res50-pascal         122 MB    1 GB   79 GFLOPs  res5c_relu
rfcn-res101-pascal        194 MB    2 GB  117 GFLOPs  res5c_relu
ssd-pascal-vggvd-300      100 MB  116 MB   31 GFLOPs  relu4_3
ssd-pascal-vggvd-512      104 MB  337 MB   91 GFLOPs  relu4_3
ssd-pascal-mobilenet-ft    22 MB   37 MB    1 GFLOPs  conv17_2/relu
faster-rcnn-vggvd-pascal  523 MB  600 MB  172 GFLOPs  relu5_3
pascal-fcn32s             519 MB  423 MB  125 GFLOPs  score_fr
pascal-fcn16s             514 MB  424 MB  125 GFLOPs  score_fr
pascal-fcn8s              513 MB  426 MB  125 GFLOPs  score_fr
deeplab-vggvd-v2          144 MB  755 MB  202 GFLOPs  fc8_interp
deeplab-res101-v2         505 MB    4 GB  346 GFLOPs  fc1_interp
multipose-mpi             196 MB  245 MB  134 GFLOPs  Mconv6_stage6_L2
multipose-coco            200 MB  246 MB  136 GFLOPs  Mconv6_stage6_L2
"""


@frozen
class Published:
    """A row of the table: its name, the network that it was made with, the figures as printed, the layer of its report."""

    name: str
    model: Model
    printed: Mapping[str, str]  # by the column of the convention
    until: str

    @property
    def twist(self) -> str:
        """The differences of the network that was counted from the plain one of this name; empty where there are none."""
        return self.model.twist if self.model.name.endswith(SUFFIX) else ""


def read_table(models: Mapping[str, Model]) -> dict[str, Published]:
    """The rows by name, in the published order; ``models`` are the networks of the zoo."""
    rows = {}
    for line in TABLE.split("\n")[1:-1]:
        name, *figures, until = line.split()
        printed = dict(zip(COLUMNS, map(" ".join, zip(figures[::2], figures[1::2], strict=True)), strict=True))
        now = RENAMED.get(name, name)
        rows[name] = Published(name, models.get(now + SUFFIX) or models[now], printed, until)
    return rows
