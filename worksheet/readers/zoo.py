"""Reads a network of the zoo by its name: ``zoo:resnet-50``."""

from worksheet.network import Network
from worksheet.readers.reader import Reader, ReadOptions
from worksheet.zoo import model as model_named

PREFIX = "zoo:"


def read_zoo(source: str, options: ReadOptions) -> Network:
    """The built-in network of that name, for the first of ``options.inputs``. Raises WorksheetError with the nearest names."""
    return model_named(source.removeprefix(PREFIX)).network(options.input, options.regions)


def _claims(source: object) -> bool:
    return isinstance(source, str) and source.startswith(PREFIX)


READER = Reader(takes="zoo:NAME", read=read_zoo, claims=_claims)
