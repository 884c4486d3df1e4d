"""What of a change of the OpenAPI document breaks callers who were made for the one before.

Taking something away breaks: an operation, a field, a value, a type. Wanting more breaks: a field or
parameter that is newly required, a tighter bound, a scope. Adding to what may be sent, or to what is
answered, does not: callers ignore fields they do not know.
"""

from collections.abc import Iterator
from typing import Any

METHODS = ("get", "post", "put", "patch", "delete")
# Bounds of what may be sent, and which way they are tighter.
LEAST = ("minimum", "exclusiveMinimum", "minLength", "minItems", "minProperties")
MOST = ("maximum", "exclusiveMaximum", "maxLength", "maxItems", "maxProperties")

type Schema = dict[str, Any]


def breaking(old: Schema, new: Schema) -> list[str]:
    """Return what breaks callers of `old` in `new`, each with its place; empty where nothing does."""
    return [*dict.fromkeys(_Comparison(old, new).all())]


class _Comparison:
    def __init__(self, old: Schema, new: Schema) -> None:
        self.old, self.new = old, new
        self._seen: set[tuple[str, str, bool]] = set()

    def all(self) -> Iterator[str]:
        for path, item in self.old["paths"].items():
            for method in METHODS:
                if method not in item:
                    continue
                place = f"{method.upper()} {path}"
                now = self.new["paths"].get(path, {}).get(method)
                if now is None:
                    yield f"{place}: taken away"
                else:
                    yield from self._operation(place, item[method], now)

    def _operation(self, place: str, old: Schema, new: Schema) -> Iterator[str]:
        if old["operationId"] != new["operationId"]:
            yield f"{place}: has another name, {new['operationId']}"
        for before, after in zip(old["security"], new["security"], strict=False):
            for name, scopes in after.items():
                if lacking := set(scopes) - set(before.get(name, ())):
                    yield f"{place}: needs the scope {', '.join(sorted(lacking))}"
        yield from self._parameters(place, old["parameters"], new["parameters"])
        yield from self._bodies(place, old.get("requestBody"), new.get("requestBody"))
        for status, answer in old["responses"].items():
            if not status.startswith("2"):
                continue
            now = new["responses"].get(status)
            if now is None:
                yield f"{place}: no longer answers {status}"
                continue
            for name in answer.get("headers", {}).keys() - now.get("headers", {}).keys():
                yield f"{place}: {status} lost the header {name}"
            yield from self._contents(f"{place} {status}", answer, now, is_sent=False)

    def _parameters(self, place: str, old: list[Schema], new: list[Schema]) -> Iterator[str]:
        before = {(each["in"], each["name"]): each for each in old}
        after = {(each["in"], each["name"]): each for each in new}
        for kind, name in before.keys() - after.keys():
            yield f"{place}: the {kind} parameter {name} is taken away"
        for key, each in after.items():
            was = before.get(key, {})
            if each.get("required") and not was.get("required"):
                yield f"{place}: the {key[0]} parameter {key[1]} is required"
            if was:
                where = f"{place} {key[1]}"
                yield from self._schemas(where, was["schema"], each["schema"], is_sent=True)

    def _bodies(self, place: str, old: Schema | None, new: Schema | None) -> Iterator[str]:
        if old is None:
            if new is not None and new.get("required"):
                yield f"{place}: a body is required"
        elif new is None:
            yield f"{place}: takes no body"
        else:
            if new.get("required") and not old.get("required"):
                yield f"{place}: the body is required"
            yield from self._contents(f"{place} body", old, new, is_sent=True)

    def _contents(self, place: str, old: Schema, new: Schema, is_sent: bool) -> Iterator[str]:
        for media_type, told in old.get("content", {}).items():
            now = new.get("content", {}).get(media_type)
            if now is None:
                yield f"{place}: no {media_type}"
            elif "schema" in told and "schema" in now:
                yield from self._schemas(place, told["schema"], now["schema"], is_sent)

    def _schemas(self, place: str, old: Schema, new: Schema, is_sent: bool) -> Iterator[str]:
        """Yield what breaks where `old` was; `is_sent` tells what callers write from what they
        read.
        """
        if "$ref" in old and "$ref" in new:
            if (key := (old["$ref"], new["$ref"], is_sent)) in self._seen:
                return
            self._seen.add(key)
            place = old["$ref"].rpartition("/")[2]
        old, new = self._resolved(self.old, old), self._resolved(self.new, new)
        kinds = _alternatives(old), _alternatives(new)
        if len(kinds[0]) > 1 or len(kinds[1]) > 1:
            yield from self._of_several(place, *kinds, is_sent)
            return
        old, new = kinds[0][0], kinds[1][0]
        yield from _types(place, old, new, is_sent)
        yield from _values(place, old, new, is_sent)
        yield from self._fields(place, old, new, is_sent)
        for name in ("items", "additionalProperties"):
            if isinstance(old.get(name), dict) and isinstance(new.get(name), dict):
                yield from self._schemas(f"{place}/*", old[name], new[name], is_sent)

    def _of_several(
        self, place: str, old: list[Schema], new: list[Schema], is_sent: bool
    ) -> Iterator[str]:
        # What could be sent has to fit somewhere, and what may be answered to have been foreseen.
        sources, targets = (old, new) if is_sent else (new, old)
        for each in sources:
            if not any(self._fits(each, other, is_sent) for other in targets):
                word = "no longer takes" if is_sent else "may now be"
                yield f"{place}: {word} {_name(each)}"

    def _fits(self, source: Schema, target: Schema, is_sent: bool) -> bool:
        pair = (source, target) if is_sent else (target, source)
        seen = set(self._seen)
        fits = not [*self._schemas("", *pair, is_sent)]
        if not fits:
            self._seen = seen
        return fits

    def _fields(self, place: str, old: Schema, new: Schema, is_sent: bool) -> Iterator[str]:
        before, after = old.get("properties", {}), new.get("properties", {})
        for name in before.keys() - after.keys():
            yield f"{place}/{name}: taken away"
        required = set(old.get("required", ())), set(new.get("required", ()))
        if is_sent:
            for name in required[1] - required[0]:
                yield f"{place}/{name}: is required"
        else:
            for name in (required[0] - required[1]) & after.keys():
                yield f"{place}/{name}: may be missing"
        for name in before.keys() & after.keys():
            yield from self._schemas(f"{place}/{name}", before[name], after[name], is_sent)

    @staticmethod
    def _resolved(document: Schema, schema: Schema) -> Schema:
        while "$ref" in schema:
            found = document["components"]["schemas"][schema["$ref"].rpartition("/")[2]]
            schema = {**found, **{name: each for name, each in schema.items() if name != "$ref"}}
        return schema


