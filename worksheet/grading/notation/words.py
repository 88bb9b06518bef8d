"""What students write in words, in the languages of documents: zero, what a number counts, and the names of large factors."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping
from functools import lru_cache

Nouns = frozenset[str]  # folded

# By language: en, de, fr, es, hi, zh. Students mix their own language with that of the sheet, so all are known everywhere.
ZERO: Mapping[str, str] = {
    "en": "zero, nil, none, null, naught, nothing",
    "de": "null, keine, keiner, keins, nichts",
    "fr": "zéro, aucun, aucune, nul, néant, rien",
    "es": "cero, ninguno, ninguna, nulo, nada",
    "hi": "शून्य, सिफर, कोई नहीं, कुछ नहीं",
    "zh": "零, 〇, 无, 無, 没有, 沒有",
}
WITHOUT: Mapping[str, str] = {  # before a noun
    "en": "no, zero, nil, none, without, without any, has no, there are no, no learnable, no trainable",
    "de": "kein, keine, keinen, null, ohne, hat keine",
    "fr": "aucun, aucune, pas de, sans, zéro, pas d'",
    "es": "ningún, ninguna, sin, no tiene, no hay, cero",
    "hi": "कोई, शून्य, बिना",
    "zh": "无, 無, 没有, 沒有, 零, 零个, 0个",
}
NOT_THERE = ("नहीं", "नहीं है")  # after the noun: कोई पैरामीटर नहीं
DASHES = frozenset("-–—−")

# What a number counts, by a column's role or name.
PARAMETERS, OPERATIONS, BYTES, LENGTHS = "params", "ops", "bytes", "lengths"
NOUNS: Mapping[str, Mapping[str, str]] = {
    PARAMETERS: {
        "en": "param, params, parameter, parameters, weight, weights, weights and biases, learnable parameters, learnable params,"
        " trainable parameters, trainable params, learned parameters",
        "de": "parameter, parametern, gewichte, gewichten, lernbare parameter, trainierbare parameter",
        "fr": "paramètre, paramètres, parametres, poids, paramètres entraînables",
        "es": "parámetro, parámetros, parametros, pesos, parámetros entrenables",
        "hi": "पैरामीटर, पैरामीटर्स, प्राचल, भार",
        "zh": "参数, 个参数, 參數, 個參數, 权重, 个权重",
    },
    OPERATIONS: {
        "en": "op, ops, operation, operations, arithmetic operations",
        "de": "operationen, rechenoperationen",
        "fr": "opération, opérations, operations",
        "es": "operación, operaciones",
        "hi": "संक्रिया, संक्रियाएँ, ऑपरेशन",
        "zh": "运算, 次运算, 運算, 次運算, 次操作",
    },
    "flops": {
        "en": "flop, flops, floating point operations, floating point ops, fp ops",
        "de": "gleitkommaoperationen, fließkommaoperationen",
        "fr": "opérations à virgule flottante, opérations en virgule flottante",
        "es": "operaciones de coma flotante, operaciones de punto flotante",
        "hi": "फ़्लॉप, फ्लॉप्स",
        "zh": "次浮点运算, 浮点运算",
    },
    "macs": {
        "en": "mac, macs, macc, maccs, madd, madds, multiply adds, mult adds, multadds, multiply accumulates,"
        " multiply accumulate operations, multiply add operations",
        "de": "mac operationen",
        "fr": "multiplications additions",
        "es": "multiplicaciones sumas",
        "hi": "मैक",
        "zh": "次乘加, 乘加运算, 次乘加运算",
    },
    BYTES: {
        "en": "byte, bytes",
        "de": "byte, bytes",
        "fr": "octet, octets",
        "es": "byte, bytes, octetos",
        "hi": "बाइट, बाइट्स",
        "zh": "字节, 个字节, 位元組",
    },
    LENGTHS: {
        "en": "neuron, neurons, unit, units, node, nodes, feature, features, output, outputs, output neurons, hidden units",
        "de": "neuron, neuronen, einheiten, knoten, merkmale, ausgänge",
        "fr": "neurone, neurones, unité, unités, nœuds, sorties",
        "es": "neurona, neuronas, unidades, nodos, salidas, características",
        "hi": "न्यूरॉन, न्यूरॉन्स, इकाइयाँ",
        "zh": "神经元, 个神经元, 個神經元, 个单元, 个节点",
    },
}
OTHERS = "bit bits second seconds minutes percent hz"  # counts of nothing that is asked
SAME_COUNT = {"mult_adds": "macs", "macc": "macs", "muladds": "macs"}  # columns whose nouns are another's
ALTOGETHER = re.compile(r"\s+(?:in total|total|altogether|insgesamt|au total|en total|overall)\.?$", re.IGNORECASE)
BYTE = "B"  # the only noun in which case matters: b is a bit

POWERS = {"k": 3, "K": 3, "M": 6, "G": 9, "T": 12}
OF_TEN: Mapping[int, str] = {
    3: "thousand, thousands, tausend, mille, mil, हज़ार, हजार, 千",
    4: "万, 萬",
    5: "lakh, lakhs, lac, लाख",
    6: "million, millions, mn, mio, millionen, millón, millones, 百万, 百萬",
    7: "crore, crores, cr, करोड़",
    8: "亿, 億",
    9: "billion, billions, bn, milliarde, milliarden, mrd, milliard, milliards, अरब",
    12: "trillion, trillions",
}


def folded(text: str) -> str:
    """Words as they are compared: without case, hyphens, a full stop and repeated spaces."""
    plain = unicodedata.normalize("NFC", text).casefold()
    return " ".join(re.sub(r"[-_‐‑]", " ", plain).rstrip(".।。").split())


def _folded(lists: Iterable[str]) -> Nouns:
    return frozenset(folded(word) for words in lists for word in words.split(","))


def _of(table: Mapping[str, Mapping[str, str]]) -> dict[str, Nouns]:
    return {name: _folded(lists.values()) for name, lists in table.items()}


BY_NAME = _of(NOUNS) | {"others": _folded([OTHERS.replace(" ", ",")])}
BY_NAME[BYTES] |= {BYTE}
ALL: Nouns = frozenset().union(*BY_NAME.values())
FACTORS = {word: power for power, words in OF_TEN.items() for word in _folded([words])}
ZEROS, BEFORE = _folded(ZERO.values()), _folded(WITHOUT.values())


@lru_cache(maxsize=64)
def nouns(*names: str) -> Nouns:
    """What a number of a column may be called: by the column's name and by its role."""
    names = tuple(SAME_COUNT.get(name, name) for name in names)
    return frozenset().union(*(BY_NAME.get(name, {folded(name)}) for name in names if name))


