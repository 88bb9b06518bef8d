"""Follows the blobs of a Caffe network from layer to layer and builds the network of nodes."""

from pathlib import Path

from worksheet.errors import Collector, SheetError, Where, WorksheetError, nearest, shown
from worksheet.layers import Shape
from worksheet.network import INPUT, Heading, Network
from worksheet.readers.names import join_names
from worksheet.readers.prototxt.data_layers import InputBlob, declared_inputs, layer_inputs
from worksheet.readers.prototxt.detection import assumed_regions
from worksheet.readers.prototxt.entries import FILE, LayerEntries, LayerEntry, describe, parameter_names, read_entries
from worksheet.readers.prototxt.fields import MessageFields
from worksheet.readers.prototxt.layer import Blob, CaffeLayer, UnknownShapeError
from worksheet.readers.prototxt.layer_rules import LEFT_OUT, NEEDY, RECURRENT, REGIONS_READ_BY, RULES
from worksheet.readers.prototxt.nodes import CaffeGraph, with_stages
from worksheet.readers.prototxt.text_format import PrototxtSource, parse
from worksheet.readers.reader import ReadOptions

SOLVER = "this file holds the settings of a solver"
OTHER_FILES = dict.fromkeys(
    ("net", "train_net", "net_param", "train_net_param", "base_lr", "lr_policy", "max_iter", "solver_mode", "test_iter"), SOLVER
) | {"item": "this file holds a list of classes and their labels"}
MAX_LISTED = 12
MAX_COMPARED = 300  # blob names among which the nearest one is looked for
NOWHERE = Blob("", None)  # the output of a layer with a fault
LABEL = Blob("", None, counted=False)
SKIP = "skip it with --skip-unknown"
PHASES = "mark one include { phase: TRAIN } and the other include { phase: TEST }"
EXAMPLE = 'layers such as layer { name: "relu1" type: "ReLU" ... }'


def network(path: Path, text: str, options: ReadOptions) -> Network:
    """The network in the text of a prototxt file. Raises WorksheetError with every fault at its line and column."""
    source = PrototxtSource(str(path), text)
    if not text.strip():
        raise SheetError("is empty", Where(str(path)), EXAMPLE)
    message = parse(source)
    return _NetworkReader(MessageFields(source, message, Where(str(path))), options).network(path)


def _suggest(word: str, names: list[str]) -> str | None:
    """The names that are near a word; all names only where they are few."""
    hint = nearest(word, names)
    return hint if len(names) <= MAX_LISTED or (hint and hint.startswith("did you mean")) else None


