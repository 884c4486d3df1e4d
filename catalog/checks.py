"""The register of publish checks: each takes a product model and returns its findings."""

from collections.abc import Callable, Iterable
from itertools import chain

from catalog.assemblies import told_once
from catalog.errors import Refusal
from catalog.findings import Finding
from catalog.product_model import ProductModel

type Check = Callable[[ProductModel], Iterable[Finding]]

_basic: list[Check] = []
_further: list[Check] = []
_SEVERITIES = ("error", "warning", "note")
_MORE = Finding("note", "more-is-checked", "", "More is checked once the errors are right.")


def register(check: Check, *, basic: bool = False) -> Check:
    """Have `check` run at every publish; registering it twice changes nothing.

    Basic checks always run. The others run only once those found no error: they may rely on keys that exist and
    expressions that bind.
    """
    checks = _basic if basic else _further
    if check not in checks:
        checks.append(check)
    return check


def findings(model: ProductModel) -> tuple[Finding, ...]:
    """Return what the registered checks find in `model`, errors first, then warnings, then notes.

    Where the further checks had to wait, a note says that there may be more to come.
    """
    found = list(_found(_basic, model))
    if not any(finding.severity == "error" for finding in found):
        found += told_once(_found(_further, model), model)
    elif _further:
        found.append(_MORE)
    return tuple(sorted(found, key=lambda each: _SEVERITIES.index(each.severity)))


def basic_findings(model: ProductModel) -> tuple[Finding, ...]:
    """Return what the basic checks alone find in `model`: quick, and enough to see names that do not exist."""
    return tuple(_found(_basic, model))


def _found(checks: Iterable[Check], model: ProductModel) -> Iterable[Finding]:
    return chain.from_iterable(_answer(check, model) for check in checks)


def _answer(check: Check, model: ProductModel) -> Iterable[Finding]:
    try:
        return tuple(check(model))
    except Refusal as refused:
        # A check that cannot go on says why; the product manager needs to read that too.
        return (Finding("error", refused.slug, str(refused.data.get("path", "")), refused.sentence),)
