"""Language models of transformers: BERT, which reads both ways, and GPT-2 and Llama, which read from left to right."""

from collections.abc import Callable
from functools import partial
from typing import Any

from worksheet.frozen import frozen
from worksheet.layers import Shape
from worksheet.network import Builder, Network
from worksheet.zoo.blocks import builder
from worksheet.zoo.model import Model
from worksheet.zoo.modules import of_tokens, parameter, permute, reshape

GPT_PAPER = "A. Radford et al., Language models are unsupervised multitask learners (2019)"
BERT_PAPER = "J. Devlin et al., BERT: pre-training of deep bidirectional transformers for language understanding (2019)"
LLAMA_2_PAPER = "H. Touvron et al., Llama 2: open foundation and fine-tuned chat models (2023)"
LLAMA_3_PAPER = "A. Dubey et al., The Llama 3 herd of models (2024)"


@frozen
class TransformerDesign:
    """Size of the vocabulary, positions, width of a head, width between the linear layers, heads, those of keys, blocks."""

    vocabulary: int
    positions: int
    head: int
    wide: int
    heads: int
    key_heads: int
    blocks: int

    @property
    def width(self) -> int:
        """The width of a token: that of all heads."""
        return self.heads * self.head


Lays = Callable[[TransformerDesign, Builder, int], None]  # adds a network's layers; the number is that of the tokens before


GPT_2 = TransformerDesign(50257, 1024, 64, 3072, 12, 12, 12)
BERT_BASE = TransformerDesign(30522, 512, 64, 3072, 12, 12, 12)
LLAMA_2_7B = TransformerDesign(32000, 4096, 128, 11008, 32, 32, 32)
LLAMA_3_8B = TransformerDesign(128256, 8192, 128, 14336, 32, 8, 32)
KINDS_OF_TOKENS = 2  # of BERT: the first and the second sentence


def _positions(net: Builder, name: str, design: TransformerDesign, length: int, past: int = 0) -> str:
    """The stored positions of the tokens, those after the ``past`` ones."""
    parameter(net, name, design.positions, design.width)
    return net.last if length == design.positions else net.add("Slice", name=f"{name}.slice", a=1, f=past, c=length)


def _heads(net: Builder, name: str, length: int, heads: int, width: int) -> str:
    """Rows cut into heads, which become the first axis."""
    reshape(net, f"{name}.view", length, heads, width)
    return permute(net, f"{name}.transpose", 2, 1, 3)


def _append_to_cache(net: Builder, path: str, past: int) -> str:
    """Keys or values after those of the earlier tokens, which are an input of the network."""
    return net.add("Concat", f"{path}.cache", net.last, name=f"{path}.cached", a=2) if past else net.last


def _attend(net: Builder, path: str, length: int, design: TransformerDesign, queries: str, keys: str, values: str) -> None:
    """Attention to the tokens before, and the heads joined again."""
    net.add("ScaledDotProductAttention", queries, keys, values, name=f"{path}.attention", causal=True)
    permute(net, f"{path}.transpose", 2, 1, 3)
    reshape(net, f"{path}.join", length, design.width)


# GPT-2


def _gpt_block(net: Builder, path: str, length: int, design: TransformerDesign, past: int) -> None:
    source = net.last
    net.add("LayerNorm", name=f"{path}.ln_1")
    rows = net.add("Linear", name=f"{path}.attn.c_attn", k=3 * design.width)
    parts = []
    for i, part in enumerate(("q", "k", "v")):
        name = f"{path}.attn.{part}"
        net.add("Slice", rows, name=name, a=2, f=i * design.width, c=design.width)
        _heads(net, name, length, design.heads, design.head)
        parts.append(net.last if part == "q" else _append_to_cache(net, name, past))
    _attend(net, f"{path}.attn", length, design, *parts)
    net.add("Linear", name=f"{path}.attn.c_proj", k=design.width)
    net.add("Dropout", name=f"{path}.attn.resid_dropout")
    source = net.add("Add", net.last, source, name=f"{path}.add")
    net.add("LayerNorm", name=f"{path}.ln_2")
    net.add("Linear", name=f"{path}.mlp.c_fc", k=design.wide)
    net.add("GELU", name=f"{path}.mlp.act", tanh=True)
    net.add("Linear", name=f"{path}.mlp.c_proj", k=design.width)
    net.add("Dropout", name=f"{path}.mlp.dropout")
    net.add("Add", source, net.last, name=f"{path}.add_2")


