"""The keys of an assignment: one table, from which the reader, the JSON schema and the manual's list are made."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

from worksheet.conventions import STANDARD, ConventionName
from worksheet.conventions.convention_file import read_digits
from worksheet.conventions.words import LABELS, LANGUAGE
from worksheet.counting.run import LARGEST_BATCH
from worksheet.grading.answers import ATTEMPTS
from worksheet.grading.mistakes import known_mistakes
from worksheet.grading.policy import EXACT, Tolerance
from worksheet.homework.assignment.assignment import VARIED
from worksheet.homework.assignment.questions import BACKWARDS, MARKS
from worksheet.readers import shape
from worksheet.schema import (
    TRUTH,
    Choice,
    Field,
    Forms,
    Integer,
    KnownName,
    ListOf,
    Parsed,
    Phrase,
    Rational,
    Record,
    TableOf,
    Worded,
)

MAX_RULES = 50
MAX_SEED = 10**18
MAX_SIZE = 100_000  # that a variant may choose
MAX_SIZES = 1000
NONE, EVERY = "none", "all"
SHARE = Rational(Fraction(0), Fraction(1), percent=True)


COLUMN = KnownName("column", "the convention has no column {}")
COUNTED = KnownName("counted", "{} is not a column with a total")
ASKED = KnownName("asked", "{} is not asked")
NEVER = KnownName("never", "{} is not asked")
KIND = KnownName("kind", "the network has no layer of the kind {}")
CELL = KnownName(
    "marked", "nothing that is asked is called {}", 'a column, total, or one cell: its row and its column, such as "4 flops"'
)
MISTAKE = KnownName("mistake", "there is no known mistake {}", "docs/mistakes.md lists them all", known=known_mistakes)
COUNTING = ConventionName()
CHANGED = KnownName("varied", "a variant cannot vary {}", known=lambda: VARIED)
RANGED = KnownName("ranged", "there is no range of {}", known=lambda: VARIED[:-1])  # rectangles take those of kernels
COLUMNS = ListOf(COLUMN, least=1, most=100, what="column", bare=True)
OFF = Worded(Choice({"exact": EXACT, "rounded": Tolerance(rounded=True)}), Rational(Fraction(0), Fraction(1, 2), percent=True))
CONSIDERED = Forms(Choice({NONE: NONE, EVERY: EVERY}), ListOf(COUNTING, most=100, what="convention"))

TOLERANCE = (
    Field("within", OFF, "How far the answer may be from the truth.", "exact", "{flops: {within: 0.1 %}}", required=True),
    Field(
        "hides",
        ListOf(MISTAKE, what="mistake"),
        "Known mistakes that may pass as right.",
        "none",
        "{flops: {within: 0.1 %, hides: [slip-digit-swap]}}",
    ),
)
FOLLOW = (
    Field("penalty", SHARE, "The share of the marks that a carried answer loses.", "0", "{penalty: 25 %}"),
    Field(
        "never",
        ListOf(NEVER, what="column"),
        "Columns, or total, where only the correct answer counts.",
        "none",
        "{never: [output, total]}",
    ),
    Field(
        "trivial",
        TRUTH,
        "Whether a carried answer gets its marks where the student's own 0 or 1 made the question much simpler.",
        "false",
        "{trivial: true}",
    ),
)
CONVENTIONS = (
    Field(
        "consider",
        CONSIDERED,
        "The other conventions that are recognised: a list, none, or all that are shipped.",
        "all",
        "{consider: [operations, thop]}",
    ),
    Field("worth", SHARE, "The share of the marks for an answer that is right under one of them.", "0", "{worth: 0.5}"),
)
MISTAKES = (Field("worth", SHARE, "The share of the marks for an answer that a known mistake explains.", "0", "{worth: 25 %}"),)
VARIANTS = (
    Field(
        "seed",
        Integer(0, MAX_SEED),
        "Another seed gives everyone another network.",
        "none: it must be given",
        "{seed: 7}",
        required=True,
    ),
    Field(
        "vary",
        ListOf(CHANGED, least=1, what="word", bare=True),
        f"What may differ from student to student: {', '.join(VARIED)}.",
        "all of these, except groups and rectangles (kernels of unequal width and height) in a network that has none",
        "{seed: 7, vary: [kernel, padding]}",
    ),
    Field(
        "ranges",
        TableOf(RANGED, ListOf(Integer(0, MAX_SIZE), least=1, most=MAX_SIZES, what="value")),
        "The values that may be chosen for what is varied.",
        "derived from the network",
        "{seed: 7, ranges: {kernel: [3, 5, 7]}}",
    ),
    Field(
        "reveal",
        Forms(Choice({EVERY: ()}), ListOf(MISTAKE, least=1, what="mistake", bare=True)),
        "The known mistakes that a variant must show: a list of ids, or all that can be made on this sheet.",
        "all",
        "{seed: 7, reveal: [par-no-bias, out-ceil]}",
    ),
)

KEYS = (
    Field(
        "title",
        Phrase(200),
        "The heading of every sheet.",
        "the sheet's own title, in front matter",
        "title: Worksheet 2",
        required=True,
    ),
    Field(
        "network",
        Phrase(1000),
        "The network: a file beside this one, or zoo:NAME.",
        "the sheet itself, in front matter",
        "network: ai61002.sheet",
        required=True,
    ),
    Field(
        "input",
        Parsed(shape, ("string", "integer")),
        "Another input than the network's own.",
        "the network's own",
        "input: 3x224x224",
    ),
    Field("course", Phrase(200), "A line below the title.", "the sheet's own course", "course: AI61002, Spring 2020"),
    Field(
        "convention",
        COUNTING,
        "How to count: a name, or a YAML file beside this one.",
        f"the network's own, else {STANDARD}",
        "convention: ai61002",
    ),
    Field(
        "ask",
        Forms(None, COLUMNS, TableOf(KIND, ListOf(COLUMN, most=100, what="column", bare=True), most=200, split=True)),
        "The columns that are asked, output (the size) among them: a list, or a list for each kind of layer.",
        "output and every column of the convention",
        "ask: [output, params, flops]",
    ),
    Field(
        "total",
        Forms(Choice({NONE: ()}), ListOf(COUNTED, most=100, what="column", bare=True)),
        "The columns whose total is asked: a list, or none.",
        "every count that is asked",
        "total: [params, flops]",
    ),
    Field(
        "formulas",
        ListOf(ASKED, most=100, what="column", bare=True),
        "The columns whose formula is asked as well.",
        "none",
        "formulas: [params]",
    ),
    Field(
        "zeros",
        Choice({"ask": True, "given": False}),
        "Whether answers that are 0 by nature, such as the parameters of a ReLU, are asked, or given: printed, without marks.",
        "given",
        "zeros: ask",
    ),
    Field(
        "find",
        BACKWARDS,
        "Questions asked backwards, q1, q2 and so on: the answer is every value of an unknown that meets conditions.",
        "none",
        'find: [{unknown: conv2d_1.p, so-that: ["conv2d_1.output = 56"], range: 0..10, worth: 2}]',
    ),
    Field(
        "marks",
        TableOf(CELL, MARKS, most=10_000),
        "What a right answer is worth: of a column, of the row of totals (total), of a formula (flops.formula), of one cell.",
        "1 each",
        'marks: {output: 1, params: 2, flops: 2, total: 2, "4 flops": 3}',
    ),
    Field(
        "follow_through",
        Forms(TRUTH, None, Record(FOLLOW)),
        "Whether an answer that is right from the student's own earlier values gets its marks.",
        "true",
        "follow_through: {penalty: 0.25, never: [output]}",
    ),
    Field(
        "tolerance",
        TableOf(ASKED, Forms(OFF, None, Record(TOLERANCE)), most=100),
        "How far an answer may be from the truth, by column: exact, rounded, or a share.",
        "exact",
        "tolerance: {params: exact}",
    ),
    Field(
        "conventions",
        Forms(Choice({NONE: NONE, EVERY: EVERY}), None, Record(CONVENTIONS)),
        "Other conventions under which an answer may be right.",
        "all that are shipped, worth 0",
        "conventions: {consider: [macs, thop], worth: 0.5}",
    ),
    Field(
        "mistakes",
        Record(MISTAKES),
        "What an answer is worth that a known mistake explains.",
        "worth 0",
        "mistakes: {worth: 0.25}",
    ),
    Field(
        "decisions",
        Phrase(1000),
        "Decisions about marks: a CSV file beside this one, with the columns student, row, column, points, reason.",
        "none",
        "decisions: decisions.csv",
    ),
    Field(
        "rules",
        Forms(Choice({NONE: ()}), ListOf(Phrase(1000), most=MAX_RULES, what="rule", bare=True)),
        "The sentences printed above the questions: a list, or none.",
        "those of the convention",
        "rules: [A multiply-add counts once., ReLU counts two.]",
    ),
    Field(
        "question",
        Phrase(),
        "The task, in your own words.",
        "the sheet's own, else a sentence that names what is asked",
        "question: Fill in the table.",
    ),
    Field(
        "variants",
        Record(VARIANTS),
        "A network for each student.",
        "everyone has the same sheet",
        "variants: {seed: 7, vary: [input, channels, kernel, stride, padding, groups, rectangles], reveal: all}",
    ),
    Field(
        "attempts",
        Choice({each: each for each in ATTEMPTS}),
        "Which attempt counts where a student has several in one file: last, best or first.",
        "last",
        "attempts: best",
    ),
    Field("batch", Integer(1, LARGEST_BATCH), "How many samples are counted together, B in the formulas.", "1", "batch: 1"),
    Field(
        "digits",
        Parsed(read_digits),
        "Digit grouping: en_IN, en_US, another locale, or none.",
        "the sheet's own, else that of the convention",
        "digits: en_IN",
    ),
    LANGUAGE,
    LABELS,
)
ASSIGNMENT = Record(KEYS)
IN_SHEET = Record(tuple(replace(each, required=False) for each in KEYS if each.name != "network"))  # in front matter
