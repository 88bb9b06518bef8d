"""The transformer that is asked for: one of the zoo, with its own sizes or with others."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from worksheet.derive.transformers.symbolic_sizes import USUAL
from worksheet.errors import Collector, NetworkError, WorksheetError, nearest, shown
from worksheet.zoo.language import TRANSFORMERS, Transformer, TransformerDesign

PREFIX = "zoo:"
LARGEST = 10**9  # of a size
WORDS = (
    "blocks",
    "width",
    "heads",
    "key_heads",
    "wide",
    "vocabulary",
    "positions",
)  # the sizes of the design that may be replaced


def transformer_named(source: str) -> Transformer:
    """A transformer of the zoo by its name, with or without ``zoo:``. Raises WorksheetError with the nearest names."""
    shipped = {transformer.name: transformer for transformer in TRANSFORMERS}
    name = source.removeprefix(PREFIX)
    if name not in shipped:
        hint = nearest(name, shipped) or f"one of {', '.join(PREFIX + name for name in shipped)}"
        raise WorksheetError(f"{shown(source)} is not a language model of the zoo", hint=hint)
    return shipped[name]


def with_sizes(design: TransformerDesign, given: Mapping[str, int | None]) -> TransformerDesign:
    """The design with other sizes: WORDS and their numbers, None for its own.

    Another number of heads splits the same width; only ``width`` widens a token. Heads of keys follow the heads, and the size
    between the linear layers the width, where they do in the design. Raises NetworkError with all faults.
    """
    sizes = {word: value for word, value in given.items() if value is not None}
    faults = Collector()
    for word, value in sizes.items():
        if not 1 <= value <= LARGEST:
            option = f"--{word.replace('_', '-')}"
            faults.add(NetworkError(f"{option} = {value}", hint=f"a whole number from 1 to {LARGEST:,}"))
    faults.raise_any()
    heads = sizes.get("heads", design.heads)
    width = sizes.get("width", design.width)
    keys = sizes.get("key_heads", heads if design.key_heads == design.heads else design.key_heads)
    if heads % keys:
        raise NetworkError(f"{heads} heads cannot share {keys} heads of keys and values", hint="--key-heads must divide --heads")
    if width % heads:
        raise NetworkError(
            f"a width of {width} cannot be split into {heads} heads", hint=f"--width {heads * max(1, width // heads)}"
        )
    wide = USUAL * width if design.wide == USUAL * design.width else design.wide
    others = {word: sizes[word] for word in ("blocks", "vocabulary", "positions") if word in sizes}
    return replace(design, head=width // heads, heads=heads, key_heads=keys, wide=sizes.get("wide", wide), **others)
