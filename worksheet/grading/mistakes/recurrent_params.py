"""Mistakes in the number of parameters of recurrent layers."""

from worksheet.grading.diagnosis.mistake import Family, Mistake, Rewrite
from worksheet.grading.diagnosis.rewrites import either, putting, turned, where, without
from worksheet.grading.mistakes import _sources as source
from worksheet.grading.mistakes._kinds import GRU, LSTM, RNN, STORED, WEIGHTS

PLACE = 16
SECOND_BIAS = putting(e="b")
# A quarter of everything, but all of the projection, which does not belong to a gate.
ONE_GATE = either(without("r", turned("F/4")), where("r", turned("(F + 3*u*r*k*l)/4")))


def _mistake(name: str, kinds: Family, says: str, rewrite: Rewrite, *, documented: bool = True) -> Mistake:
    return Mistake(name, says, source.RECURRENT, documented, kinds, STORED, rewrite)


MISTAKES: tuple[Mistake, ...] = (
    Mistake(
        "lstm-one-gate",
        "You counted one gate only and forgot the others.",
        source.RECURRENT,
        documented=False,
        kinds=LSTM,
        roles=WEIGHTS,
        rewrite=ONE_GATE,
    ),
    _mistake("lstm-two-bias", LSTM, "You gave every gate a second bias, as some libraries do; here it has one.", SECOND_BIAS),
    _mistake(
        "gru-reset-after",
        GRU,
        "You gave every gate a second bias, as in libraries that reset behind the product; here it has one.",
        SECOND_BIAS,
    ),
    _mistake("rnn-two-bias", RNN, "You counted a second bias, as some libraries do; here there is one.", SECOND_BIAS),
)
