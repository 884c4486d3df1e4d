"""What is wrong with the price lines of a product model before it is published: missing amounts, unknown names."""

from collections.abc import Collection, Iterator, Sequence

from catalog.assemblies import expanded
from catalog.expressions.errors import suggestion
from catalog.findings import Finding
from catalog.model_checks import inside
from catalog.product_model import Kind, PriceLine, ProductModel
from pricing.breakdown import lines_in, value_keys
from pricing.money import MoneyRefused, decimals
from pricing.price_list import PriceList


def findings(model: ProductModel, beside: Collection[object] = ()) -> list[Finding]:
    """Return what is wrong with the price lines of `model`, and with price lists where `beside` holds some.

    Expressions that cannot be read are found by the catalog's own checks. Without price lists, what a line says of one
    is taken on trust.
    """
    price_lists = [each for each in beside if isinstance(each, PriceList)]
    found = list(_currency_findings(model))
    found += _lines_findings(model)
    if price_lists:
        found += _list_findings(model, price_lists)
    if not expanded(model).price_lines:
        found.append(Finding("warning", "no-prices", "price_lines", "The product has no price lines, so no price."))
    return found


def _lines_findings(model: ProductModel) -> Iterator[Finding]:
    """Return what is wrong with the lines of the product and of the products it contains."""
    for line in model.price_lines:
        yield from _form_findings(model, line)
    yield from _percentage_findings(model)
    for assembly in model.assemblies:
        yield from (inside(assembly, finding) for finding in _lines_findings(assembly.definition))


def _error(code: str, path: str, sentence: str) -> Finding:
    return Finding("error", code, path, sentence)


def _hinted(key: str, known: Collection[str]) -> str:
    hint = suggestion(key, known)
    return f"; {hint}" if hint else "."


def _currency_findings(model: ProductModel) -> Iterator[Finding]:
    try:
        decimals(model.currency)
    except MoneyRefused as refusal:
        yield _error("unknown-currency", "currency", f"{refusal.sentence.rstrip('?.')}.")


def _form_findings(model: ProductModel, line: PriceLine) -> Iterator[Finding]:
    path = f"price_lines/{line.key}"
    forms = (line.amount is not None, line.option is not None, line.percent is not None)
    if sum(forms) != 1:
        sentence = (
            f"Price line '{line.key}' must have either an amount, or an option with an amount for each value, "
            "or a percentage."
        )
        yield _error("price-form", path, sentence)
        return
    if line.option is None and line.amounts:
        sentence = f"Price line '{line.key}' has amounts for values, and no option they belong to; name the option."
        yield _error("price-form", f"{path}/amounts", sentence)
    if line.percent is None and line.of:
        sentence = f"Price line '{line.key}' is no percentage, so the lines it is 'of' mean nothing; remove them."
        yield Finding("warning", "idle-of", f"{path}/of", sentence)
    if line.option is not None:
        yield from _amount_findings(model, line, line.option, path)


def _amount_findings(model: ProductModel, line: PriceLine, key: str, path: str) -> Iterator[Finding]:
    option = expanded(model).option_by_key.get(key)
    if option is None:
        sentence = f"Price line '{line.key}' is for the option '{key}', which does not exist"
        yield _error("unknown-option", f"{path}/option", sentence + _hinted(key, model.option_by_key))
        return
    if option.kind not in (Kind.CHOICE, Kind.MULTI, Kind.BOOLEAN):
        sentence = f"Option '{key}' is a {option.kind} and has no listed values; write a formula as the amount instead."
        yield _error("price-form", f"{path}/option", sentence)
        return
    keys = value_keys(option)
    for value in keys:
        if value not in line.amounts:
            sentence = (
                f"Price line '{line.key}' has no amount for the value '{value}' of option '{key}'; "
                "write one, 0 if it costs nothing."
            )
            choice = value == "true" if option.kind is Kind.BOOLEAN else value
            example = {key: [value] if option.kind is Kind.MULTI else choice}
            yield Finding("error", "unpriced-value", f"{path}/amounts/{value}", sentence, example)
    for value in line.amounts:
        if value not in keys:
            sentence = f"Price line '{line.key}' has an amount for '{value}', which is no value of option '{key}'"
            yield _error("unknown-value", f"{path}/amounts/{value}", sentence + _hinted(value, keys))


def _percentage_findings(model: ProductModel) -> Iterator[Finding]:
    order = {line.key: position for position, line in reversed(list(enumerate(model.price_lines)))}
    for position, line in enumerate(model.price_lines):
        if line.percent is None or line.amount is not None or line.option is not None:
            continue
        path = f"price_lines/{line.key}/of"
        for other in line.of:
            if other in model.assembly_by_key:
                continue
            if other not in order:
                sentence = f"Price line '{line.key}' is a percentage of '{other}', which is no price line"
                yield _error("unknown-price-line", path, sentence + _hinted(other, order))
            elif order[other] >= position:
                sentence = (
                    f"Price line '{line.key}' is a percentage of '{other}', which does not stand before it; "
                    f"move '{line.key}' below '{other}'."
                )
                yield _error("later-price-line", path, sentence)
        if not line.of and position == 0 and not any(each.definition.price_lines for each in model.assemblies):
            sentence = f"Price line '{line.key}' is a percentage of all lines before it, and it is the first."
            yield Finding("warning", "percentage-of-nothing", path, sentence)


def _list_findings(model: ProductModel, price_lists: Collection[PriceList]) -> Iterator[Finding]:
    known = {each.key: each for each in price_lists}
    for line in model.price_lines:
        if line.price_list is not None and line.price_list not in known:
            sentence = f"Price line '{line.key}' is for the price list '{line.price_list}', which does not exist"
            yield _error(
                "unknown-price-list", f"price_lines/{line.key}/price_list", sentence + _hinted(line.price_list, known)
            )
    for each in price_lists:
        path = f"price_lists/{each.key}"
        lines = lines_in(model, each)
        if expanded(model).price_lines and not lines:
            sentence = (
                f"No price line holds in the price list '{each.key}': it is in {each.currency}, and lines without a "
                f"price list hold in {model.currency} only. Add lines for it."
            )
            yield _error("no-price-lines", path, sentence)
        yield from _absent_bases(lines, path)
        if each.shows != each.amounts_are and each.tax_rate is None:
            sentence = f"The price list '{each.key}' has no tax rate, so its {each.amounts_are} amounts are shown."
            yield Finding("note", "tax-unknown", f"{path}/tax_rate", sentence)
    for currency in sorted({each.currency for each in price_lists}):
        same = [each for each in price_lists if each.currency == currency]
        defaults = [each.key for each in same if each.is_default]
        if len(same) > 1 and len(defaults) != 1:
            listed = ", ".join(each.key for each in same)
            told = "none of them is the default" if not defaults else f"{len(defaults)} of them are the default"
            sentence = f"There are several price lists in {currency} ({listed}), and {told}; choose one."
            yield Finding("error" if defaults else "warning", "default-price-list", "price_lists", sentence)


def _absent_bases(lines: Sequence[PriceLine], path: str) -> Iterator[Finding]:
    before: set[str] = set()
    for line in lines:
        if line.percent is not None and line.of and before.isdisjoint(line.of):
            sentence = (
                f"Price line '{line.key}' is a percentage of {', '.join(line.of)}, and none of these holds in "
                f"the price list '{path.rpartition('/')[2]}'."
            )
            yield _error("absent-price-line", f"price_lines/{line.key}/of", sentence)
        before.add(line.key)
