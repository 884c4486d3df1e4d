"""What is wrong with the shapes and materials of a product model by their form, before any number
is worked out.
"""

from collections.abc import Iterable, Iterator, Mapping

from catalog.assemblies import AssembliesRefused
from catalog.counts import told_count
from catalog.expressions.errors import ExpressionRefused, listed, suggestion
from catalog.expressions.lexer import KEYWORDS
from catalog.expressions.nodes import reads
from catalog.expressions.scope import Scope
from catalog.expressions.types import Expected, bind, prepare
from catalog.findings import Finding
from catalog.fitting_checks import check_fittings
from catalog.kinds.register import kind_of
from catalog.operation_checks import check_operations
from catalog.product_model import SIZES, ProductModel, Shape
from catalog.shape_expressions import (
    MOST_COUNTERS,
    MOST_PLACED,
    MOST_POINTS,
    MOST_SOLIDS,
    NUMBER,
    expressions_of_fitting,
    expressions_of_shape,
    expressions_of_spacing,
    has_shapes,
    instances_of,
    placed_key,
    scope_of_instance,
    scope_of_shape,
    shape_count,
    shape_of_fitting,
)

# By form: the fields it needs, and those that mean nothing to it.
_NEEDS = {
    "box": ("length", "width", "thickness"),
    "profile": ("length",),
    "turned": (),
    "model": ("model",),
    "letters": ("print", "thickness"),
}
_IDLE = {
    "box": (),
    "profile": ("width", "thickness"),
    "turned": ("length", "width", "thickness"),
    "model": ("material", "grain"),
    "letters": ("length", "width", "grain", "of"),
}
_LEAST_POINTS = {"box": 0, "profile": 3, "turned": 2, "model": 0, "letters": 0}
_NOUNS = {"model": "a 3D model", "letters": "a shape of letters"}
_OF_MODELS = ("model", "variant", "slots", "weight", "turn")
_TOLD_IDLE = {
    "material": "its file tells what it is made of, and its slots change that; remove it.",
    "grain": "{form} has none; remove it.",
    "of": "only the product itself is written on; remove it.",
}


def check_shapes(model: ProductModel) -> Iterator[Finding]:
    """Return what is wrong with materials and shapes by their form; expressions are found by
    `check_expressions`.
    """
    for material in model.materials:
        path = f"materials/{material.key}/finishes"
        for key in material.finishes:
            option = model.option_by_key.get(key)
            told = f"Material '{material.key}' looks as what is chosen for '{key}', which"
            if option is None:
                yield _error(
                    "unknown-option",
                    path,
                    f"{told} does not exist{_hint(key, model.option_by_key)}",
                )
            elif not kind_of(option).is_colour and (
                not kind_of(option).is_listed or kind_of(option).is_several
            ):
                yield _error("material-finish", path, f"{told} is no choice and no colour.")
    materials = {material.key for material in model.materials}
    for shape in model.shapes:
        path = f"shapes/{shape.key}"
        if shape.material is not None and shape.material not in materials:
            sentence = (
                f"Shape '{shape.key}' is made of '{shape.material}', and there is no such material"
            )
            yield _error(
                "unknown-material", f"{path}/material", sentence + _hint(shape.material, materials)
            )
        for name, key in shape.slots.items():
            if key not in materials:
                told = f"Shape '{shape.key}' looks as '{key}' where its file says '{name[:60]}'"
                sentence = f"{told}, and there is no such material"
                path_of_slot = f"{path}/slots/{name}"
                yield _error("unknown-material", path_of_slot, sentence + _hint(key, materials))
        if shape.of is not None and shape.of not in model.assembly_by_key:
            sentence = f"Shape '{shape.key}' is of '{shape.of}', and there is no such sub-assembly"
            hint = _hint(shape.of, model.assembly_by_key)
            yield _error("unknown-assembly", f"{path}/of", sentence + hint)
        yield from _form_findings(shape, path)
        yield from _name_findings(model, shape, path)
        yield from _count_findings(model, shape, path)
        yield from check_operations(shape, path)
    yield from check_fittings(model)
    if (count := shape_count(model)) > MOST_PLACED:
        sentence = (
            f"With those of all instances the product has {count:,} shapes, more than "
            f"{MOST_PLACED:,}; allow fewer instances, or leave shapes out."
        )
        yield _error("too-many-shapes", "shapes", sentence)
    for assembly in model.assemblies:
        is_shown = has_shapes(assembly.definition) or any(
            shape.of == assembly.key for shape in model.shapes
        )
        if is_shown and assembly.at_most > 1 and not assembly.spacing:
            sentence = (
                f"The shapes of all instances of '{assembly.key}' stand in one place; tell with its "
                "spacing how far the next one stands from each."
            )
            yield Finding("note", "no-spacing", f"assemblies/{assembly.key}/spacing", sentence)


