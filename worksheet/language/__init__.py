"""The language of documents: messages in English, translated by gettext catalogues while a document is made."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from functools import cache, cached_property
from typing import Any

from worksheet.errors import WorksheetError, nearest, shown
from worksheet.frozen import frozen
from worksheet.language.catalogue import Catalogue, catalogue, codes, messages

ENGLISH = "en"
STOPS = (".", "!", "?", "।", "。", "！", "？")


@frozen
class Language:
    """How a document speaks: a code such as ``de`` or ``en_IN``, and the teacher's own words for some messages."""

    code: str = ENGLISH
    labels: tuple[tuple[str, str], ...] = ()

    def __reduce__(self) -> tuple[Any, ...]:
        """In another process the catalogues are read again."""
        return Language, (self.code, self.labels)

    @cached_property
    def own(self) -> Mapping[str, str]:
        """The teacher's words by the English ones; a word for "No." is that of "No. {no}" too."""
        words = dict(self.labels)
        numbered = {f"{word} {{no}}": f"{own.replace('{', '{{').replace('}', '}}')} {{no}}" for word, own in words.items()}
        return {message: text for message, text in numbered.items() if message in messages()} | words

    @cached_property
    def catalogues(self) -> tuple[Catalogue, ...]:
        """Those of the country and of the language itself; none for the English of the messages."""
        return tuple(catalogue(code) for code in _chain(self.code) if code in codes())

    @property
    def tag(self) -> str:
        """The language as HTML and PDF name it: ``en-IN``."""
        return self.code.replace("_", "-")

    @property
    def base(self) -> str:
        """The language without its country."""
        return self.code.partition("_")[0]

    @property
    def digits(self) -> str:
        """The locale whose digit grouping the language has; empty for plain English, which belongs to no country."""
        return "" if self.code == ENGLISH else self.code

    def header(self, name: str) -> str:
        """A line of the catalogue's header, such as the fonts that the language needs; empty without one."""
        return next((each.header[name] for each in self.catalogues if name in each.header), "")

    @property
    def fonts(self) -> tuple[str, ...]:
        """Fonts that the language needs besides those of Latin script, the best first."""
        return tuple(font.strip() for font in self.header("X-Fonts").split(",") if font.strip())

    @property
    def own_signs(self) -> re.Pattern[str]:
        """A run of signs that those fonts print."""
        return _signs(self.header("X-Signs"))

    def translate(self, message: str) -> str:
        if not message or message in self.own:
            return self.own.get(message, "")
        return next((text for each in self.catalogues if (text := each.text(message))), message)

    def translate_count(self, singular: str, plural: str, count: int) -> str:
        texts = (text for each in self.catalogues if (text := each.counted(singular, count)))
        return next(texts, singular if count == 1 else plural)

    def relabelled(self, labels: Mapping[str, str]) -> Language:
        """The same with further words of the teacher's."""
        return Language(self.code, tuple({**self.own, **labels}.items()))


_language: ContextVar[Language] = ContextVar("language", default=Language())  # noqa: B039 - it is frozen


def current() -> Language:
    """The language of the document that is being made."""
    return _language.get()


def _(message: str) -> str:
    """A message in the language of the document that is being made.

    Fields stay as they are: ``_("{count} rows").format(count=3)``.
    """
    return _language.get().translate(message)


def ngettext(singular: str, plural: str, count: int) -> str:
    """A message with a number, in the form that the language has for it."""
    return _language.get().translate_count(singular, plural, count)


def N_(message: str) -> str:  # noqa: N802 - gettext's name
    """Marks a constant for translation; ``_`` translates it where it is printed."""
    return message


def sentence(text: str) -> str:
    """A text with the full stop of the language, unless it ends with a stop."""
    return text if text.endswith(STOPS) else _("{text}.").format(text=text)


def listed(words: Collection[str]) -> str:
    """Words as a sentence lists them: a, b and c."""
    return _join(words, _("{words} and {word}"))


def either(words: Collection[str]) -> str:
    """Words as a sentence offers them: a, b or c."""
    return _join(words, _("{words} or {word}"))


def _join(words: Collection[str], last: str) -> str:
    if len(words) < 2:
        return "".join(words)
    *others, word = words
    return last.format(words=_(", ").join(others), word=word)


def paragraph(sentences: Iterable[str]) -> str:
    """Sentences one after another, with the space that the language has between them: none in Chinese."""
    return space().join(sentences)


