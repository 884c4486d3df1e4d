"""Where the instances of sub-assemblies stand: each as far from the one before as that says."""

from collections.abc import Mapping

from configurator.geometry.compiling import CompiledInstance, CompiledShapes, Values
from configurator.geometry.numbers import NumberRefused, length_of
from configurator.geometry.refusals import SceneRefused
from configurator.geometry.solids import Vector


def places_of(compiled: CompiledShapes, values: Values) -> Mapping[str, Vector]:
    """Return where each instance that there is stands, in millimetres; the product itself is "".

    Refuses with SceneRefused, naming the sub-assembly, a spacing that is no length.
    """
    found: dict[str, Vector] = {"": (0.0, 0.0, 0.0)}
    for each in compiled.instances:
        begin = found.get(each.owner if each.before is None else each.before)
        if begin is not None and (each.exists is None or each.exists(values)):
            found[each.place] = _moved(begin, each, values)
    return found


def _moved(begin: Vector, each: CompiledInstance, values: Values) -> Vector:
    x, y, z = (
        start + _length(each, axis, values) for start, axis in zip(begin, "xyz", strict=True)
    )
    return x, y, z


def _length(each: CompiledInstance, axis: str, values: Values) -> float:
    if axis not in each.spacing:
        return 0.0
    try:
        return length_of(each.spacing[axis](values))
    except NumberRefused as refused:
        key = each.place.rpartition(".")[0]
        told = f"Sub-assembly '{key}', spacing {axis}: {refused.sentence}."
        raise SceneRefused(told, assembly=key, field=f"spacing/{axis}") from None
