"""Reads a network of the zoo by its name: ``zoo:resnet50``."""

from collections.abc import Iterator
from dataclasses import replace

from worksheet.language import _
from worksheet.network import Network
from worksheet.readers.reader import Reader, ReadOptions
from worksheet.zoo import model as model_named
from worksheet.zoo import models
from worksheet.zoo.spelling import RENAMED, canonical, fold

PREFIX = "zoo:"


def read_zoo(source: str, options: ReadOptions) -> Network:
    """The built-in network of that name, for the first of ``options.inputs``. Raises WorksheetError with the nearest names.

    A name from before is noted, since the plain name may be another network now.
    """
    name = source.removeprefix(PREFIX)
    network = model_named(name).network(options.input, options.regions)
    return replace(network, notes=(*network.notes, *_renamed(name)))


def _renamed(name: str) -> Iterator[str]:
    if name not in RENAMED:
        return
    yield _("This network was called {old}; its name is now {new}.").format(old=PREFIX + name, new=PREFIX + RENAMED[name])
    plain = canonical(fold(name), models())
    if plain not in {None, RENAMED[name]}:
        yield _("{plain} is another definition, that of torchvision.").format(plain=f"{PREFIX}{plain}")


def _claims(source: object) -> bool:
    return isinstance(source, str) and source.startswith(PREFIX)


READER = Reader(takes="zoo:NAME", read=read_zoo, claims=_claims)
