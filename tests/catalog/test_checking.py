"""Checks as people ask for them: begun once, followed, recovered, and findings that somebody
accepted.
"""

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from catalog import checking, checks, drafts
from catalog.checking import (
    FindingNotAcceptable,
    accept,
    check_of,
    findings_in,
    remarks,
    run_called,
    withdraw,
)
from catalog.errors import Malformed, NotFound
from catalog.findings import Finding, Progress
from catalog.jobs.models import Job, Worker
from catalog.jobs.worker import work_off
from catalog.models import CheckRun, Merchant, Product
from catalog.operations import PublishRefused, publish
from pricing.operations import export_product, import_product
from pricing.product_file import read_product_file, write_product_file
from tests.examples.desk import desk
from tests.factories import make_product, make_user

pytestmark = pytest.mark.database


@pytest.fixture
def product(merchant: Merchant) -> Product:
    return make_product(merchant)


@pytest.fixture
def twice(product: Product) -> Product:
    """The desk with a rule that says what another says."""
    rule = product.rules.first()
    rule.pk, rule.key = None, "once_more"
    rule.save()
    return product


def finding_of(product: Product, code: str) -> Finding:
    return next(each for each in findings_in(check_of(product)) if each.code == code)


def test_a_small_product_is_checked_at_once(twice: Product) -> None:
    run = check_of(twice)
    assert run.state == CheckRun.State.DONE
    assert "rule-redundant" in {each.code for each in findings_in(run)}


def test_whoever_asks_again_gets_the_same_check_until_something_changes(product: Product) -> None:
    first = check_of(product)
    assert check_of(product).pk == first.pk
    product.rules.create(key="new", then="true")
    assert check_of(product).pk != first.pk


def test_a_change_of_a_price_list_is_a_reason_to_check_again(product: Product) -> None:
    first = check_of(product)
    import_product(product.merchant, read_product_file(write_product_file(export_product(product))))
    assert check_of(product).pk == first.pk
    product.merchant.price_lists.create(key="new", name="New", currency="EUR")
    assert check_of(product).pk != first.pk


