"""Digit grouping follows the locale."""

from fractions import Fraction

import pytest

from worksheet import Digits, WorksheetError


@pytest.mark.parametrize(
    ("locale", "text"),
    [
        ("en_IN", "7,30,56,256"),
        ("en_US", "73,056,256"),
        ("de_DE", "73.056.256"),
        ("fr_FR", "73\u202f056\u202f256"),
        ("hi_IN", "7,30,56,256"),
        ("none", "73056256"),
    ],
)
def test_results_are_grouped(locale: str, text: str) -> None:
    assert Digits(locale).result(73056256) == text


def test_babel_agrees() -> None:
    from babel.numbers import format_decimal

    for locale in ("en_IN", "en_US", "de_DE", "fr_FR", "ja_JP", "pt_BR", "bn_BD"):
        for number in (0, 7, 999, 1000, 12345, 100000, 1234567, 10**12):
            assert Digits(locale).result(number) == format_decimal(number, locale=locale, numbering_system="latn")


@pytest.mark.parametrize("locale", ["de_CH", "fr_CH", "it_CH"])
def test_swiss_digits_have_the_separator_of_the_babel_at_hand(locale: str) -> None:
    """CLDR has moved from one apostrophe to another. A straight one format_decimal loses: it takes it for a quotation mark."""
    from babel.numbers import get_group_symbol

    separator = get_group_symbol(locale)
    assert separator in "’'\u202f"
    assert Digits(locale).result(73056256) == f"73{separator}056{separator}256"


def test_the_frequent_locales_are_babels() -> None:
    from worksheet.formula.digits import FREQUENT, PLAIN, _babel_grouping

    for locale in set(FREQUENT) - {PLAIN}:
        assert FREQUENT[locale] == _babel_grouping(locale)


def test_signs_and_fractions() -> None:
    digits = Digits("en_US")
    assert digits.result(-12345) == "−12,345"
    assert digits.operand(Fraction(217, 4)) == "54.25"
    assert digits.operand(Fraction(-217, 4)) == "−54.25"
    assert digits.operand(Fraction(1, 3)) == "1/3"
    assert Digits("de_DE").operand(Fraction(217, 4)) == "54,25"


@pytest.mark.parametrize("locale", ["xx_YY", "", "en_IN; rm", "../../etc/passwd", "e" * 5000])
def test_unknown_locale(locale: str) -> None:
    with pytest.raises(WorksheetError, match="unknown digit grouping"):
        Digits(locale)