def refused_of_shapes(
    model: ProductModel, units: Mapping[str, str]
) -> Iterator[tuple[ExpressionRefused, str]]:
    """Return why expressions of shapes, and of the spacing between instances, cannot be read, with
    their paths.
    """
    for shape in model.shapes:
        scope = scope_of_shape(model, shape)
        values = {
            f"shapes/{shape.key}/each/{key}": placed_key(scope.places[0], key) for key in shape.each
        }
        prepare(scope, values.values())
        for path, text, expected in expressions_of_shape(shape):
            bound = scope.bound_derived(values[path]) if path in values else None
            if isinstance(bound, ExpressionRefused):
                yield bound, path
            else:
                yield from _refused(text, scope, expected, path, units)
    for fitting in model.fittings:
        if (of := shape_of_fitting(model, fitting)) is not None:
            scope = scope_of_shape(model, of)
            for path, text, expected in expressions_of_fitting(fitting):
                yield from _refused(text, scope, expected, path, units)
    for assembly in model.assemblies:
        between = scope_of_instance(model, next(instances_of(assembly)))
        for path, text, expected in expressions_of_spacing(assembly):
            yield from _refused(text, between, expected, path, units)


def _refused(
    text: str, scope: Scope, expected: Expected, path: str, units: Mapping[str, str]
) -> Iterator[tuple[ExpressionRefused, str]]:
    try:
        bind(text, scope, expected, lengths=True, unit=units.get(path))
    except ExpressionRefused as refused:
        yield refused, path


def _form_findings(shape: Shape, path: str) -> Iterator[Finding]:
    told = f"Shape '{shape.key}'"
    for name in _NEEDS[shape.form]:
        if getattr(shape, name) is None:
            form = _NOUNS.get(shape.form, f"a {shape.form}")
            yield _error("shape-size", f"{path}/{name}", f"{told}, {name}: {form} needs one.")
    for name in _IDLE[shape.form]:
        if getattr(shape, name) is not None:
            source = "print" if shape.form == "letters" else f"outline of a {shape.form} shape"
            why = f"the {source} gives it; remove it."
            form = _NOUNS.get(shape.form, f"a {shape.form}")
            sentence = f"{told}, {name}: {_TOLD_IDLE.get(name, why).format(form=form)}"
            yield _error("shape-size", f"{path}/{name}", sentence)
    yield from _outline_findings(shape, path)
    if shape.form != "box" and shape.edges:
        yield _error(
            "shape-edges", f"{path}/edges", f"{told}, edges: only those of a box can be banded."
        )
    yield from _model_findings(shape, path)
    if shape.form != "letters" and shape.print is not None:
        sentence = f"{told}, print: only a shape of the form letters has one; remove it."
        yield _error("shape-print", f"{path}/print", sentence)


def _outline_findings(shape: Shape, path: str) -> Iterator[Finding]:
    told = f"Shape '{shape.key}', outline:"
    points, least = len(shape.outline), _LEAST_POINTS[shape.form]
    if not least and points:
        form = _NOUNS.get(shape.form, f"a {shape.form}")
        sentence = f"{told} {form} has none; remove it."
    elif points < least:
        sentence = (
            f"{told} a {shape.form} shape needs at least {least} points, and it has {points}."
        )
    elif points > MOST_POINTS:
        sentence = (
            f"{told} it has {told_count(points, 'point')}; at most {MOST_POINTS} are possible."
        )
    else:
        return
    yield _error("shape-outline", f"{path}/outline", sentence)