@pytest.fixture
def nothing_small(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(checking, "SMALL", 1)


def test_a_large_product_is_checked_by_a_worker(twice: Product, nothing_small: None) -> None:
    run = check_of(twice)
    assert (run.state, run.stage) == (CheckRun.State.RUNNING, checking.WAITING)
    assert check_of(twice).pk == run.pk
    work_off()
    done = run_called(twice, run.public_id)
    assert done.state == CheckRun.State.DONE
    job = Job.objects.get(task__endswith="check_waiting")
    assert job.stage and job.done is not None and job.done <= job.total
    assert "rule-redundant" in {each.code for each in findings_in(done)}


def test_a_check_that_was_superseded_before_a_worker_took_it_is_left_alone(
    product: Product, nothing_small: None
) -> None:
    first = check_of(product)
    product.rules.create(key="new", then="true")
    second = check_of(product)
    work_off()
    assert [run_called(product, each.public_id).state for each in (first, second)] == [
        "stopped",
        "done",
    ]


def test_a_check_stops_where_something_beside_the_product_changed(
    product: Product, nothing_small: None
) -> None:
    run = check_of(product)
    product.merchant.price_lists.create(key="new", name="New", currency="EUR")
    work_off()
    assert run_called(product, run.public_id).state == CheckRun.State.STOPPED


def test_a_check_may_stand_in_line_for_an_hour(product: Product, nothing_small: None) -> None:
    run = check_of(product)
    for minutes, state in ((50, CheckRun.State.RUNNING), (70, CheckRun.State.STOPPED)):
        CheckRun.objects.update(seen_at=timezone.now() - timedelta(minutes=minutes))
        assert run_called(product, run.public_id).state == state


def test_the_page_says_where_no_worker_will_come(
    product: Product, nothing_small: None, client: Client
) -> None:
    client.force_login(make_user("maria", product.merchant))
    page = f"/admin/catalog/product/{product.pk}/check/"
    assert "start one" in client.get(page).content.decode()
    Worker.objects.create(name="one", started_at=timezone.now(), seen_at=timezone.now())
    assert "start one" not in client.get(page).content.decode()


def test_a_run_tells_how_far_it_is(product: Product, monkeypatch: pytest.MonkeyPatch) -> None:
    run = running(product)
    told: list[tuple[str, int, int]] = []

    def slow(model: object, beside: object, progress: object) -> tuple[Finding, ...]:
        progress(Progress("Rules", 3, 9))  # type: ignore[operator]
        told.append(CheckRun.objects.values_list("stage", "done", "total").get(pk=run.pk))
        return ()

    monkeypatch.setattr(checking, "BEAT_SECONDS", 0)
    monkeypatch.setattr(checks, "findings", slow)
    checking.carry_out(run, desk(), ())
    assert told == [("Rules", 3, 9)]


def test_a_run_that_fell_silent_has_stopped_and_the_next_begins_anew(product: Product) -> None:
    run = running(product, seen_at=timezone.now() - timedelta(minutes=5))
    assert run_called(product, run.public_id).state == CheckRun.State.STOPPED
    assert check_of(product).pk != run.pk
    run.refresh_from_db()
    assert run.state == CheckRun.State.STOPPED


def test_a_run_that_nobody_waits_for_ends_and_keeps_nothing(
    product: Product, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = running(product, state=CheckRun.State.STOPPED)
    monkeypatch.setattr(checking, "BEAT_SECONDS", 0)
    checking.carry_out(run, drafts.read(product), ())
    run.refresh_from_db()
    assert (run.state, run.findings) == (CheckRun.State.STOPPED, [])


def test_a_check_that_breaks_does_not_run_for_ever(
    product: Product, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = running(product)
    monkeypatch.setattr(checks, "findings", lambda *arguments: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        checking.carry_out(run, desk(), ())
    assert run_called(product, run.public_id).state == CheckRun.State.STOPPED


def test_only_the_last_checks_of_a_product_are_kept(product: Product) -> None:
    for number in range(8):
        product.rules.create(key=f"r{number}", then="true")
        check_of(product)
    assert product.check_runs.count() <= checking.KEPT_RUNS + 1


def test_an_accepted_finding_is_shown_with_its_reason_and_returns_when_the_matter_changes(
    twice: Product,
) -> None:
    finding = finding_of(twice, "rule-redundant")
    accept(twice, finding.identity, " Its message is better. ", by="maria")
    (remark,) = (each for each in told(twice) if each.finding.code == "rule-redundant")
    assert remark.accepted is not None
    assert (remark.accepted.reason, remark.accepted.by) == ("Its message is better.", "maria")
    twice.rules.filter(key="once_more").update(key="another")
    (remark,) = (each for each in told(twice) if each.finding.code == "rule-redundant")
    assert remark.accepted is None


def test_accepting_can_be_taken_back(twice: Product) -> None:
    finding = finding_of(twice, "rule-redundant")
    accept(twice, finding.identity, "Fine.")
    withdraw(twice, finding.identity)
    withdraw(twice, finding.identity)
    assert all(each.accepted is None for each in told(twice))


def test_an_error_cannot_be_accepted_away(product: Product) -> None:
    product.rules.create(key="never", then="false")
    error = finding_of(product, "model-void")
    with pytest.raises(FindingNotAcceptable):
        accept(product, error.identity, "We sell nothing.")
    with pytest.raises(PublishRefused):
        publish(product)


@pytest.mark.parametrize("reason", ["", "  ", "x" * 2_001])
def test_accepting_needs_a_reason_of_some_length(twice: Product, reason: str) -> None:
    with pytest.raises(Malformed):
        accept(twice, finding_of(twice, "rule-redundant").identity, reason)


def test_what_was_not_found_cannot_be_accepted(product: Product) -> None:
    check_of(product)
    with pytest.raises(NotFound):
        accept(product, "0" * 20, "Whatever it is.")


def test_accepted_findings_travel_with_the_product_file(twice: Product) -> None:
    finding = finding_of(twice, "rule-redundant")
    accept(twice, finding.identity, "Its message is better.", by="maria")
    text = write_product_file(export_product(twice))
    assert "accepted_findings:" in text
    twice.accepted_findings.all().delete()
    import_product(twice.merchant, read_product_file(text))
    assert [(each.reason, each.by) for each in checking.accepted_findings(twice)] == [
        ("Its message is better.", "maria")
    ]


def test_publishing_does_not_seek_again_what_a_check_of_the_same_draft_found(
    product: Product, monkeypatch: pytest.MonkeyPatch
) -> None:
    check_of(product)
    monkeypatch.setattr(checks, "findings", lambda *arguments: 1 / 0)
    assert publish(product).number == 1


def told(product: Product) -> tuple[checking.Remark, ...]:
    return remarks(findings_in(check_of(product)), checking.accepted_findings(product))


def running(product: Product, **facts: object) -> CheckRun:
    return CheckRun.objects.create(
        product=product, digest="d" * 64, **{"seen_at": timezone.now(), **facts}
    )
