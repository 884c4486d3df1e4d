"""The register of publish checks: each takes a product model and returns its findings."""

from collections.abc import Callable, Iterable, Sequence
from itertools import chain
from typing import Any

from catalog.assemblies import told_once
from catalog.errors import Refusal
from catalog.findings import Finding, Progress
from catalog.product_model import ProductModel

type Remarks = Iterable[Finding | Progress]
type Check = Callable[[ProductModel], Remarks]
type WideCheck = Callable[[ProductModel, Sequence[object]], Remarks]
type Beside = Callable[[Any], Iterable[object]]

_basic: list[Check] = []
_further: list[Check] = []
_wide: list[WideCheck] = []
_beside: list[Beside] = []
_SEVERITIES = ("error", "warning", "note")
_MORE = Finding("note", "more-is-checked", "", "More is checked once the errors are right.")


def register(check: Check, *, basic: bool = False) -> Check:
    """Have `check` run at every publish; registering it twice changes nothing.

    Basic checks always run. The others run only once those found no error: they may rely on keys
    that exist and expressions that bind.
    """
    checks = _basic if basic else _further
    if check not in checks:
        checks.append(check)
    return check


def register_wide(check: WideCheck) -> WideCheck:
    """Have `check` run after all others, with what stands beside the product, such as price lists."""
    if check not in _wide:
        _wide.append(check)
    return check


def register_beside(source: Beside) -> None:
    """Have the checks of a product know what `source(product)` returns: values that rooms further
    left understand.
    """
    if source not in _beside:
        _beside.append(source)


def beside(product: Any) -> tuple[object, ...]:
    """Return what stands beside a product (a row) and bears on what is remarked about it."""
    return tuple(chain.from_iterable(source(product) for source in _beside))


def findings(
    model: ProductModel,
    beside: Sequence[object] = (),
    progress: Callable[[Progress], object] = lambda progress: None,
) -> tuple[Finding, ...]:
    """Return what the registered checks find in `model`, errors first, then warnings, then notes.

    Where the further checks had to wait, a note says that there may be more to come. `progress` is
    called as the checks go on; what it raises ends them.
    """
    found = _taken(chain.from_iterable(_answers(check, model) for check in _basic), progress)
    if not any(finding.severity == "error" for finding in found):
        further = _taken(
            chain.from_iterable(_answers(check, model) for check in _further), progress
        )
        further += _taken(
            chain.from_iterable(_answers(check, model, beside) for check in _wide), progress
        )
        found += told_once(further, model)
    elif _further or _wide:
        found.append(_MORE)
    return tuple(sorted(found, key=lambda each: _SEVERITIES.index(each.severity)))


def basic_findings(model: ProductModel) -> tuple[Finding, ...]:
    """Return what the basic checks alone find in `model`: quick, and enough to see names that do
    not exist.
    """
    return tuple(
        _taken(
            chain.from_iterable(_answers(check, model) for check in _basic), lambda progress: None
        )
    )


def _taken(remarks: Remarks, progress: Callable[[Progress], object]) -> list[Finding]:
    found: list[Finding] = []
    for each in remarks:
        if isinstance(each, Progress):
            progress(each)
        else:
            found.append(each)
    return found


def _answers(check: Callable[..., Remarks], *arguments: Any) -> Remarks:
    try:
        yield from check(*arguments)
    except Refusal as refused:
        # A check that cannot go on says why; the product manager needs to read that too.
        yield Finding("error", refused.slug, str(refused.data.get("path", "")), refused.sentence)
