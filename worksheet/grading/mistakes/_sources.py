"""Where mistakes are documented: threads, articles and documentation, by the keys that the families use."""

STRUCTURE = "the structure of the formula, as in the documentation of torch.nn; no thread found"
FRACTIONS = "stats.stackexchange 223630 on fractional sizes and on Caffe, which rounds up"
ROUNDED_DOWN = "stats.stackexchange 650777 on 54.25 and why it is rounded down"
DILATION = "discuss.pytorch.org 66834 and 14338 on dilation"
SAME = "kegui.medium.com on the size of Conv2DTranspose; csdn 90237295 on SAME and VALID"
TRANSPOSED = "community.deeplearning.ai 70537 on transposed convolution, the padding subtracted once"
PARAMETERS = "stats.stackexchange 570254, an attempt at self-study with n(m+1); a thread on 896 where 32x3x3 = 288 was expected"
CHOICES = "pupuweb, the wrong choices 6400, 18816 and 1233125504 of a question whose answer is 18944"
GROUPS = "pytorch-OpCounter 41, flops-counter 7 and 9, DeepLearningForFun 4, PaddlePaddle models 3890"
NORMALISATION = "stackoverflow 42521005; community.deeplearning.ai 444994 on 128 instead of 64"
FLATTENING = "androidkt and geekycodes on mat1 and mat2 that cannot be multiplied; scientyficworld on the batch as a feature"
TWICE = "fvcore 69, flops-counter 40, mmcv 785, pytorch-OpCounter 15 and 46, NVIDIA Model-Optimizer 387"
NO_BIAS = "pytorch-OpCounter 53 and 136, flops-counter 60, fvcore 102, torchstat 45"
POSITIONS = "a question on the flops of a convolution of 3x32x32 in Nemotron-CC-Math; the tcom242242 blog"
BATCH = "pytorch-summary 51 and 202, torchinfo 82"
RELU = "flops-cnn 1, pytorch-OpCounter 42 on ReLU that is not counted"
WHICH_LAYERS = "stats.stackexchange 570254 on which other layers have parameters"
POOLING = "torch-opCounter 3 on pooling not multiplied by its channels, mmcv 827, flops-counter 94"
UNITS = "torchgeo 1516 on where 2**20 comes from, torchinfo 362"
RECURRENT = "discuss.pytorch.org 113371 on 3 or 4 parameters; newbedev on 9600 or 9408 with reset_after; stackoverflow 60353094"
SHEET = "the AI61002 sheet itself"
FORMULA = "the formula itself; no thread found"


def both(*sources: str) -> str:
    """Several sources as one."""
    return "; ".join(sources)
