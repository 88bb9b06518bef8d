"""Single layers for sequences: a recurrent one and a transformer's."""

from functools import partial

from worksheet.network import Builder
from worksheet.zoo.blocks import laid
from worksheet.zoo.model import Model


def _lstm(net: Builder) -> None:
    net.add("LSTM", name="lstm", k=256, l=2)


def _encoder_layer(net: Builder) -> None:
    net.add("TransformerEncoderLayer", name="layer", h=8, f=2048)


MODELS = (
    Model(
        name="lstm-2-layer",
        title="LSTM of two layers",
        input=(10, 128),
        build=partial(laid, _lstm),
        source="torch.nn.LSTM(128, 256, 2); S. Hochreiter and J. Schmidhuber, Long short-term memory (1997)",
    ),
    Model(
        name="transformer-encoder-layer",
        title="Encoder layer of the Transformer",
        input=(10, 512),
        build=partial(laid, _encoder_layer),
        source="torch.nn.TransformerEncoderLayer(512, 8); A. Vaswani et al., Attention is all you need (2017), the base model",
    ),
)
