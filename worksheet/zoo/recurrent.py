"""Single layers for sequences: a recurrent one and a transformer's."""

from worksheet.network import Builder
from worksheet.zoo.blocks import Member


def _lstm(net: Builder) -> None:
    net.add("LSTM", name="lstm", k=256, l=2)


def _encoder_layer(net: Builder) -> None:
    net.add("TransformerEncoderLayer", name="layer", h=8, f=2048)


LSTM = "torch.nn.LSTM(128, 256, 2); S. Hochreiter and J. Schmidhuber, Long short-term memory (1997)"
ENCODER = "torch.nn.TransformerEncoderLayer(512, 8); A. Vaswani et al., Attention is all you need (2017), the base model"
MODELS = (
    Member("lstm-2-layer", "LSTM of two layers", _lstm, input=(10, 128)).model(LSTM),
    Member("transformer-encoder-layer", "Encoder layer of the Transformer", _encoder_layer, input=(10, 512)).model(ENCODER),
)
