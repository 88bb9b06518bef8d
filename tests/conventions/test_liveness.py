"""Which arrays are in memory at once: against a simulation that follows the definitions word by word, on random networks."""

from hypothesis import given
from hypothesis import strategies as st

from worksheet.counting.liveness import Output, allocate, peak

Network = tuple[list[Output], int]


@st.composite
def networks(draw: st.DrawFn) -> Network:
    """Some inputs, then layers that read what stands before them; few sizes, so that many are equal."""
    inputs = draw(st.integers(1, 3))
    outputs = [Output(draw(st.integers(0, 3))) for _ in range(inputs)]
    for place in range(inputs, inputs + draw(st.integers(1, 12))):
        reads = tuple(draw(st.lists(st.integers(0, place - 1), max_size=3)))
        renames = draw(st.booleans()) and len(reads) == 1
        outputs.append(Output(draw(st.integers(0, 3)), reads, renames, draw(st.booleans()) and not renames))
    return outputs, inputs


class Simulation:
    """Runs the layers with boxes in place of memory. A box holds the numbers of one output; names are put on it."""

    def __init__(self, outputs: list[Output], inputs: int, in_place: bool) -> None:
        self.outputs, self.in_place = outputs, in_place
        self.box: list[int] = []  # by the output's place
        self.size: dict[int, int] = {}
        self.sums: list[int] = []
        self.made = 0
        for place in range(len(outputs)):
            self.box.append(self.run(place))
            if place >= inputs:
                self.sums.append(sum(self.size[box] for box in set(self.box) if self.needed(box, place)))
        self.kept = sum(self.size.values())

    def run(self, place: int) -> int:
        output = self.outputs[place]
        if output.is_view and output.reads:
            return self.box[output.reads[0]]
        for read in output.reads if self.in_place and output.overwrites else ():
            box = self.box[read]
            if self.size[box] == output.size and self.readers(self.root(read)) == {place}:
                return box
        self.made += 1
        self.size[self.made] = output.size
        return self.made

    def root(self, place: int) -> int:
        output = self.outputs[place]
        return self.root(output.reads[0]) if output.is_view and output.reads else place

    def readers(self, root: int) -> set[int]:
        """The layers that read an output under any of its names; -1 where one of the names is a result."""
        names = [place for place in range(len(self.outputs)) if self.root(place) == root]
        readers = set()
        for name in names:
            direct = [place for place, output in enumerate(self.outputs) if name in output.reads]
            readers |= {place for place in direct if self.root(place) == place} | (set() if direct else {-1})
        return readers

    def needed(self, box: int, now: int) -> bool:
        """Whether a box is written, or will be read: by this layer or a later one, or as a result."""
        roots = {self.root(place) for place in range(now + 1) if self.box[place] == box}
        return now in roots or any(reader == -1 or reader >= now for root in roots for reader in self.readers(root))


@given(networks())
def test_peak_and_sum_are_what_a_simulation_finds(network: Network) -> None:
    outputs, inputs = network
    for in_place in (False, True):
        simulation = Simulation(outputs, inputs, in_place)
        found = allocate(outputs, in_place=in_place)
        most = peak(found, inputs, len(outputs))
        assert sum(tensor.size for tensor in found) == simulation.kept
        assert most.size == max(simulation.sums)
        assert most.at == inputs + simulation.sums.index(most.size)
        assert sum(tensor.size for tensor in most.allocations) == most.size


@given(networks())
def test_in_place_never_takes_more(network: Network) -> None:
    outputs, inputs = network
    new, over = allocate(outputs), allocate(outputs, in_place=True)
    peaks = [peak(found, inputs, len(outputs)).size for found in (new, over)]
    sums = [sum(tensor.size for tensor in found) for found in (new, over)]
    assert peaks[1] <= peaks[0] <= sums[0]
    assert peaks[1] <= sums[1] <= sums[0]
    assert sorted(place for tensor in over for place in tensor.writers) == sorted(tensor.writers[0] for tensor in new)


def test_a_shortcut_stays_until_it_is_added() -> None:
    """x -> conv -> relu -> conv -> + x: while the second convolution runs, x, its input and its output are there."""
    shortcut = [Output(4), Output(4, (0,)), Output(4, (1,), overwrites=True), Output(4, (2,)), Output(4, (3, 0), overwrites=True)]
    assert peak(allocate(shortcut), 1, 5).size == 12
    assert [a.writers for a in allocate(shortcut, in_place=True)] == [(0,), (1, 2), (3, 4)]
    assert peak(allocate(shortcut, in_place=True), 1, 5).size == 12


def test_what_another_layer_reads_is_not_overwritten() -> None:
    both = [Output(1), Output(2, (0,)), Output(2, (1,), overwrites=True), Output(2, (1,))]
    assert [a.writers for a in allocate(both, in_place=True)] == [(0,), (1,), (2,), (3,)]
    under_another_name = [Output(1), Output(2, (0,)), Output(2, (1,), is_view=True), Output(2, (1,), overwrites=True)]
    assert [a.writers for a in allocate(under_another_name, in_place=True)] == [(0,), (1,), (3,)]  # the other name is a result


def test_a_result_stays() -> None:
    """Two results of one input: the first is still there while the second is worked out."""
    assert peak(allocate([Output(1), Output(5, (0,)), Output(7, (0,))]), 1, 3).size == 13
