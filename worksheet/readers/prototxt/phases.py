"""Which layers of a file belong to the network in phase TEST: Caffe's rules of phase, stage and level."""

from worksheet.errors import SheetError
from worksheet.readers.prototxt.fields import MessageFields

PHASES = ("TRAIN", "TEST")
PHASE = "TEST"
DEPLOY = "deploy"
TRAINING = frozenset({"train", "val"})


class NetState:
    """The state of the network: phase TEST, with the level and stages that the file's own ``state`` gives.

    A file for all purposes marks its parts with the stages train, val and deploy (NVIDIA's DIGITS, Caffe's
    cifar10_full_network): the stage deploy of such a file is read, and ``assumed`` is true.
    """

    def __init__(self, root: MessageFields, layers: list[MessageFields]) -> None:
        state = root.child("state")
        self.level = state.integer("level", 0, least=-(10**6))
        self.stages = frozenset(filter(None, state.texts("stage")))
        self.assumed = not self.stages and _is_all_purpose(layers)
        if self.assumed:
            self.stages = frozenset({DEPLOY})

    def includes(self, layer: MessageFields) -> bool:
        """Whether a layer is in the network: some ``include`` rule holds, or no ``exclude`` rule; an old ``phase`` is TEST."""
        if layer.choice("phase", PHASES, PHASE) != PHASE:
            return False
        include, exclude = layer.children("include"), layer.children("exclude")
        if include and exclude:
            raise SheetError("a layer has include rules or exclude rules, not both", exclude[0].where)
        return any(map(self._meets, include)) if include else not any(map(self._meets, exclude))

    def _meets(self, rule: MessageFields) -> bool:
        lowest, highest = -(10**9), 10**9
        return (
            rule.choice("phase", PHASES, PHASE) == PHASE
            and rule.integer("min_level", lowest, lowest) <= self.level <= rule.integer("max_level", highest, lowest)
            and self.stages.issuperset(rule.texts("stage"))
            and self.stages.isdisjoint(rule.texts("not_stage"))
        )


def _is_all_purpose(layers: list[MessageFields]) -> bool:
    """Whether some layers are for a training stage, and others are included in or excluded from the stage deploy."""
    rules = {"include": set[str](), "exclude": set[str]()}
    for layer in layers:
        for name, stages in rules.items():
            for rule in layer.children(name):
                stages.update(rule.texts("stage"))
    return not TRAINING.isdisjoint(rules["include"]) and DEPLOY in rules["include"] | rules["exclude"]
