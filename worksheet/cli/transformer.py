"""``worksheet transformer``: a language model's costs as closed forms, and the usual estimates with their errors."""

from __future__ import annotations

from typing import Annotated

import typer

import worksheet as ws
from worksheet.cli.delivery import delivers
from worksheet.cli.options import Command, PlainGrouping, completing, option
from worksheet.cli.panels import COUNTING, SIZES, UNDERSTAND
from worksheet.conventions.dtypes import BITS
from worksheet.document import Document
from worksheet.errors import WorksheetError
from worksheet.zoo.language import TRANSFORMERS

Model = Annotated[
    str | None,
    typer.Argument(
        help="zoo:gpt2, zoo:bert-base, zoo:llama-2-7b or zoo:llama-3-8b; without one all of them are compared.",
        show_default=False,
        autocompletion=completing(lambda: (f"zoo:{transformer.name}" for transformer in TRANSFORMERS)),
    ),
]
Tokens = Annotated[
    int | None, option("--length", panel=SIZES, help="Tokens of the text; by default all that it has positions for.")
]
Prompt = Annotated[
    int | None,
    option("--prompt", panel=SIZES, help="How many of them are given before the others are generated; half by default."),
]
Blocks = Annotated[int | None, option("--blocks", panel=SIZES, help="Another number of blocks.")]
TokenWidth = Annotated[int | None, option("--width", panel=SIZES, help="Another width of a token, of all heads together.")]
Heads = Annotated[int | None, option("--heads", panel=SIZES, help="Another number of heads, which share the same width.")]
KeyHeads = Annotated[int | None, option("--key-heads", panel=SIZES, help="Another number of heads of keys and values.")]
Wide = Annotated[int | None, option("--wide", panel=SIZES, help="Another width between the linear layers of a block.")]
Vocabulary = Annotated[int | None, option("--vocabulary", panel=SIZES, help="Another size of the vocabulary.")]
Positions = Annotated[int | None, option("--positions", panel=SIZES, help="Another number of positions: the longest text.")]
Texts = Annotated[int, option("--batch", panel=COUNTING, default=True, help="How many texts are generated together.", least=1)]
Stored = Annotated[
    str,
    option(
        "--dtype",
        panel=COUNTING,
        default=True,
        help="The type of weights and of the cache: fp16, or weights=int4,activations=fp16.",
        offers=lambda: BITS,
    ),
]


@delivers(pictures=True, tables=True)
def transformer(
    source: Model = None,
    length: Tokens = None,
    prompt: Prompt = None,
    batch: Texts = 1,
    dtype: Stored = "fp16",
    blocks: Blocks = None,
    width: TokenWidth = None,
    heads: Heads = None,
    key_heads: KeyHeads = None,
    wide: Wide = None,
    vocabulary: Vocabulary = None,
    positions: Positions = None,
    digits: PlainGrouping = "en_US",
) -> Document:
    """Derive what a language model costs, as closed forms.

    To run, to train, and for each token that it generates; for any length, width and depth.
    """
    sizes = {
        "blocks": blocks, "width": width, "heads": heads, "key_heads": key_heads, "wide": wide, "vocabulary": vocabulary,
        "positions": positions,
    }  # fmt: skip
    if source is not None:
        return ws.transformer(source, length=length, prompt=prompt, batch=batch, dtype=dtype, digits=digits, **sizes)
    if prompt is not None or batch != 1 or any(size is not None for size in sizes.values()):
        raise WorksheetError("no network is named for these sizes", hint="name a network, such as worksheet transformer zoo:gpt2")
    return ws.transformers(length=length, dtype=dtype, digits=digits)


COMMAND = Command(transformer, "worksheet transformer zoo:gpt2 -o gpt2.pdf", 6, panel=UNDERSTAND)