def _alternatives(schema: Schema) -> list[Schema]:
    """Return the schemas of which one has to hold, each with what holds for all of them."""
    for name in ("anyOf", "oneOf"):
        # Fields that go together are told beside the properties; they are no kinds of value.
        if name in schema and "properties" not in schema:
            rest = {key: each for key, each in schema.items() if key != name}
            return [inner for each in schema[name] for inner in _alternatives({**rest, **each})]
    if isinstance(schema.get("type"), list):
        return [{**schema, "type": each} for each in schema["type"]]
    return [schema]


def _name(schema: Schema) -> str:
    return str(schema.get("$ref") or schema.get("type") or schema.get("const") or "anything")


def _types(place: str, old: Schema, new: Schema, is_sent: bool) -> Iterator[str]:
    was, now = old.get("type"), new.get("type")
    if was == now:
        return
    wider = (
        {("integer", "number"), (was, None)} if is_sent else {("number", "integer"), (None, now)}
    )
    if (was, now) not in wider:
        yield f"{place}: was {was or 'anything'}, is {now or 'anything'}"


def _values(place: str, old: Schema, new: Schema, is_sent: bool) -> Iterator[str]:
    was, now = _enumerated(old), _enumerated(new)
    if was is not None and now is not None and (gone := [each for each in was if each not in now]):
        yield f"{place}: lost the values {gone}"
    if not is_sent:
        return
    if was is None and now is not None:
        yield f"{place}: takes {now} alone"
    for name in LEAST:
        if name in new and new[name] > old.get(name, float("-inf")):
            yield f"{place}: {name} is {new[name]}"
    for name in MOST:
        if name in new and new[name] < old.get(name, float("inf")):
            yield f"{place}: {name} is {new[name]}"
    if new.get("pattern") not in {None, old.get("pattern")}:
        yield f"{place}: wants the form {new['pattern']}"


def _enumerated(schema: Schema) -> list[Any] | None:
    if "const" in schema:
        return [schema["const"]]
    return schema.get("enum")
