"""Layers of detectors: region proposals and pooling, prior boxes, and the final choice of detections."""

import re
from functools import partial
from math import prod

from worksheet.errors import SheetError
from worksheet.readers.prototxt.fields import MAX_INTEGER
from worksheet.readers.prototxt.layer import Blob, CaffeLayer, LayerGraph, LayerRule
from worksheet.readers.symbols import keep_symbols

DEFAULT_REGIONS = 300  # proposals of a region proposal network at test time (Ren et al. 2015)
MAX_RATIOS = 100
STATED = re.compile(r"post_nms_topn['\"]?\s*[:=]\s*([0-9]{1,9})(?![0-9.])")


def proposal(layer: CaffeLayer) -> list[Blob]:
    """Boxes from scores and offsets; most files do not state how many."""
    fields = layer.fields.child("proposal_param")
    scripted = STATED.search(layer.fields.child("python_param").text("param_str"))
    stated = fields.integer("post_nms_topn", 0) or (int(scripted[1]) if scripted else 0)
    regions = assumed_regions(layer.graph, stated)
    boxes = layer.emit("Proposal", *layer.read(1, 3), leading=True, values={"r": regions})
    if len(layer.tops) < 2:
        return [boxes]
    return [boxes, *(layer.emit("Gather", boxes, part=top, values={"o_1": regions, "o_2": 1}) for top in layer.tops[1:])]


def targets(layer: CaffeLayer) -> list[Blob]:
    """Training samples regions and labels them; inference passes all regions on, without labels."""
    return [layer.bottoms[0], *[Blob("", None, counted=False)] * (len(layer.tops) - 1)]


def assumed_regions(graph: LayerGraph, stated: int = 0) -> int:
    """The number of regions: the caller's, the file's, or the default; the solution notes which."""
    regions = graph.regions or min(stated, MAX_INTEGER) or DEFAULT_REGIONS
    reason = "stated in the file" if stated else "assumed"
    reason = "asked for" if graph.regions else reason
    graph.note(f"The heads run once per region: {regions} regions {reason}; --regions sets another number.")
    return regions


def pool_regions(kind: str, param: str, layer: CaffeLayer) -> Blob:
    """RoIPool and RoIAlign; two samples per bin along each axis where the file gives no number, as in Mask R-CNN."""
    fields = layer.param(param)
    values = {"W": fields.integer("pooled_w", None, 1), "H": fields.integer("pooled_h", None, 1)}
    values |= keep_symbols(kind, {"a": fields.integer("sampling_ratio", 0) or 2})
    return layer.emit(kind, *layer.read(2), leading=True, values=values)


def position_sensitive(layer: CaffeLayer) -> Blob:
    fields = layer.param("psroi_pooling_param")
    values = {"k": fields.integer("output_dim", None, 1), "W": fields.integer("group_size", None, 1)}
    return layer.emit("PSRoIPool", *layer.read(2), leading=True, values=values)


def prior_box(layer: CaffeLayer) -> Blob:
    """Boxes at every position: one for each aspect ratio and min_size, one more for each max_size."""
    fields, ratios = layer.param("prior_box_param"), [1.0]
    stated = fields.decimals("aspect_ratio")
    if len(stated) > MAX_RATIOS:
        raise SheetError(f"{len(stated):,} aspect ratios; at most {MAX_RATIOS}", fields.place("aspect_ratio"))
    for ratio in stated:
        if ratio <= 0:
            raise SheetError(f"aspect_ratio is {ratio:g}; it must be positive", fields.place("aspect_ratio"))
        if all(abs(ratio - other) >= 1e-6 for other in ratios):
            ratios += [ratio, 1 / ratio] if fields.flag("flip", default=True) else [ratio]
    smallest, largest = len(fields.decimals("min_size")), len(fields.decimals("max_size"))
    if not smallest:
        raise SheetError("prior_box_param has no min_size", fields.where)
    if largest not in {0, smallest}:
        hint = "give one for each min_size, or none"
        raise SheetError(f"{largest} max_size for {smallest} min_size", fields.place("max_size"), hint)
    return layer.emit("PriorBox", *layer.read(1, 2), values={"a": len(ratios) * smallest + largest})


def detections(layer: CaffeLayer) -> Blob:
    """At most keep_top_k detections; all prior boxes where there is no limit."""
    fields = layer.param("detection_output_param")
    blobs = layer.read(3, 5)
    kept = fields.integer("keep_top_k", -1, least=-1)
    if kept < 1:
        kept = max(1, prod(blobs[2].shape) // 8)  # corners and variances of every box
    return layer.emit("DetectionOutput", *blobs, values={"k": kept})


RULES: dict[str, LayerRule] = {
    "DetectionOutput": detections,
    "PSROIPooling": position_sensitive,
    "PriorBox": prior_box,
    "Proposal": proposal,
    "ROIAlign": partial(pool_regions, "RoIAlign", "roi_align_param"),
    "ROIPooling": partial(pool_regions, "RoIPool", "roi_pooling_param"),
}
