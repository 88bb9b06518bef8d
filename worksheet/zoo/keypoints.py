"""Networks that find the joints of several people: feature maps of joints and of limbs, refined in six stages (OpenPose)."""

from functools import partial

from worksheet.network import Builder
from worksheet.zoo.blocks import HALVING, Member, VggTrunk, conv_relu, vgg_trunk

SOURCE = (
    "Z. Cao, T. Simon, S.-E. Wei and Y. Sheikh, Realtime multi-person 2D pose estimation using part affinity fields (2016); "
    "the authors' definitions for OpenPose"
)
STAGES = 6
TRUNK = VggTrunk((2, 2, 4, 2), (HALVING, HALVING, HALVING, {}), "pool{}_stage1")  # VGG-19 as far as conv4_2
FEATURES = "relu4_4_CPM"
LAST_RELU = "Mrelu6_stage6_L2"
FIRST = (({"c": 128, "w": 3, "p": 1},) * 3, {"c": 512, "w": 1})
LATER = (({"c": 128, "w": 7, "p": 3},) * 5, {"c": 128, "w": 1})


def _branch(net: Builder, source: str, stage: int, branch: str, outputs: int) -> str:
    """The convolutions of a stage's branch; the last has no ReLU."""
    wide, narrow = LATER if stage > 1 else FIRST
    convolutions = [*wide, narrow]
    last = len(convolutions) + 1
    conv, relu, rest = ("Mconv", "Mrelu", f"stage{stage}_{branch}") if stage > 1 else ("conv5_", "relu5_", f"CPM_{branch}")
    for i, words in enumerate(convolutions, 1):
        source = conv_relu(net, source, f"{conv}{i}_{rest}", f"{relu}{i}_{rest}", **words)
    return net.add("Conv2d", source, name=f"{conv}{last}_{rest}", c=outputs, w=1)


def _lay(limbs: int, joints: int, net: Builder) -> None:
    """``limbs`` and ``joints`` are the numbers of feature maps of each kind."""
    vgg_trunk(net, TRUNK)
    with net.stage("block 4"):
        for i, channels in ((3, 256), (4, 128)):
            conv_relu(net, net.last, f"conv4_{i}_CPM", f"relu4_{i}_CPM", c=channels, w=3, p=1)
    source = FEATURES
    for stage in range(1, STAGES + 1):
        with net.stage(f"stage {stage}"):
            branches = [_branch(net, source, stage, f"L{i}", outputs) for i, outputs in ((1, limbs), (2, joints))]
            read = (*branches, FEATURES) if stage < STAGES else reversed(branches)
            source = net.add("Concat", *read, name=f"concat_stage{stage + 1}")
    net.state(LAST_RELU, in_place=0)  # in the authors' files it has a separate output, unlike all other ReLUs


MODELS = tuple(
    Member(name, title, partial(_lay, limbs, joints), input=(3, 368, 368)).model(SOURCE)
    for name, title, limbs, joints in (
        ("multipose-mpi", "OpenPose for MPI", 28, 16),
        ("multipose-coco", "OpenPose for COCO", 38, 19),
    )
)