def _gpt(design: TransformerDesign, net: Builder, past: int = 0) -> None:
    length = of_tokens(net, design.positions)
    with net.stage("embedding"):
        tokens = net.add("Embedding", name="wte", v=design.vocabulary, k=design.width)
        net.add("Add", tokens, _positions(net, "wpe", design, length, past), name="add")
        net.add("Dropout", name="drop")
    for i in range(design.blocks):
        with net.stage(f"h.{i}"):
            _gpt_block(net, f"h.{i}", length, design, past)
    with net.stage("head"):
        net.add("LayerNorm", name="ln_f")
        net.add("Linear", name="lm_head", k=design.vocabulary, nobias=True, shares="wte")


# BERT


def _bert_block(net: Builder, path: str, design: TransformerDesign) -> None:
    source = net.last
    net.add("MultiheadAttention", name=f"{path}.attention", h=design.heads)
    net.add("Dropout", name=f"{path}.attention.output.dropout")
    net.add("Add", net.last, source, name=f"{path}.attention.output.add")
    source = net.add("LayerNorm", name=f"{path}.attention.output.LayerNorm")
    net.add("Linear", name=f"{path}.intermediate.dense", k=design.wide)
    net.add("GELU", name=f"{path}.intermediate.act")
    net.add("Linear", name=f"{path}.output.dense", k=design.width)
    net.add("Dropout", name=f"{path}.output.dropout")
    net.add("Add", net.last, source, name=f"{path}.output.add")
    net.add("LayerNorm", name=f"{path}.output.LayerNorm")


def _bert(design: TransformerDesign, name: str, input: Shape, _: int) -> Network:
    net = builder(name, input, token_type_ids=input)
    length = of_tokens(net, design.positions)
    with net.stage("embeddings"):
        words = net.add("Embedding", name="embeddings.word_embeddings", v=design.vocabulary, k=design.width)
        kinds: dict[str, Any] = {"v": KINDS_OF_TOKENS, "k": design.width}
        sentences = net.add("Embedding", "token_type_ids", name="embeddings.token_type_embeddings", **kinds)
        positions = _positions(net, "embeddings.position_embeddings", design, length)
        net.add("Add", words, sentences, positions, name="embeddings.add")
        net.add("LayerNorm", name="embeddings.LayerNorm")
        net.add("Dropout", name="embeddings.dropout")
    for i in range(design.blocks):
        with net.stage(f"encoder.layer.{i}"):
            _bert_block(net, f"encoder.layer.{i}", design)
    with net.stage("pooler"):
        net.add("Slice", name="pooler.first_token", a=1, f=0, c=1)
        reshape(net, "pooler.squeeze", design.width)
        net.add("Linear", name="pooler.dense", k=design.width)
        net.add("Tanh", name="pooler.activation")
    return net.network()


# Llama


def _llama_attention(net: Builder, path: str, length: int, design: TransformerDesign, past: int) -> None:
    """Queries and keys rotated by their positions; several heads of queries may share one of keys and values."""
    source, parts = net.last, []
    for part, heads in (("q", design.heads), ("k", design.key_heads), ("v", design.key_heads)):
        net.add("Linear", source, name=f"{path}.{part}_proj", k=heads * design.head, nobias=True)
        _heads(net, f"{path}.{part}", length, heads, design.head)
        if part != "v":
            net.add("RotaryEmbedding", name=f"{path}.{part}.rotary")
        parts.append(net.last if part == "q" else _append_to_cache(net, f"{path}.{part}", past))
    _attend(net, path, length, design, *parts)
    net.add("Linear", name=f"{path}.o_proj", k=design.width, nobias=True)


