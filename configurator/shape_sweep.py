"""Many configurations of a product by chance, each built and looked over: what fails, what leads
there, and how large it gets.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from catalog.product_model import Choice
from configurator.choices import plain_choices
from configurator.compiled_product import CompiledProduct
from configurator.engine.face.choices import EngineExhausted
from configurator.engine_checks.shapes import miscounted, unsound
from configurator.geometry.collisions import collisions
from configurator.geometry.compiling import CompiledShapes, compile_shapes
from configurator.geometry.glb import glb
from configurator.geometry.production import production
from configurator.geometry.refusals import CheckFailed, SceneRefused
from configurator.geometry.scene import Scene, resolve
from configurator.sampling import numbered_choices, values_with

MOST_CONFIGURATIONS = 500
MOST_SEED = 999_999_999
MOST_EXAMPLES = 5
"""So many configurations are told of each failure."""
_MEASURED = ("width", "depth", "height", "parts", "weight", "cuts", "bytes", "milliseconds")


@dataclass(frozen=True, slots=True)
class Example:
    """A configuration by its number in the row, with the choices that lead there as plain JSON."""

    number: int
    choices: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Failure:
    """What failed at a place of the draft (`shapes/shelf/length`): how often, and for which
    configurations first.
    """

    code: str
    path: str
    sentence: str
    count: int
    examples: tuple[Example, ...]


@dataclass(frozen=True, slots=True)
class Extreme:
    """The least and the most of a measure, with the configuration that has it."""

    measure: str
    least: float
    least_of: Example
    most: float
    most_of: Example


@dataclass(frozen=True, slots=True)
class SweepReport:
    """What became of `count` configurations: `built` of them could be built and were whole.

    `measures` are those of a scene: width, depth and height in millimetres, how many parts and
    cuts, kilograms, bytes of the model as it is looked at, and milliseconds until all was built.
    """

    seed: int
    count: int
    built: int
    failures: tuple[Failure, ...]
    extremes: tuple[Extreme, ...]


class _Book:
    """What was found so far."""

    def __init__(self) -> None:
        self.failures: dict[tuple[str, str], list[tuple[str, Example]]] = {}
        self.measured: dict[str, list[tuple[float, Example]]] = {}

    def fail(self, code: str, path: str, sentence: str, example: Example) -> None:
        told = self.failures.setdefault((code, path), [])
        if not told or told[-1][1] is not example:
            told.append((sentence, example))

    def report(self, seed: int, count: int) -> SweepReport:
        failures = sorted(
            (
                Failure(
                    code,
                    path,
                    told[0][0],
                    len(told),
                    tuple(example for _, example in told[:MOST_EXAMPLES]),
                )
                for (code, path), told in self.failures.items()
            ),
            key=lambda each: (-each.count, each.path, each.code),
        )
        failed = {example.number for told in self.failures.values() for _, example in told}
        extremes = []
        for measure in _MEASURED:
            if found := self.measured.get(measure):
                least = min(found, key=lambda each: each[0])
                most = max(found, key=lambda each: each[0])
                extremes.append(Extreme(measure, *least, *most))
        return SweepReport(seed, count, count - len(failed), tuple(failures), tuple(extremes))


def sweep(
    product: CompiledProduct,
    seed: int,
    count: int,
    clock: Callable[[], float],
    tell: Callable[[int], object] = lambda done: None,
) -> SweepReport:
    """Build `count` valid, complete configurations of the row that begins with `seed`, and report.

    Each is built as it is looked at and as it leaves the workshop, written as a file, and read by
    another reader: solids are closed, bounds agree, operations lie within their boards, no box
    stands deep in another, and hardware is what the parts list says. `clock` gives seconds, `tell`
    is told how many are done. Only seconds differ between two sweeps of a product. What keeps all
    of them from being built, such as a 3D model that there is not, is the one failure of all.
    """
    try:
        compiled = compile_shapes(product.model)
    except SceneRefused as refused:
        told = Failure(refused.slug, _path(refused), refused.sentence, count, ())
        return SweepReport(seed, count, 0, (told,), ())
    book = _Book()
    for number in range(count):
        try:
            choices = numbered_choices(product, seed, number)
            values = values_with(product, choices)
        except EngineExhausted as refused:
            book.fail("engine", "", refused.sentence, Example(number, {}))
        else:
            example = Example(number, plain_choices(choices))
            _look_over(product, compiled, values, example, book, clock)
        tell(number + 1)
    return book.report(seed, count)


def _look_over(
    product: CompiledProduct,
    compiled: CompiledShapes,
    values: Mapping[str, Choice],
    example: Example,
    book: _Book,
    clock: Callable[[], float],
) -> None:
    begun = clock()
    try:
        scene = resolve(compiled, values)
        content = glb(scene)
        made = production(scene)
    except SceneRefused as refused:
        code = "check-failed" if isinstance(refused, CheckFailed) else refused.slug
        book.fail(code, _path(refused), refused.sentence, example)
        return
    for code, path, sentence in _faults(product, made, values):
        book.fail(code, path, sentence, example)
    measures = {
        **dict(zip(("width", "depth", "height"), scene.size, strict=True)),
        "parts": len(scene.parts),
        "weight": made.weight,
        "cuts": sum(cut.count for part in scene.parts for cut in part.operations),
        "bytes": len(content),
        "milliseconds": (clock() - begun) * 1000,
    }
    for name, number in measures.items():
        if number is not None:
            book.measured.setdefault(name, []).append((round(number, 3), example))


def _faults(
    product: CompiledProduct, scene: Scene, values: Mapping[str, Choice]
) -> Iterator[tuple[str, str, str]]:
    """Return what is wrong with a scene that could be built: code, path and sentence."""
    for each in (*unsound(scene), *miscounted(product.model, scene, values)):
        yield each.code, each.path, each.sentence
    for hit in collisions(scene):
        sentence = (
            f"Part '{hit.part.name}' stands {hit.depth:.6g} mm deep in '{hit.other.name}'; change "
            "the place or size of one of them."
        )
        yield "shapes-collide", f"shapes/{hit.part.shape}", sentence


def _path(refused: SceneRefused) -> str:
    data = refused.data
    if "check" in data:
        return f"shape_checks/{data['check']}"
    if "fitting" in data:
        return f"fittings/{data['fitting']}/{data['field']}"
    if "assembly" in data:
        return f"assemblies/{data['assembly']}/{data.get('field', '')}".rstrip("/")
    return f"shapes/{data['shape']}/{data.get('field', '')}".rstrip("/") if "shape" in data else ""
