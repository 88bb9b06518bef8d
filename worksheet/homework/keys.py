"""The keys of an assignment: one table, from which the reader, the JSON schema and the manual's list are made."""

from __future__ import annotations

from collections.abc import Iterable
from fractions import Fraction

from worksheet import conventions
from worksheet.counting.run import LARGEST_BATCH
from worksheet.errors import WorksheetError
from worksheet.formula import Digits
from worksheet.grading.policy import EXACT, Tolerance
from worksheet.grading.slips import slips
from worksheet.homework.assignment import LANGUAGES, VARIED
from worksheet.homework.fields import (
    Choice,
    Context,
    Forms,
    Key,
    ListOf,
    Name,
    Number,
    Parsed,
    Record,
    Schema,
    Table,
    Text,
    Whole,
    Worded,
)  # fmt: skip
from worksheet.homework.questions import BACKWARDS, MARKS
from worksheet.marked import Marked
from worksheet.readers import shape

MOST_RULES = 50
LARGEST_SEED = 10**18
LARGEST_SIZE = 100_000  # that a variant may choose
MOST_SIZES = 1000
NONE, EVERY = "none", "all"
SHARE = Number(Fraction(0), Fraction(1), percent=True)
TRUTH = Choice({"true": True, "false": False, "yes": True, "no": False, "on": True, "off": False})


def _digits(text: str) -> str:
    return Digits(text).locale


class _Counting:
    """A way of counting: a shipped one by its name, or a YAML file beside the assignment by its path."""

    def read(self, marked: Marked, context: Context) -> str:
        text = Text(1000).read(marked, context)
        name = str(context.folder / text) if text.endswith(conventions.SUFFIXES) else text
        try:
            conventions.convention(name)
        except WorksheetError as fault:
            raise fault if fault.where.line else fault.located(marked.where) from None
        return name

    def schema(self) -> Schema:
        files = "|".join(suffix.replace(".", r"\.") for suffix in conventions.SUFFIXES)
        return {"anyOf": [{"enum": list(conventions.names())}, {"type": "string", "pattern": f"({files})$"}]}


def _languages() -> Iterable[str]:
    return LANGUAGES


def _mistakes() -> Iterable[str]:
    return slips()


def _varied() -> Iterable[str]:
    return VARIED


COLUMN = Name("column", "the way of counting has no column {}")
COUNTED = Name("counted", "{} is no column that is summed up")
ASKED = Name("asked", "{} is not asked")
NEVER = Name("never", "{} is not asked")
KIND = Name("kind", "no layer of the network is a {}")
CELL = Name(
    "marked", "nothing that is asked is called {}", 'a column, total, or one cell: its row and its column, such as "4 flops"'
)
MISTAKE = Name("mistake", "there is no known mistake {}", "docs/mistakes.md lists them all", known=_mistakes)
COUNTING = _Counting()
CHANGED = Name("varied", "a variant cannot vary {}", known=_varied)
COLUMNS = ListOf(COLUMN, least=1, most=100, what="column")
OFF = Worded(Choice({"exact": EXACT, "rounded": Tolerance(rounded=True)}), Number(Fraction(0), Fraction(1, 2), percent=True))
CONSIDERED = Forms(Choice({NONE: NONE, EVERY: EVERY}), ListOf(COUNTING, most=100, what="convention"))

TOLERANCE = (
    Key("within", OFF, "How far the answer may be from the truth.", "exact", "{flops: {within: 0.1 %}}", required=True),
    Key(
        "hides",
        ListOf(MISTAKE, what="mistake"),
        "Known mistakes that may pass as right.",
        "none",
        "{flops: {within: 0.1 %, hides: [slip-digit-swap]}}",
    ),
)
FOLLOW = (
    Key("penalty", SHARE, "The share of the marks that a carried answer loses.", "0", "{penalty: 25 %}"),
    Key(
        "never",
        ListOf(NEVER, what="column"),
        "Columns, or total, where only the correct answer counts.",
        "none",
        "{never: [output, total]}",
    ),
    Key(
        "trivial",
        TRUTH,
        "Whether an answer counts as carried where the student's own 0 or 1 made the question much simpler.",
        "true",
        "{trivial: false}",
    ),
)
CONVENTIONS = (
    Key(
        "consider",
        CONSIDERED,
        "The other ways of counting that are recognised: a list, none, or all that are shipped.",
        "all",
        "{consider: [operations, thop]}",
    ),
    Key("worth", SHARE, "The share of the marks for an answer that is right under one of them.", "0", "{worth: 0.5}"),
)
MISTAKES = (Key("worth", SHARE, "The share of the marks for an answer that a known mistake explains.", "0", "{worth: 25 %}"),)
VARIANTS = (
    Key(
        "seed",
        Whole(0, LARGEST_SEED),
        "Another seed gives everyone another network.",
        "none: it must be given",
        "{seed: 7}",
        required=True,
    ),
    Key(
        "vary",
        ListOf(CHANGED, least=1, what="word"),
        f"What may differ from student to student: {', '.join(VARIED)}.",
        "all of these",
        "{seed: 7, vary: [kernel, padding]}",
    ),
    Key(
        "ranges",
        Table(CHANGED, ListOf(Whole(0, LARGEST_SIZE), least=1, most=MOST_SIZES, what="value")),
        "The values that may be chosen for what is varied.",
        "derived from the network",
        "{seed: 7, ranges: {kernel: [3, 5, 7]}}",
    ),
    Key(
        "reveal",
        Forms(Choice({EVERY: ()}), ListOf(MISTAKE, least=1, what="mistake")),
        "The known mistakes that a variant must show: a list of ids, or all that can be made on this sheet.",
        "all",
        "{seed: 7, reveal: [par-no-bias, out-ceil]}",
    ),
)