class _NetworkReader:
    def __init__(self, root: MessageFields, options: ReadOptions) -> None:
        self.root = root
        self.options = options
        self.faults = Collector()
        self.graph = CaffeGraph(options.regions)
        self.blobs: dict[str, Blob] = {}
        self.makers: dict[str, str] = {}  # of each blob: the layer, in words
        self.further: dict[str, Shape] = {}
        self.origins: dict[str, tuple[str, str]] = {}
        self.left_out: list[str] = []
        self.passed: list[str] = []
        self.entries = LayerEntries((), ())
        self.inlets: dict[str, Blob] = {}
        self.needed: set[str] = set()
        self.main: Shape = ()
        self.recurs = False

    def network(self, path: Path) -> Network:
        with self.faults.catching():
            for field, where in self.root.find_unknown(FILE.split()):
                self.graph.note_unknown_field(field, where)
        self.entries = read_entries(self.root, self.faults)
        self._check_layers()
        self._open(self._all_inlets())
        for entry in self.entries.kept:
            self._step(entry)
        if not self.graph.nodes and not self.faults.found:
            self.faults.add(SheetError("no layer in the file computes anything", Where(self.root.source.file)))
        self.faults.raise_any()
        nodes = tuple(with_stages(self.graph.nodes, self.origins))
        read = {name for node in nodes for name in node.inputs}
        further = {name: shape for name, shape in self.further.items() if name in read}
        name = self.root.text("name") or path.stem
        return Network(name, self.main, nodes, Heading(), str(path), further, tuple(self._notes()))

    def _check_layers(self) -> None:
        if self.entries.kept or self.faults.found:
            return
        hint = next((content for name, content in OTHER_FILES.items() if name in self.root), EXAMPLE)
        elsewhere = next((self.root.text(name) for name in ("net", "train_net") if name in self.root), "")
        hint += f"; the network is in {shown(elsewhere)}" if elsewhere else ""
        raise SheetError("there is no layer", Where(self.root.source.file), hint)

    # Inputs

    def _all_inlets(self) -> list[InputBlob]:
        """The input blobs, in file order; where the file declares none, the first blob that a layer reads."""
        inlets: list[InputBlob] = []
        with self.faults.catching():
            inlets += declared_inputs(self.root)
        for entry in self.entries.kept:
            if entry.verdict.source:
                with self.faults.catching():
                    inlets += layer_inputs(entry.type, entry.fields, entry.where)
        first: dict[str, InputBlob] = {}
        for inlet in inlets:
            if first.setdefault(inlet.blob, inlet) is not inlet:
                message = f"blob {shown(inlet.blob)} is an input twice, first in line {first[inlet.blob].where.line}"
                self.faults.add(SheetError(message, inlet.where, PHASES))
        if inlets or self.faults.found:
            return inlets
        name, where = next((bottom for entry in self.entries.kept for bottom in entry.bottoms), ("data", self.root.where))
        return [InputBlob(name, None, where)]

    def _open(self, inlets: list[InputBlob]) -> None:
        """Give every input its shape: the caller's, in file order, or the file's own."""
        computed = [entry for entry in self.entries.kept if not entry.verdict.left_out]
        self.needed = {entry.bottoms[0][0] for entry in computed if entry.bottoms and entry.type in NEEDY}
        self.recurs = any(entry.type in RECURRENT for entry in computed)
        read = {name for entry in computed for name, _ in entry.bottoms}
        used = [inlet for inlet in inlets if not inlet.label and inlet.blob in read]
        regions = {entry.bottoms[1][0] for entry in computed if entry.type in REGIONS_READ_BY and len(entry.bottoms) > 1}
        shapes = self._shapes_of_caller(used)
        if used and used[0].dims and not self.recurs:
            self.graph.batch = used[0].dims[0]
        self.inlets = {inlet.blob: LABEL for inlet in inlets}
        for inlet in used:
            open_input = self._open_regions if inlet.blob in regions else self._open_input
            self._enter(inlet, open_input(inlet, shapes.get(inlet.blob)), main=inlet is used[0])
        if self.recurs and not self.faults.found:
            self.graph.note("The network is recurrent: the first axis of its inputs counts steps, and all steps are counted.")

    def _shapes_of_caller(self, used: list[InputBlob]) -> dict[str, Shape]:
        """The input shapes from the caller, by blob name. A fault where there are too many."""
        shapes = self.options.inputs
        if len(shapes) > max(len(used), 1):
            message = f"{len(shapes)} input shapes are given, but the network has {len(used)} inputs"
            self.faults.add(SheetError(message, Where(self.root.source.file), ", ".join(inlet.blob for inlet in used) or None))
        return dict(zip((inlet.blob for inlet in used), shapes, strict=False))

    def _open_input(self, inlet: InputBlob, shape: Shape | None) -> Blob:
        dims = inlet.dims
        if shape is not None:
            lacks_steps = self.recurs and dims is not None and len(shape) == len(dims) - 1
            return Blob("", (*dims[:1], *shape) if lacks_steps and dims else shape, self.recurs)
        if dims is None:
            return self._open_unknown(inlet)
        if inlet.guessed:
            self.graph.note(
                f"Three channels are assumed for {inlet.blob}, as the file does not give them; --input sets the shape."
            )
        leads = self.recurs or len(dims) == 1
        return Blob("", dims if leads else dims[1:], leads)

    def _open_unknown(self, inlet: InputBlob) -> Blob:
        """An input without a shape: a label where no layer needs it, else a fault."""
        if inlet.spare and inlet.blob not in self.needed:
            return LABEL
        hint = "give it without the batch: --input 3x224x224 (channels x height x width)"
        if self.recurs:
            hint = "give it: --input 16x1x512 (steps x streams x features)"
        self.faults.add(SheetError(f"the file does not give the shape of {shown(inlet.blob)}", inlet.where, hint))
        return NOWHERE

    def _open_regions(self, inlet: InputBlob, shape: Shape | None) -> Blob:
        """Regions as an input: a row of five numbers for each."""
        if shape is not None:
            return Blob("", shape, leading=True)
        stated = inlet.dims[0] if inlet.dims and inlet.dims[0] > 1 else 0
        width = inlet.dims[1] if inlet.dims and len(inlet.dims) > 1 else 5
        return Blob("", (assumed_regions(self.graph, stated), width), leading=True)

    def _enter(self, inlet: InputBlob, blob: Blob, *, main: bool) -> None:
        if not blob.counted or blob.sizes is None:
            self.inlets[inlet.blob] = blob
            return
        node = INPUT if main else self.graph.free_name(inlet.blob)
        self.inlets[inlet.blob] = Blob(node, blob.sizes, blob.leading)
        if main:
            self.main = blob.sizes
        else:
            self.further[node] = blob.sizes

    # Layers

    def _step(self, entry: LayerEntry) -> None:
        """Read one layer; later layers find its outputs by their tops."""
        if entry.verdict.source:
            return
        if entry.verdict.left_out:
            self._leave_out(entry)
            return
        bottoms = tuple(self._blob(entry, name, where) for name, where in entry.bottoms)
        if bottoms and not any(blob.counted for blob in bottoms):
            self._leave_out(entry)
        elif entry.verdict.rule is None:
            self._make(entry, self._refuse(entry, bottoms))
        else:
            self._make(entry, self._run(entry, bottoms))

    def _leave_out(self, entry: LayerEntry) -> None:
        self.left_out.append(describe(entry))
        self._make(entry, [LABEL] * len(entry.tops))

    def _blob(self, entry: LayerEntry, name: str, where: Where) -> Blob:
        blob = self.blobs.get(name) or self.inlets.get(name)
        if blob is None:
            message = f"{entry.name} reads blob {shown(name)}, which no earlier layer makes"
            self.faults.add(SheetError(message, where, self._whose(name)))
            return NOWHERE
        return blob

    def _whose(self, name: str) -> str | None:
        """A hint why there is no such blob."""
        if not self.root.source.may_guess():
            return None
        for entry in self.entries.kept:
            if name in entry.tops:
                return f"{describe(entry)} in line {entry.where.line} makes it: a layer comes after the layers that it reads"
        for entry in self.entries.dropped:
            if name in entry.tops:
                return f"{describe(entry)} in line {entry.where.line} makes it, but is not part of phase TEST"
        return _suggest(name, [*self.inlets, *self.blobs][-MAX_COMPARED:])

    def _refuse(self, entry: LayerEntry, bottoms: tuple[Blob, ...]) -> list[Blob]:
        """A layer that cannot be counted: a fault, or skipped where the caller asks for that."""
        if self.options.skip_unknown:
            self.passed.append(describe(entry))
            return [bottoms[0] if bottoms else LABEL] * len(entry.tops)
        place = entry.fields.place("type")
        if entry.verdict.refused == "unknown":
            near = _suggest(entry.type, [*RULES, *LEFT_OUT]) if self.root.source.may_guess() else ""
            hint = f"{near}; {SKIP}" if near else SKIP
            self.faults.add(SheetError(f"unknown layer type {shown(entry.type)}", place, hint))
        else:
            self.faults.add(SheetError(f"{entry.type} is not counted: {entry.verdict.refused}", place, SKIP))
        return [NOWHERE] * len(entry.tops)

    def _run(self, entry: LayerEntry, bottoms: tuple[Blob, ...]) -> list[Blob]:
        """The output blobs of a layer, by its rule."""
        assert entry.verdict.rule
        shapeless = entry.verdict.shapeless
        kept = tuple(blob for i, blob in enumerate(bottoms) if blob.counted or i not in shapeless)
        layer = CaffeLayer(self.graph, entry.fields, entry.type, entry.name, entry.where, kept, entry.tops)
        first = len(self.graph.nodes)
        try:
            if not all(blob.counted for blob in kept):
                labels = [name for (name, _), blob in zip(entry.bottoms, bottoms, strict=True) if not blob.counted]
                raise SheetError(
                    f"{entry.name} reads {join_names(labels, MAX_LISTED)}, whose shape the file does not give", entry.where
                )
            blobs = entry.verdict.rule(layer)
            self.graph.share(layer, first, parameter_names(entry.fields))
        except UnknownShapeError:
            blobs = NOWHERE
        except WorksheetError as fault:
            self.faults.add(fault)
            blobs = NOWHERE
        in_place = {name for name, _ in entry.bottoms} & set(entry.tops)
        below = bottoms[0].node if in_place and bottoms else ""
        self.origins |= {node.name: (entry.name, below) for node in self.graph.nodes[first:]}
        return blobs if isinstance(blobs, list) else [blobs] * (len(entry.tops) if blobs is NOWHERE else 1)

    def _make(self, entry: LayerEntry, blobs: list[Blob]) -> None:
        """Name the outputs by the tops. A blob is made once, except by in-place layers."""
        if len(blobs) < len(entry.tops):
            message = f"{describe(entry)} makes {len(blobs)} blobs, but {len(entry.tops)} tops are named"
            self.faults.add(SheetError(message, entry.where))
            blobs = [*blobs, *[NOWHERE] * len(entry.tops)]
        own = {name for name, _ in entry.bottoms}
        for top, blob in zip(entry.tops, blobs, strict=False):
            exists = top in self.blobs or top in self.inlets
            if exists and top not in own and not entry.verdict.left_out and entry.verdict.rule:
                first = self.makers.get(top, "an input")
                hint = f"{first} makes it already; only a layer that reads a blob may write it again"
                self.faults.add(SheetError(f"{entry.name} makes blob {shown(top)} again", entry.where, hint))
            self.blobs[top] = blob
            self.makers[top] = describe(entry)

    # Notes

    def _notes(self) -> list[str]:
        strangers = [f"{field} (line {where.line})" for field, where in self.graph.unknown_fields.items()]
        dropped = [describe(entry) for entry in self.entries.dropped]
        sentences = (
            ("Left out, because they compute nothing at inference: {}.", self.left_out),
            ("Left out, because they are not part of phase TEST: {}.", dropped),
            ("Skipped because their types are unknown: {}.", self.passed),
            ("Unknown fields, ignored: {}.", strangers),
        )
        stage = ["Of the stages train, val and deploy, deploy is read."] if self.entries.deploys else []
        return [*stage, *self.graph.notes, *(text.format(join_names(names, MAX_LISTED)) for text, names in sentences if names)]
