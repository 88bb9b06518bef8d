"""Mistakes in the number of parameters of recurrent layers."""

from worksheet.grading.diagnosis.mistake import MistakeGroup
from worksheet.grading.diagnosis.rewrites import either, putting, turned, where, without
from worksheet.grading.mistakes import _sources as source
from worksheet.grading.mistakes._kinds import GRU, LSTM, RNN, STORED, WEIGHTS

PLACE = 16
SECOND_BIAS = putting(e="b")
# A quarter of everything, but all of the projection, which does not belong to a gate.
ONE_GATE = either(without("r", turned("F/4")), where("r", turned("(F + 3*u*r*k*l)/4")))
_mistake = MistakeGroup(LSTM, STORED, source.RECURRENT)
MISTAKES = (
    _mistake("lstm-one-gate", ONE_GATE, "You counted only one gate and forgot the others.", roles=WEIGHTS),
    _mistake(
        "lstm-two-bias", SECOND_BIAS, "You gave every gate a second bias, as some libraries do; here it has one.", documented=True
    ),
    _mistake(
        "gru-reset-after",
        SECOND_BIAS,
        "You gave every gate a second bias, as in libraries that apply the reset gate after the product; here it has one.",
        documented=True,
        kinds=GRU,
    ),
    _mistake(
        "rnn-two-bias",
        SECOND_BIAS,
        "You counted a second bias, as some libraries do; here there is one.",
        documented=True,
        kinds=RNN,
    ),
)
