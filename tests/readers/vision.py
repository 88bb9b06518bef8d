"""The models of torchvision, without its compiled part: what the tests need of it is Python."""

import os
from typing import Any

import pytest

OPERATORS = (
    "nms(Tensor dets, Tensor scores, float iou_threshold) -> Tensor",
    "qnms(Tensor dets, Tensor scores, float iou_threshold) -> Tensor",
)
_KEPT: list[Any] = []  # a library of operators lives as long as something holds it


def vision() -> Any:
    """``torchvision.models``; skips the test where torchvision is not installed."""
    torch = pytest.importorskip("torch", reason="torch is not installed")
    if not _KEPT:
        library = torch.library.Library("torchvision", "DEF")
        for operator in OPERATORS:
            try:
                library.define(operator)  # torchvision registers its operators only if its compiled part loads
            except RuntimeError:
                break
        _KEPT.append(library)
    if "torchvision" not in os.environ.get("WORKSHEET_REQUIRE", ""):  # where it must be, its absence is a failure
        pytest.importorskip("torchvision", reason="torchvision is not installed")
    import torchvision.models

    return torchvision.models
