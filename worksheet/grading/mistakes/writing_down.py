"""Mistakes in writing down any number; of an output size, one number at a time."""

from worksheet.grading.diagnosis.mistake import Mistake
from worksheet.grading.mistakes import _sources as source
from worksheet.grading.mistakes._kinds import ANY, FIGURES, SIZE
from worksheet.grading.mistakes._values import digits_swapped, ten_times, without_channels

PLACE = 20
MISTAKES: tuple[Mistake, ...] = (
    Mistake(
        "slip-x10",
        "Your number has a digit too many or too few; check how its digits are grouped.",
        source.SHEET,
        documented=False,
        kinds=ANY,
        roles=FIGURES | SIZE,
        revalue=ten_times,
    ),
    Mistake(
        "out-no-channels",
        "You gave the width and the height without the number of channels, which is part of an output's size.",
        source.SHEET,
        documented=False,
        kinds=ANY,
        roles=SIZE,
        revalue=without_channels,
    ),
    Mistake(
        "slip-digit-swap",
        "Two adjacent digits of your number are swapped.",
        source.FORMULA,
        documented=False,
        kinds=ANY,
        roles=FIGURES | SIZE,
        revalue=digits_swapped,
    ),
)