def _llama_block(net: Builder, path: str, length: int, design: TransformerDesign, past: int) -> None:
    source = net.last
    net.add("RMSNorm", name=f"{path}.input_layernorm")
    _llama_attention(net, f"{path}.self_attn", length, design, past)
    source = net.add("Add", source, net.last, name=f"{path}.add")
    rows = net.add("RMSNorm", name=f"{path}.post_attention_layernorm")
    net.add("Linear", name=f"{path}.mlp.gate_proj", k=design.wide, nobias=True)
    gate = net.add("SiLU", name=f"{path}.mlp.act_fn")
    raised = net.add("Linear", rows, name=f"{path}.mlp.up_proj", k=design.wide, nobias=True)
    net.add("Mul", gate, raised, name=f"{path}.mlp.mul")
    net.add("Linear", name=f"{path}.mlp.down_proj", k=design.width, nobias=True)
    net.add("Add", source, net.last, name=f"{path}.add_2")


def _llama(design: TransformerDesign, net: Builder, past: int = 0) -> None:
    length = of_tokens(net)
    with net.stage("embedding"):
        net.add("Embedding", name="embed_tokens", v=design.vocabulary, k=design.width)
    for i in range(design.blocks):
        with net.stage(f"layers.{i}"):
            _llama_block(net, f"layers.{i}", length, design, past)
    with net.stage("head"):
        net.add("RMSNorm", name="norm")
        net.add("Linear", name="lm_head", k=design.vocabulary, nobias=True)


@frozen
class Transformer:
    """A language model of the zoo that can be built with other sizes.

    ``lays`` takes the design, the name, the input's shape and the number of tokens before. ``cache`` names the tensors of a
    block's keys and values, with {} for its number: a network that reads the tokens before has them as inputs; empty where a
    network reads both ways, and none of its keys outlasts a token.
    """

    name: str
    title: str
    design: TransformerDesign
    lays: Callable[[TransformerDesign, str, Shape, int], Network]
    paper: str
    cache: tuple[str, ...] = ()

    @property
    def model(self) -> Model:
        """The network as it was published."""
        return Model(self.name, self.title, (self.design.positions,), self._build, self.paper)

    def network(self, design: TransformerDesign, length: int, past: int = 0) -> Network:
        """The network of a design for some tokens. Those before them, ``past`` of them, are there as keys and values alone."""
        return self.lays(design, self.name, (length,), past)

    def _build(self, _: str, input: Shape) -> Network:
        return self.lays(self.design, self.name, input, 0)


def _build_decoder(lay: Lays, cache: tuple[str, ...], design: TransformerDesign, name: str, input: Shape, past: int) -> Network:
    """The network of a decoder; keys and values of the tokens before are further inputs."""
    blocks = range(design.blocks) if past else ()
    caches = {part.format(i): (design.key_heads, past, design.head) for i in blocks for part in cache}
    net = builder(name, input, **caches)
    lay(design, net, past)
    return net.network()


def _decoder(name: str, title: str, lay: Lays, design: TransformerDesign, paper: str, path: str) -> Transformer:
    cache = tuple(f"{path}.{part}.cache" for part in "kv")
    return Transformer(name, title, design, partial(_build_decoder, lay, cache), paper, cache)


TRANSFORMERS = (
    _decoder("gpt2", "GPT-2, small", _gpt, GPT_2, GPT_PAPER, "h.{}.attn"),
    Transformer("bert-base", "BERT, base", BERT_BASE, _bert, BERT_PAPER),
    _decoder("llama-2-7b", "Llama 2, 7B", _llama, LLAMA_2_7B, LLAMA_2_PAPER, "layers.{}.self_attn"),
    _decoder("llama-3-8b", "Llama 3, 8B", _llama, LLAMA_3_8B, LLAMA_3_PAPER, "layers.{}.self_attn"),
)
MODELS = tuple(transformer.model for transformer in TRANSFORMERS)
