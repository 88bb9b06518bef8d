"""Sheets and YAML files in the encodings of Windows: UTF-16 is read by its mark, anything else is refused by name."""

import codecs
from pathlib import Path

import pytest

from worksheet.errors import WorksheetError
from worksheet.schema import read_text

TEXT = "title: Größe\nask: [output]\n"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_a_text_is_read_by_its_mark(tmp_path: Path, encoding: str) -> None:
    path = tmp_path / "a.yaml"
    for data in (TEXT.encode(encoding), TEXT.replace("\n", "\r\n").encode(encoding)):
        path.write_bytes(data)
        assert read_text(path) == TEXT
    path.write_bytes(codecs.BOM_UTF16_BE + TEXT.encode("utf-16-be"))
    assert read_text(path) == TEXT


@pytest.mark.parametrize(
    ("data", "says"),
    [
        (TEXT.encode("utf-16-le"), "zero bytes, as UTF-16 without a mark"),
        (TEXT.encode("utf-32"), "is in UTF-32"),
        (codecs.BOM_UTF16_LE + b"a", "is not UTF-16, as its first bytes say"),
        (codecs.BOM_UTF16_LE + b"\x00\xd8a\x00", "is not UTF-16"),
        ("title: Größe".encode("cp1252"), "is not UTF-8 text: byte 0xf6"),
    ],
)
def test_other_encodings_are_refused_by_name(tmp_path: Path, data: bytes, says: str) -> None:
    (tmp_path / "a.yaml").write_bytes(data)
    with pytest.raises(WorksheetError, match=says) as fault:
        read_text(tmp_path / "a.yaml")
    assert "UTF-8" in str(fault.value.hint)