def space() -> str:
    """What is between two sentences."""
    return _("{text} {more}").format(text="", more="")


def named(name: str, meaning: str) -> str:
    """A name, a colon and what it stands for."""
    return f"{name}{_(': ')}{meaning}"


def inline(text: str) -> str:
    """A text that begins with a capital as it reads inside a sentence; as it is where nouns are capitalised."""
    return text if current().header("X-Nouns") == "capital" else text[:1].lower() + text[1:]


def span_in_words(low: str, high: str) -> str:
    """From where to where, or the one value."""
    return low if low == high else _("{first} to {last}").format(first=low, last=high)


def capital(text: str) -> str:
    """A text as it begins a sentence."""
    return text[:1].upper() + text[1:]


@contextmanager
def speaking(language: Language | str) -> Iterator[None]:
    """Makes documents in a language; a code such as ``de`` or ``en_IN`` is one without words of a teacher's."""
    token = _language.set(language if isinstance(language, Language) else language_named(language))
    try:
        yield
    finally:
        _language.reset(token)


# By name


def languages() -> tuple[str, ...]:
    """The codes of the languages that there are catalogues for, and English."""
    return tuple(sorted({ENGLISH, *codes()}))


def language_named(code: str, labels: Mapping[str, str] | None = None) -> Language:
    """A language by its code; a country without words of its own has those of the language: de_CH, en-GB. Raises WorksheetError.

    >>> language_named("de-ch").code, language_named("en").code
    ('de_CH', 'en')
    """
    base, _, country = code.strip().replace("-", "_").partition("_")
    if base.lower() not in languages():
        raise WorksheetError(f"there are no words in the language {shown(code)}", hint=_known(base))
    name = "_".join(filter(None, (base.lower(), country.upper() if len(country) == 2 else country.capitalize())))
    if country and name not in codes() and not _is_locale(name):
        raise WorksheetError(f"there is no such country as that of {shown(code)}", hint=f"{base.lower()} alone, or such as de_CH")
    return Language(name, tuple((labels or {}).items()))


@cache
def _is_locale(name: str) -> bool:
    """Whether the digits of a country are known. Importing Babel takes longer than solving a sheet, so it is asked last."""
    from babel import Locale, UnknownLocaleError

    try:
        return bool(Locale.parse(name))
    except (UnknownLocaleError, ValueError):
        return False


def _known(word: str) -> str:
    """The codes that there are, and before them the one with a name like this, such as German."""
    import difflib

    codes_by_name = {name.casefold(): code for code in languages() for name in _names(code)}
    close = difflib.get_close_matches(word.casefold()[:80], codes_by_name, 1)
    meant = [f"did you mean {codes_by_name[name]}?" for name in close]
    return "; ".join([*meant, f"one of {', '.join(languages())}"])


def _names(code: str) -> list[str]:
    """What a language is called: its code, and its names in English and in itself, by the header of its catalogue."""
    names = catalogue(code).header.get("X-Name", "") if code in codes() else "English"
    return [code, *(name.strip() for name in names.split(",") if name.strip())]


def check_label(text: str) -> str:
    """The English words that a teacher's replace. Raises WorksheetError if no message without fields is like this."""
    known = labels()
    if text not in known:
        close = nearest(text, known) or ""  # all of them would be a list of a hundred sentences
        hint = close if close.startswith("did") else "its words in English, such as Total"
        raise WorksheetError(f"no document says {shown(text)}", hint=hint)
    return text


def labels() -> tuple[str, ...]:
    """The messages that a teacher may word: those without fields."""
    return tuple(message for message in messages() if "{" not in message)


def everywhere(message: str) -> tuple[str, ...]:
    """A message in English, in every language and in the teacher's own words: what a student may have copied from a sheet."""
    texts = (catalogue(code).text(message) for code in codes())
    return tuple(dict.fromkeys(filter(None, (message, *texts, current().own.get(message, "")))))


@cache
def _signs(ranges: str) -> re.Pattern[str]:
    """Signs in the ranges of a catalogue's header, such as ``0900-097F 200C-200D``; without any, none."""
    ends = (span.partition("-")[::2] for span in ranges.split())
    signs = "".join(f"{chr(int(first, 16))}-{chr(int(last, 16))}" for first, last in ends)
    return re.compile(f"[{signs}]+" if signs else "(?!)")


def _chain(code: str) -> Iterator[str]:
    """A code, and those that it falls back to: de_CH, de."""
    while code:
        yield code
        code = code.rpartition("_")[0]