KEYS = (
    Key(
        "title",
        Text(200),
        "The heading of every sheet.",
        "the sheet's own title, in front matter",
        "title: Worksheet 2",
        required=True,
    ),
    Key(
        "network",
        Text(1000),
        "The network: a file beside this one, or zoo:NAME.",
        "the sheet itself, in front matter",
        "network: ai61002.sheet",
        required=True,
    ),
    Key(
        "input",
        Parsed(shape, ("string", "integer")),
        "Another input than the network's own.",
        "the network's own",
        "input: 3x224x224",
    ),
    Key("course", Text(200), "A line below the title.", "the sheet's own course", "course: AI61002, Spring 2020"),
    Key(
        "convention",
        COUNTING,
        "How to count: a name, or a YAML file beside this one.",
        "the network's own, else ai61002",
        "convention: ai61002",
    ),
    Key(
        "ask",
        Forms(None, COLUMNS, Table(KIND, ListOf(COLUMN, most=100, what="column"), most=200, split=True)),
        "The columns that are asked, output (the size) among them: a list, or a list for each kind of layer.",
        "output and every column of the way of counting",
        "ask: [output, params, flops]",
    ),
    Key(
        "total",
        Forms(Choice({NONE: ()}), ListOf(COUNTED, most=100, what="column")),
        "The columns whose total is asked: a list, or none.",
        "every count that is asked",
        "total: [params, flops]",
    ),
    Key(
        "formulas",
        ListOf(ASKED, most=100, what="column"),
        "The columns whose formula is asked as well.",
        "none",
        "formulas: [params]",
    ),
    Key(
        "find",
        BACKWARDS,
        "Questions asked backwards, q1, q2 and so on: the answer is every value of an unknown that meets conditions.",
        "none",
        'find: [{unknown: conv2d_1.p, so-that: ["conv2d_1.output = 56"], range: 0..10, worth: 2}]',
    ),
    Key(
        "marks",
        Table(CELL, MARKS, most=10_000),
        "What a right answer is worth: of a column, of the row of totals (total), of a formula (flops.formula), of one cell.",
        "1 each",
        'marks: {output: 1, params: 2, flops: 2, total: 2, "4 flops": 3}',
    ),
    Key(
        "follow_through",
        Forms(TRUTH, None, Record(FOLLOW)),
        "Whether an answer that is right from the student's own earlier values gets its marks.",
        "true",
        "follow_through: {penalty: 0.25, never: [output]}",
    ),
    Key(
        "tolerance",
        Table(ASKED, Forms(OFF, None, Record(TOLERANCE)), most=100),
        "How far an answer may be from the truth, by column: exact, rounded, or a share.",
        "exact",
        "tolerance: {params: exact}",
    ),
    Key(
        "conventions",
        Forms(Choice({NONE: NONE, EVERY: EVERY}), None, Record(CONVENTIONS)),
        "Other ways of counting under which an answer may be right.",
        "all that are shipped, worth 0",
        "conventions: {consider: [macs, thop], worth: 0.5}",
    ),
    Key(
        "mistakes",
        Record(MISTAKES),
        "What an answer is worth that a known mistake explains.",
        "worth 0",
        "mistakes: {worth: 0.25}",
    ),
    Key(
        "rules",
        Forms(Choice({NONE: ()}), ListOf(Text(1000), most=MOST_RULES, what="rule")),
        "The sentences printed above the questions: a list, or none.",
        "those of the way of counting",
        "rules: [A multiply-add counts once., ReLU counts two.]",
    ),
    Key(
        "question",
        Text(),
        "The task, in your own words.",
        "the sheet's own, else a sentence that names what is asked",
        "question: Fill in the table.",
    ),
    Key(
        "variants",
        Record(VARIANTS),
        "A network for each student.",
        "everyone has the same sheet",
        "variants: {seed: 7, vary: [input, channels, kernel, stride, padding, groups], reveal: all}",
    ),
    Key("batch", Whole(1, LARGEST_BATCH), "How many samples are counted together, B in the formulas.", "1", "batch: 1"),
    Key(
        "digits",
        Parsed(_digits),
        "Digit grouping: en_IN, en_US, another locale, or none.",
        "the sheet's own, else that of the way of counting",
        "digits: en_IN",
    ),
    Key(
        "language",
        Name("language", "there are no words in the language {}", known=_languages),
        "The language of sheets and feedback.",
        "en",
        "language: en",
    ),
)
ASSIGNMENT = Record(KEYS)
