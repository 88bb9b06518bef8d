"""Language models of transformers: BERT, which reads both ways, and GPT-2 and Llama, which read from left to right."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any

from worksheet.layers import Shape
from worksheet.network import Builder, Network
from worksheet.zoo.blocks import builder, laid
from worksheet.zoo.model import Model
from worksheet.zoo.modules import of_tokens, parameter, permute, reshape

GPT_PAPER = "A. Radford et al., Language models are unsupervised multitask learners (2019)"
BERT_PAPER = "J. Devlin et al., BERT: pre-training of deep bidirectional transformers for language understanding (2019)"
LLAMA_2_PAPER = "H. Touvron et al., Llama 2: open foundation and fine-tuned chat models (2023)"
LLAMA_3_PAPER = "A. Dubey et al., The Llama 3 herd of models (2024)"


@dataclass(frozen=True)
class Design:
    """Size of the vocabulary, positions, width of a token, width between the linear layers, heads, those of keys, blocks."""

    vocabulary: int
    positions: int
    width: int
    wide: int
    heads: int
    key_heads: int
    blocks: int

    @property
    def head(self) -> int:
        """The width of a head."""
        return self.width // self.heads


GPT_2 = Design(50257, 1024, 768, 3072, 12, 12, 12)
BERT_BASE = Design(30522, 512, 768, 3072, 12, 12, 12)
LLAMA_2_7B = Design(32000, 4096, 4096, 11008, 32, 32, 32)
LLAMA_3_8B = Design(128256, 8192, 4096, 14336, 32, 8, 32)
KINDS_OF_TOKENS = 2  # of BERT: the first and the second sentence


def _positions(net: Builder, name: str, design: Design, length: int) -> str:
    """The stored positions, as many as there are tokens."""
    parameter(net, name, design.positions, design.width)
    return net.last if length == design.positions else net.add("Slice", name=f"{name}.slice", a=1, f=0, c=length)


def _heads(net: Builder, name: str, length: int, heads: int, width: int) -> str:
    """Rows cut into heads, which become the first axis."""
    reshape(net, f"{name}.view", length, heads, width)
    return permute(net, f"{name}.transpose", 2, 1, 3)


def _attend(net: Builder, path: str, length: int, design: Design, queries: str, keys: str, values: str) -> None:
    """Attention to the tokens before, and the heads joined again."""
    net.add("ScaledDotProductAttention", queries, keys, values, name=f"{path}.attention", causal=True)
    permute(net, f"{path}.transpose", 2, 1, 3)
    reshape(net, f"{path}.join", length, design.width)


# GPT-2


def _gpt_block(net: Builder, path: str, length: int, design: Design) -> None:
    source = net.last
    net.add("LayerNorm", name=f"{path}.ln_1")
    rows = net.add("Linear", name=f"{path}.attn.c_attn", k=3 * design.width)
    parts = []
    for i, part in enumerate(("q", "k", "v")):
        name = f"{path}.attn.{part}"
        net.add("Slice", rows, name=name, a=2, f=i * design.width, c=design.width)
        parts.append(_heads(net, name, length, design.heads, design.head))
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


def _gpt(design: Design, net: Builder) -> None:
    length = of_tokens(net, design.positions)
    with net.stage("embedding"):
        tokens = net.add("Embedding", name="wte", v=design.vocabulary, k=design.width)
        net.add("Add", tokens, _positions(net, "wpe", design, length), name="add")
        net.add("Dropout", name="drop")
    for i in range(design.blocks):
        with net.stage(f"h.{i}"):
            _gpt_block(net, f"h.{i}", length, design)
    with net.stage("head"):
        net.add("LayerNorm", name="ln_f")
        net.add("Linear", name="lm_head", k=design.vocabulary, nobias=True, shares="wte")


# BERT


def _bert_block(net: Builder, path: str, design: Design) -> None:
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


def _bert(design: Design, name: str, input: Shape) -> Network:
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


def _llama_attention(net: Builder, path: str, length: int, design: Design) -> None:
    """Queries and keys turned by their places; several heads of queries may share one of keys and values."""
    source, parts = net.last, []
    for part, heads in (("q", design.heads), ("k", design.key_heads), ("v", design.key_heads)):
        net.add("Linear", source, name=f"{path}.{part}_proj", k=heads * design.head, nobias=True)
        _heads(net, f"{path}.{part}", length, heads, design.head)
        parts.append(net.last if part == "v" else net.add("RotaryEmbedding", name=f"{path}.{part}.rotary"))
    _attend(net, path, length, design, *parts)
    net.add("Linear", name=f"{path}.o_proj", k=design.width, nobias=True)


def _llama_block(net: Builder, path: str, length: int, design: Design) -> None:
    source = net.last
    net.add("RMSNorm", name=f"{path}.input_layernorm")
    _llama_attention(net, f"{path}.self_attn", length, design)
    source = net.add("Add", source, net.last, name=f"{path}.add")
    rows = net.add("RMSNorm", name=f"{path}.post_attention_layernorm")
    net.add("Linear", name=f"{path}.mlp.gate_proj", k=design.wide, nobias=True)
    gate = net.add("SiLU", name=f"{path}.mlp.act_fn")
    raised = net.add("Linear", rows, name=f"{path}.mlp.up_proj", k=design.wide, nobias=True)
    net.add("Mul", gate, raised, name=f"{path}.mlp.mul")
    net.add("Linear", name=f"{path}.mlp.down_proj", k=design.width, nobias=True)
    net.add("Add", source, net.last, name=f"{path}.add_2")


def _llama(design: Design, net: Builder) -> None:
    length = of_tokens(net)
    with net.stage("embedding"):
        net.add("Embedding", name="embed_tokens", v=design.vocabulary, k=design.width)
    for i in range(design.blocks):
        with net.stage(f"layers.{i}"):
            _llama_block(net, f"layers.{i}", length, design)
    with net.stage("head"):
        net.add("RMSNorm", name="norm")
        net.add("Linear", name="lm_head", k=design.vocabulary, nobias=True)


def _decoder(name: str, title: str, lay: Callable[[Design, Builder], None], design: Design, paper: str) -> Model:
    return Model(name, title, (design.positions,), partial(laid, partial(lay, design)), paper)


MODELS = (
    _decoder("gpt2", "GPT-2, small", _gpt, GPT_2, GPT_PAPER),
    Model("bert-base", "BERT, base", (BERT_BASE.positions,), partial(_bert, BERT_BASE), BERT_PAPER),
    _decoder("llama-2-7b", "Llama 2, 7B", _llama, LLAMA_2_7B, LLAMA_2_PAPER),
    _decoder("llama-3-8b", "Llama 3, 8B", _llama, LLAMA_3_8B, LLAMA_3_PAPER),
)