def _model_findings(shape: Shape, path: str) -> Iterator[Finding]:
    """Return an error for what only a 3D model has, and for two lengths of one, which would leave
    the third open.
    """
    told = f"Shape '{shape.key}'"
    if shape.form != "model":
        for name in _OF_MODELS:
            if getattr(shape, name):
                sentence = f"{told}, {name}: only a shape of the form model has one; remove it."
                yield _error("shape-model", f"{path}/{name}", sentence)
        return
    given = [name for name in SIZES if getattr(shape, name) is not None]
    if len(given) == 2:
        sentence = (
            f"{told}, {given[1]}: a 3D model takes one length, and is scaled as a whole, or all "
            "three; add or remove one."
        )
        yield _error("shape-size", f"{path}/{given[1]}", sentence)


def _name_findings(model: ProductModel, shape: Shape, path: str) -> Iterator[Finding]:
    """Return an error for each counter and value of a shape whose name something else has."""
    taken = {
        **dict.fromkeys(model.option_by_key, "an option"),
        **dict.fromkeys(model.derived_by_key, "a derived value"),
    }
    taken |= dict.fromkeys(model.assembly_by_key, "a sub-assembly") | dict.fromkeys(
        KEYWORDS, "a word of the notation"
    )
    if (assembly := model.assembly_by_key.get(shape.of or "")) is not None:
        inside = assembly.definition
        taken |= dict.fromkeys(inside.option_by_key, "an option of the contained product")
        taken |= dict.fromkeys(inside.derived_by_key, "a derived value of the contained product")
        taken.setdefault(NUMBER, "the number of the instance")
        if shape.key in {each.key for each in inside.shapes}:
            sentence = f"Shape '{shape.key}': the contained product has a shape of that key; choose another."
            yield _error("shape-name", path, sentence)
    for place, key in [("repeat", key) for key in shape.repeat] + [
        ("each", key) for key in shape.each
    ]:
        if key in taken:
            sentence = f"Shape '{shape.key}', {place}: '{key}' is {taken[key]} already; choose another name."
            yield _error("shape-name", f"{path}/{place}/{key}", sentence)
        taken[key] = "a counter" if place == "repeat" else "a value"
    if len(shape.repeat) > MOST_COUNTERS:
        sentence = (
            f"Shape '{shape.key}', repeat: it has {told_count(len(shape.repeat), 'counter')}; at most {MOST_COUNTERS} "
            "are possible."
        )
        yield _error("shape-repeat", f"{path}/repeat", sentence)


def _count_findings(model: ProductModel, shape: Shape, path: str) -> Iterator[Finding]:
    """Return an error for each count that reads a counter which is not counted yet, or is beyond
    all limits.
    """
    if not shape.repeat:
        return
    try:
        scope = scope_of_shape(model, shape)
    except AssembliesRefused:
        return  # told by `check_assemblies`
    counters = list(shape.repeat)

    def own(keys: Iterable[str]) -> set[str]:
        return {placed_key(scope.places[0], key) for key in keys}

    for place, (key, text) in enumerate(shape.repeat.items()):
        try:
            node = bind(text, scope, "number", lengths=True)
        except ExpressionRefused:
            continue  # told by `check_expressions`
        if early := sorted({key.rpartition(".")[2] for key in reads(node) & own(counters[place:])}):
            sentence = f"Shape '{shape.key}', repeat {key}: it reads {listed(early)}, which is not counted yet."
            yield _error("shape-repeat", f"{path}/repeat/{key}", sentence)
        if text.isdecimal() and int(text) > MOST_SOLIDS:
            sentence = (
                f"Shape '{shape.key}', repeat {key}: at most {MOST_SOLIDS:,} solids are possible."
            )
            yield _error("shape-repeat", f"{path}/repeat/{key}", sentence)


def _error(code: str, path: str, sentence: str) -> Finding:
    return Finding("error", code, path, sentence)


def _hint(key: str, known: Iterable[str]) -> str:
    hint = suggestion(key, known)
    return f"; {hint}" if hint else "."
