"""One network under every convention: figures of the tools themselves, factors, and what is missing."""

import pytest

import worksheet as ws
from worksheet.errors import WorksheetError

RESNET = "zoo:resnet50"


def test_every_tool_with_its_factor() -> None:
    """fvcore, thop and ptflops print 4,111,512,576 and 4,133,742,592 and 4,132,436,968 for torchvision's resnet50."""
    sides = {(side["convention"], side["column"]): side for side in ws.compare(RESNET).data["sides"]}
    totals = {name: side["total"] for (name, _), side in sides.items()}
    assert totals["fvcore"] == 4_111_512_576
    assert totals["thop"] == 4_133_742_592
    assert totals["ptflops"] == 4_132_436_968
    assert sides["torch-flop-counter", "flops"]["factor"] == "2"
    assert sides["textbook", "macs"]["factor"] == "1"
    assert sides["ai61002", "flops"]["no_rule"] == ["AdaptiveAvgPool2d", "Add", "BatchNorm"]


def test_the_table_is_sorted_and_complete() -> None:
    document = ws.compare(RESNET)
    records = document.to_records()
    order = [(record["partial"] != "", record["total"]) for record in records]
    assert order == sorted(order)
    assert [record["factor"] is None for record in records] == [is_bound for is_bound, _ in order]
    assert {record["params"] for record in records if record["convention"] != "onnx-tool" and not record["partial"]} <= {
        25_557_032,
        None,
    }
    text = ws.render(document, "txt").decode()
    assert "ai61002 has no rule for AdaptiveAvgPool2d, Add and BatchNorm; not in the total." in text
    assert not any(record["convention"].startswith(("training", "memory")) for record in records)


@pytest.mark.parametrize("source", [RESNET, "zoo:vit-b-16", "zoo:alexnet"])
def test_the_document_is_one_page(source: str) -> None:
    import io

    import pypdf

    assert len(pypdf.PdfReader(io.BytesIO(ws.render(ws.compare(source), "pdf"))).pages) == 1


def test_the_batch_multiplies_costs_but_no_parameters() -> None:
    one, four = (ws.compare("zoo:resnet18", batch=batch).data["sides"] for batch in (1, 4))
    textbook = {batch: next(side for side in sides if side["convention"] == "textbook") for batch, sides in ((1, one), (4, four))}
    assert textbook[4]["total"] == 4 * textbook[1]["total"]
    assert textbook[4]["params"] == textbook[1]["params"] == 11_689_512


def test_a_network_that_does_not_fit_is_a_fault() -> None:
    with pytest.raises(WorksheetError, match="receives 3"):
        ws.compare(ws.network("n", (3,), ws.layer("MaxPool2d", w=2)))