def has_noun(text: str, among: Nouns) -> bool:
    """Whether a text is one of these nouns, perhaps in brackets."""
    bare = ALTOGETHER.sub("", text.strip().strip("()[]").strip())
    return (bare == BYTE and BYTE in among) or folded(bare) in among


def is_zero(text: str, own: Nouns) -> bool:
    """Whether a text says zero in words: none, no parameters, keine, 0 (no parameters).

    >>> is_zero("No parameters.", nouns("params")), is_zero("no parameters", nouns("flops")), is_zero("6", nouns("params"))
    (True, False, False)
    """
    first, bracket, inside = text.strip().rstrip(".").partition("(")
    if bracket:
        return inside.endswith(")") and all(_is_zero(part, own) for part in (first, inside[:-1]))
    return _is_zero(text, own)


def _is_zero(text: str, own: Nouns) -> bool:
    words = folded(text.strip(" \"'!"))
    if words in ZEROS or words == "0":
        return True
    return any(_without(words, noun) for noun in own if noun in words)


def _without(words: str, noun: str) -> bool:
    """Whether words are a noun after a word for none: no parameters, 没有参数."""
    before, _, after = words.rpartition(noun)
    is_not_there = after.strip() in NOT_THERE
    return (before.strip() in BEFORE and (is_not_there or not after)) or (is_not_there and not before)
