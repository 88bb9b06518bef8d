"""Closed forms of transformers against an independent count, exact counts of random sizes, published figures and torch."""

from __future__ import annotations

import random
from dataclasses import replace
from fractions import Fraction
from functools import cache

import pytest

from tests.transformers.products import SHAPES, macs, parameters
from tests.transformers.products import Shape as Plain
from worksheet.conventions import convention
from worksheet.counting.counting import Counting
from worksheet.counting.run import run_of
from worksheet.derive.transformers.costs import Costs
from worksheet.derive.transformers.estimates import Estimates
from worksheet.derive.transformers.symbolic_sizes import Amount
from worksheet.network import Network
from worksheet.zoo.language import TRANSFORMERS, Transformer, TransformerDesign

KNOWN = {transformer.name: transformer for transformer in TRANSFORMERS}
DECODERS = [name for name, transformer in KNOWN.items() if transformer.cache]
PUBLISHED = {"gpt2": 124_439_808, "bert-base": 109_482_240, "llama-2-7b": 6_738_415_616, "llama-3-8b": 8_030_261_248}


@cache
def costs(name: str) -> Costs:
    design = KNOWN[name].design
    return Costs(KNOWN[name], design, design.positions, prompt=design.positions // 3)


@cache
def estimates(name: str) -> Estimates:
    return Estimates(costs(name))


def counted(network: Network, name: str) -> dict[str, int]:
    """Totals counted layer by layer, with plain numbers."""
    found = Counting(network, convention(name), run_of(convention(name), 1))
    totals = dict.fromkeys((column.name for column in found.convention.columns), 0)
    for layer in found.layers:
        folded = found.fold(layer)
        for i, column in enumerate(folded.columns):
            if folded.rules[i] is not None and not found.is_counted_elsewhere(folded, i, layer):
                totals[column.name] += found.count(folded, i, found.values(folded, layer))
    return totals


def at(of: Costs, amount: Amount, design: TransformerDesign, length: int, token: int = 1) -> int:
    """A form at other sizes."""
    sizes = {
        "n": design.blocks, "L": length, "d": design.width, "d_kv": design.key_heads * design.head, "f": design.wide,
        "V": design.vocabulary, "T": design.positions, "h": design.heads, "t": token, "P": 0, "B": 1,
    }  # fmt: skip
    value = amount.form.at({place: sizes[name] for name, place in of.places.items()})
    assert isinstance(value, int)
    return value


def designs(name: str, many: int) -> list[tuple[TransformerDesign, int]]:
    """Random designs of a family, each with a length; the longest text and a single token are among them."""
    draw = random.Random(name)
    own = KNOWN[name].design
    found = []
    for i in range(many):
        key_heads = draw.randint(1, 4)
        heads = key_heads * (draw.randint(2, 4) if own.key_heads != own.heads else 1)
        head, positions = 2 * draw.randint(1, 20), draw.randint(2, 300)
        wide = 4 * heads * head if own.wide == 4 * own.width else draw.randint(1, 500)
        design = TransformerDesign(draw.randint(2, 2000), positions, head, wide, heads, key_heads, draw.randint(1, 4))
        length = {0: 1, 1: positions, 2: 2}.get(i % 8) or draw.randint(1, positions)
        found.append((design, length))
    return found


def plain(design: TransformerDesign) -> Plain:
    return Plain(design.blocks, design.width, design.heads, design.key_heads, design.wide, design.vocabulary, design.positions)


@pytest.mark.parametrize("name", KNOWN)
def test_parameters_are_those_published(name: str) -> None:
    assert costs(name).params.total.value == parameters(name, SHAPES[name]) == PUBLISHED[name]


@pytest.mark.parametrize("name", KNOWN)
def test_an_independent_count_of_the_products_gives_the_same(name: str) -> None:
    length = SHAPES[name].positions
    assert costs(name).forward.total.value == macs(name, SHAPES[name], length, length)
    for design, tokens in designs(name, 60):
        assert at(costs(name), costs(name).forward.total, design, tokens) == macs(name, plain(design), tokens, tokens)
        assert at(costs(name), costs(name).params.total, design, tokens) == parameters(name, plain(design))


@pytest.mark.parametrize("name", DECODERS)
def test_what_a_token_costs_with_a_cache(name: str) -> None:
    form = costs(name).token.total
    draw = random.Random(f"{name} tokens")
    for design, _ in designs(name, 25):
        token = draw.randint(2, design.positions)
        count = counted(KNOWN[name].network(design, 1, token - 1), "textbook")["macs"]
        assert at(costs(name), form, design, 1, token) == count == macs(name, plain(design), 1, token)


@pytest.mark.parametrize("name", KNOWN)
def test_forms_are_the_exact_counts_of_fifty_random_sizes(name: str) -> None:
    of = costs(name)
    forms = {"training-macs": {"params": of.params, "forward": of.forward, **of.backward}, "training": of.operations}
    for design, length in designs(name, 50):
        network = KNOWN[name].network(design, length)
        for counting, columns in forms.items():
            exact = counted(network, counting)
            for column, form in columns.items():
                assert at(of, form.total, design, length) == exact[column], (column, design, length)


@pytest.mark.parametrize("name", DECODERS)
def test_the_triangle_is_the_sum_of_all_cached_tokens(name: str) -> None:
    of = costs(name)
    whole = of.summed(of.token.total, "t", of.number(0), of.size("L"))
    assert whole.form == of.triangle(of.forward.total).form
    for design, length in designs(name, 10):
        one_by_one = sum(macs(name, plain(design), 1, t) for t in range(1, length + 1))
        assert at(of, whole, design, length) == one_by_one


@pytest.mark.parametrize("name", DECODERS)
def test_texts_are_the_sums_of_their_tokens(name: str) -> None:
    known = KNOWN[name]
    design = replace(known.design, blocks=2, vocabulary=100)
    of = Costs(known, design, 20, prompt=7)
    start, end = of.size("P"), of.size("L")
    again = of.summed(of.at_length(of.forward.total, "t"), "t", start, end)
    cached = of.summed(of.token.total, "t", start, end)
    assert cached.value == sum(macs(name, plain(design), 1, t) for t in range(8, 21))
    assert again.value == sum(macs(name, plain(design), t, t) for t in range(8, 21))


@pytest.mark.parametrize("name", DECODERS)
def test_stored_numbers_that_a_token_reads(name: str) -> None:
    shape = SHAPES[name]
    tables = {"gpt2": 1, "llama-2-7b": 2, "llama-3-8b": 2}[name]
    matrices = parameters(name, shape) - tables * shape.vocabulary * shape.width
    positions = shape.positions * shape.width if name == "gpt2" else 0
    rows = (2 if name == "gpt2" else 1) * shape.width
    assert costs(name).read.total.value == matrices - positions + shape.vocabulary * shape.width + rows


# Published figures


def test_gpt_2_as_nanogpt_sizes_it() -> None:
    """transformer_sizing.ipynb of nanoGPT: GPT-2 small without biases, 1024 tokens."""
    assert 2 * costs("gpt2").forward.total.whole == 291_648_307_200
    given = {e.rule.name: e.given.whole for e in estimates("gpt2").all}
    assert given["3C"] == 874_944_921_600
    biases = 124_439_808 - 124_337_664  # that the notebook leaves out
    assert given["palm"] - 6 * biases * 1024 == 879_894_724_608


def gpt(blocks: int, width: int, heads: int, vocabulary: int = 50257, length: int = 2048) -> Estimates:
    known: Transformer = KNOWN["gpt2"]
    return Estimates(Costs(known, TransformerDesign(vocabulary, length, width // heads, 4 * width, heads, heads, blocks), length))


def test_gpt_3_as_its_paper_has_it() -> None:
    """Brown et al. (2020), table D.1: 174,600 M parameters, 300 G tokens, 3.14e23 flops by six for a parameter and a token."""
    found = gpt(96, 12288, 96)
    assert round(found.costs.params.total.whole, -8) == 174_600_000_000
    given = {e.rule.name: e.given for e in found.all}
    assert f"{given['6N'].whole / 2048 * 300e9:.2e}" == "3.14e+23"


@pytest.mark.parametrize(
    ("blocks", "width", "heads", "params", "ratio"),
    [
        (10, 640, 10, 73_825_280, "1.03"),
        (20, 1024, 16, 305_707_008, "1.10"),
        (24, 1280, 10, 552_604_160, "1.08"),
        (26, 1792, 14, 1_143_453_696, "1.04"),
        (28, 2048, 16, 1_593_126_912, "1.03"),
        (40, 3584, 28, 6_796_274_688, "0.99"),
    ],
)
def test_table_a4_of_hoffmann_and_others_leaves_the_vocabulary_out(
    blocks: int, width: int, heads: int, params: int, ratio: str
) -> None:
    """The ratios to 6ND as printed; parameters as nanoGPT's scaling_laws.ipynb has them. The formula printed gives others."""
    given = {e.rule.name: e.given.whole for e in gpt(blocks, width, heads, 32000).all}
    assert f"{given['hoffmann-table'] / (6 * params * 2048):.2f}" == ratio
    assert f"{given['hoffmann-training'] / (6 * params * 2048):.2f}" != ratio


@pytest.mark.parametrize(
    ("blocks", "width", "heads", "billions"), [(24, 2304, 24, 1.7), (96, 12288, 96, 174.6), (128, 25600, 160, 1008.0)]
)
def test_parameters_of_megatron_s_models(blocks: int, width: int, heads: int, billions: float) -> None:
    """Narayanan et al. (2021), table 1; a vocabulary of 51,200, which is what equation 2 gives."""
    given = {e.rule.name: e for e in gpt(blocks, width, heads, 51200).all}["narayanan-parameters"]
    assert round(given.given.whole / 1e9, 1) == billions
    assert abs(given.per_cent) < Fraction(1, 100)


# Estimates


@pytest.mark.parametrize("name", KNOWN)
def test_errors_are_the_sum_of_their_causes(name: str) -> None:
    for estimate in estimates(name).all:
        causes = sum((part for _, part in estimate.causes), costs(name).number(0))
        assert causes.form == estimate.error.form
        assert estimate.error.value == estimate.given.whole - estimate.exact.whole


def test_errors_by_hand() -> None:
    """What follows on paper from the terms of GPT-2: L tokens, biases left aside."""
    forms = {e.rule.name: e.error.formula.source for e in estimates("gpt2").all}
    assert forms["12nd2"] == "-13*n*d - 2*d"
    assert forms["kaplan-forward"] == "-2*n*L**2*d - 2*L*d*V"
    assert forms["hoffmann-forward"] == "3*n*L**2*h + 2*L*d*V"
    assert forms["narayanan-parameters"] == "-2*d"
    assert forms["korthikanti"] == forms["3C"]


@pytest.mark.parametrize(("name", "ratio"), [("gpt2", Fraction(1024, 6 * 768)), ("bert-base", Fraction(512, 6 * 768))])
def test_attention_to_linear_layers(name: str, ratio: Fraction) -> None:
    formula, value = estimates(name).attention
    assert (formula.source, value) == ("L/(6*d)", ratio)


# torch


@pytest.mark.torch
@pytest.mark.parametrize(("blocks", "width", "heads", "vocabulary", "length"), [(2, 24, 3, 50, 11), (3, 32, 4, 97, 16)])
def test_torch_counts_the_same(blocks: int, width: int, heads: int, vocabulary: int, length: int) -> None:
    torch = pytest.importorskip("torch")
    from torch.utils.flop_counter import FlopCounterMode

    from tests.transformers.small_gpt import Small

    of = Costs(KNOWN["gpt2"], TransformerDesign(vocabulary, 32, width // heads, 4 * width, heads, heads, blocks), length)
    program = Small(blocks, width, heads, vocabulary, 32)
    assert sum(p.numel() for p in program.parameters()) == of.params.total.value
    tokens = torch.randint(vocabulary, (length,))
    with FlopCounterMode(display=False) as forward:
        logits = program(tokens)
    assert forward.get_total_flops() == 2 * of.forward.total.whole
    with FlopCounterMode(display=False) as backward:
        logits.sum().backward()
    assert backward.get_total_flops() == 4 * of.forward.total.whole  # products of matrices alone
    caches: list[list[object]] = [[] for _ in range(blocks)]
    total = 0
    for t in range(1, length + 1):
        with FlopCounterMode(display=False) as step:
            last = program(tokens[t - 1 : t], caches, t - 1)
        assert step.get_total_flops() == 2 * at(of, of.token.total, of.design, 1, t)
        total += step.get_total_flops()
    assert torch.allclose(last[0], logits[-1], atol=1e-4)
    assert total == 2 * of.triangle(of.forward.total).whole
