"""Products and choices from the command line."""

import io
import json
import re
import sys

import pytest
from django.core.management import CommandError, call_command

from catalog import drafts
from catalog.models import Asset, Product, Version
from catalog.product_model import write
from catalog.renaming import Name, renamed
from configurator.answering import configurations_of
from configurator.compiled_product import compile_product
from configurator.offers import published
from pricing.product_file import ProductFile, read_product_file, write_product_file
from tests.api import RETAIL, TRADE, Api, make_shop, told
from tests.catalog.modules import wardrobe
from tests.examples.desk import desk
from tests.factories import make_merchant, make_product, picture


@pytest.fixture
def desk_file(tmp_path):
    path = tmp_path / "desk.yaml"
    path.write_text(write_product_file(ProductFile(desk(), (RETAIL, TRADE))), encoding="utf-8")
    return path


@pytest.fixture
def run(capsys):
    """Run a command and return what it printed."""

    def run(*arguments):
        call_command(*map(str, arguments))
        return capsys.readouterr().out

    return run


@pytest.fixture
def evaluate(monkeypatch, run, desk_file):
    """Evaluate lines and return the answers."""

    def evaluate(*lines, file=desk_file, options=()):
        text = "\n".join(line if isinstance(line, str) else json.dumps(line) for line in lines)
        monkeypatch.setattr(sys, "stdin", io.StringIO(text))
        return [json.loads(line) for line in run("evaluate", file, *options).splitlines()]

    return evaluate


def test_each_line_is_answered_with_an_evaluation(evaluate):
    answers = evaluate({"frame": "oak"}, {})

    assert [answer["values"]["frame"] for answer in answers] == ["oak", "steel"]
    assert answers[0]["price"]["price_list"] == "retail"


def test_a_line_may_add_copy_move_or_remove_an_instance(evaluate, tmp_path):
    path = tmp_path / "wardrobe.yaml"
    path.write_text(
        write_product_file(ProductFile(wardrobe(default=2), (RETAIL,))), encoding="utf-8"
    )
    given = {"modules.1.width": 300, "modules.2.width": 400}
    removed, added, moved, wrong, unknown = evaluate(
        {"choices": given, "instance": {"remove": "modules.1"}},
        {"choices": {}, "instance": {"add": "modules"}, "changes": {"modules.3.width": 500}},
        {"choices": given, "instance": {"move": "modules.2", "to": 1}},
        {"choices": {}, "instance": {"copy": "modules.3"}},
        {"choices": {}, "instance": ["modules"]},
        file=path,
    )

    assert removed["choices"] == {"modules": 1, "modules.1.width": 400}
    assert added["choices"] == {"modules": 3, "modules.3.width": 500}
    assert moved["choices"] == {"modules.1.width": 400, "modules.2.width": 300}
    assert wrong["error"]["code"] == "instance-refused"
    assert "'instance' must be one of" in unknown["error"]["detail"]


def test_a_line_may_say_all_that_the_api_takes(evaluate):
    line = {
        "choices": {"frame": "oak"},
        "changes": {"width": 1500},
        "quantity": 3,
        "price_list": "trade",
        "locale": "de",
    }
    (answer,) = evaluate(line)

    assert answer["choices"] == {"frame": "oak", "width": 1500}
    assert (answer["quantity"], answer["price"]["price_list"]) == (3, "trade")
    assert answer["options"]["frame"]["told"] == "Eiche"


def test_an_option_called_choices_is_still_an_option(evaluate, tmp_path):
    file = tmp_path / "odd.json"
    option = {
        "key": "choices",
        "kind": "choice",
        "label": "Choices",
        "values": [{"key": "few", "label": "Few"}, {"key": "many", "label": "Many"}],
    }
    file.write_text(json.dumps({"product": "odd", "name": "Odd", "options": [option]}))

    plain, whole = evaluate({"choices": "few"}, {"choices": {"choices": "many"}}, file=file)

    assert (plain["values"]["choices"], whole["values"]["choices"]) == ("few", "many")


def test_a_clash_is_an_evaluation_with_its_conflict(evaluate):
    (answer,) = evaluate({"choices": {"frame": "oak"}, "changes": {"top": "glass"}})

    assert answer["conflict"]["repairs"][0]["changes"] == {"frame": "steel", "top": "glass"}
    assert answer["choices"] == {"frame": "oak"}


def test_a_line_may_ask_for_every_explanation_every_way_out_and_a_trace(evaluate):
    clash = {"choices": {"top": "glass", "width": 2000}, "changes": {"frame": "oak"}}
    few, everything = evaluate(
        clash, {**clash, "explanations": "all", "repairs": "all", "trace": True}
    )
    assert len(few["conflict"]["explanations"]) == 1
    assert len(everything["conflict"]["explanations"]) == 2
    assert not everything["conflict"]["more"]
    assert everything["trace"]["solver_calls"] > 0
    assert "trace" not in few


def test_a_line_may_ask_why_a_value_is_set_or_out(evaluate):
    out, is_set = evaluate(
        {"choices": {"frame": "oak"}, "why": {"option": "top", "value": "glass"}},
        {"choices": {"top": "glass"}, "why": {"option": "frame"}},
    )
    assert out["why"]["explanations"][0]["choices"] == ["frame"]
    assert (is_set["why"]["value"], is_set["why"]["source"]) == ("steel", "inferred")


def test_a_line_may_ask_for_the_rest(evaluate):
    cheapest, fastest, closest, plain = evaluate(
        *(
            {"choices": {"top": "oak"}, "complete": wish}
            for wish in ("cheapest", "fastest", {"preset": "studio"})
        ),
        {"choices": {"top": "oak"}},
    )

    assert (cheapest["completion"]["price"]["total"], cheapest["completion"]["proven"]) == (
        "374.00",
        True,
    )
    assert (fastest["completion"]["lead_time"]["days"], fastest["completion"]["bound"]) == (10, 10)
    assert (closest["completion"]["preset"], closest["completion"]["values"]["width"]) == (
        "studio",
        1600,
    )
    assert "completion" not in plain


def test_a_rest_that_cannot_be_had_is_told_and_the_next_line_goes_on(evaluate):
    wrong, unknown, clash, good = evaluate(
        {"choices": {}, "complete": "nicest"},
        {"choices": {}, "complete": {"preset": "loft"}},
        {"choices": {"frame": "oak", "top": "glass"}, "complete": "cheapest"},
        {"choices": {}, "complete": "cheapest"},
    )

    assert wrong["error"]["detail"].startswith("'complete': expected cheapest, fastest, closest")
    assert "no preset 'loft'" in unknown["error"]["detail"]
    assert clash["conflict"]
    assert "completion" not in clash
    assert good["completion"]["price"]["total"] == "326.00"


def test_a_line_that_cannot_be_read_names_its_number_and_the_next_goes_on(evaluate):
    answers = evaluate(
        "nonsense",
        "",
        "[]",
        {"frame": 3},
        {"choices": {}, "size": 1},
        '{"width": NaN}',
        {"frame": "oak"},
    )

    assert [answer.get("error", {}).get("line") for answer in answers] == [1, 3, 4, 5, 6, None]
    assert answers[2]["error"]["errors"] == [
        {"pointer": "/frame", "detail": "Frame: expected a value's key, as a text"}
    ]
    assert "no field 'size'" in answers[3]["error"]["detail"]
    assert answers[-1]["values"]["frame"] == "oak"


@pytest.mark.parametrize(
    "line",
    [
        {"choices": {}, "quantity": "2"},
        {"choices": {}, "quantity": True},
        {"choices": {}, "quantity": 0},
        {"choices": {}, "changes": []},
        {"choices": {}, "price_list": 7},
        {"choices": {}, "price_list": "nobodys"},
        {"choices": {}, "locale": 7},
        "[" * 50,
    ],
)
def test_wrong_fields_are_told(evaluate, line):
    (answer,) = evaluate(line)

    assert answer["error"]["line"] == 1
    assert answer["error"]["detail"]


def test_list_and_language_may_be_given_for_all_lines(evaluate):
    (answer,) = evaluate({}, options=["--price-list", "trade", "--locale", "de"])

    assert answer["price"]["price_list"] == "trade"
    assert answer["options"]["frame"]["told"] == "Stahl"


def test_a_file_that_cannot_be_read_is_told_plainly(run, tmp_path):
    broken = tmp_path / "broken.yaml"
    broken.write_text("product: desk\nname: [")

    with pytest.raises(CommandError, match="line 2"):
        run("evaluate", broken)
    with pytest.raises(CommandError, match="cannot be read"):
        run("evaluate", tmp_path / "nothing.yaml")


@pytest.mark.database
@pytest.mark.django_db
def test_a_key_is_renamed_everywhere(run):
    product = make_product(make_merchant())
    before = drafts.read(product)
    asked = ("rename_key", product.merchant.slug, "desk", "option/top", "worktop")
    told = run(*asked, "--dry-run")
    assert "rules/glass_needs_steel/when: top == glass -> worktop == glass" in told
    assert told.splitlines()[-1] == "option 'top' would be 'worktop'; 6 other places follow."
    assert drafts.read(product) == before
    assert run(*asked).splitlines()[-1] == "option 'top' is 'worktop'; 6 other places follow."
    assert drafts.read(product) == renamed(before, {Name("option", "top"): "worktop"}).model
    assert run(*asked).splitlines() == ["option 'top' is 'worktop'; 0 other places follow."]
    # A key alone will do where one thing has it.
    assert "value 'laminate' of 'worktop' is 'plate'" in run(*asked[:3], "laminate", "plate")


@pytest.mark.database
@pytest.mark.django_db
@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("oak", "ash", "Several things are called 'oak': value/frame/oak, value/top/oak."),
        ("nothing", "x", "Nothing is called 'nothing'."),
        ("option/a/b", "x", "'option/a/b' is no name"),
        ("option/tpo", "x", "did you mean 'top'"),
        ("option/top", "frame", "There is an option 'frame' already"),
    ],
)
def test_what_cannot_be_renamed_is_told(run, old, new, told):
    product = make_product(make_merchant())
    before = drafts.read(product)
    with pytest.raises(CommandError, match=re.escape(told)):
        run("rename_key", product.merchant.slug, "desk", old, new)
    assert drafts.read(product) == before


def test_a_formula_whose_unit_publishing_refuses_is_not_evaluated_either(evaluate, tmp_path):
    file = tmp_path / "board.yaml"
    text = """
        product: board
        name: Board
        options: [{key: width, kind: number, label: Width, number: {first: 1, last: 9, unit: mm}}]
        price_lines: [{key: edge, label: Edge, amount: 2, per: m2, quantity: UNIT}]
    """
    file.write_text(text.replace("UNIT", "width"))
    with pytest.raises(CommandError, match=r"/price_lines/edge/quantity: .* expected m2, found mm"):
        evaluate({"width": 5}, file=file)
    file.write_text(text.replace("UNIT", "width * 2000 mm"))
    (answer,) = evaluate({"width": 5}, file=file)
    assert answer["price"]["total"] == "0.02"


@pytest.mark.database
@pytest.mark.django_db
@pytest.mark.parametrize(
    "choices", [{}, {"frame": "oak", "width": 1500}, {"top": "oak", "engraved": True}]
)
def test_the_command_line_answers_as_the_api(evaluate, choices):
    api = Api(make_shop())
    (answer,) = evaluate(choices)
    asked = told(api.post("products/desk/evaluate", {"choices": choices}))

    assert {**answer, "version": 1} == asked


@pytest.mark.database
@pytest.mark.django_db
@pytest.mark.parametrize("wish", ["cheapest", "fastest", "closest", {"preset": "studio"}])
def test_the_command_line_completes_as_the_api(evaluate, wish):
    line = {"choices": {"frame": "oak"}, "complete": wish}
    api = Api(make_shop())
    (answer,) = evaluate(line)

    assert {**answer, "version": 1} == told(api.post("products/desk/evaluate", line))


@pytest.mark.database
@pytest.mark.django_db
def test_a_file_becomes_a_draft_and_the_draft_the_same_file(run, desk_file, tmp_path):
    make_merchant()
    run("import_product", desk_file)
    run("export_product", "desk", "-o", tmp_path / "again.yaml")

    assert (tmp_path / "again.yaml").read_text(encoding="utf-8") == desk_file.read_text(
        encoding="utf-8"
    )
    assert read_product_file(run("export_product", "desk"), "").model == desk()
    assert not Version.objects.exists()


@pytest.mark.database
@pytest.mark.django_db
def test_a_file_may_be_published_at_once(run, desk_file):
    make_merchant()

    assert "published as version 1" in run("import_product", desk_file, "--publish")
    assert published("joinery", "desk").version == 1


@pytest.mark.database
@pytest.mark.django_db
def test_prices_of_a_file_are_told_and_taken_when_asked(run, tmp_path):
    make_shop()
    lists = [{"key": "retail", "name": "Retail", "currency": "EUR", "tax_rate": 7}]
    path = tmp_path / "desk.json"
    path.write_text(json.dumps(write(desk()) | {"price_lists": lists}))

    assert "tax rate 19 → 7" in run("import_product", path, "--dry-run")
    assert "--with-price-lists takes all of these" in run("import_product", path)
    assert published("joinery", "desk").price_list.tax_rate == 19
    assert "were taken, and hold now" in run("import_product", path, "--with-price-lists")
    assert published("joinery", "desk").price_list.tax_rate == 7


@pytest.mark.database
@pytest.mark.django_db
def test_what_was_checked_is_published_and_nothing_else(run, desk_file):
    merchant = make_merchant()
    run("import_product", desk_file)
    said = run("check_product", "--key", "desk")
    seen = said.rpartition("--seen ")[2].split()[0]
    drafts.write(merchant, desk(currency="CHF"))

    with pytest.raises(CommandError, match="no longer the one you looked at"):
        run("publish_product", "desk", "--seen", seen)
    run("import_product", desk_file)
    assert "published as version 1" in run("publish_product", "desk", "--seen", seen)


@pytest.mark.database
@pytest.mark.django_db
def test_pictures_beside_the_file_come_along(run, tmp_path):
    merchant = make_merchant()
    (tmp_path / "tops").mkdir()
    (tmp_path / "tops" / "desk.png").write_bytes(picture())
    (tmp_path / "desk.json").write_text(json.dumps(write(desk(image="tops/desk.png"))))
    run("import_product", tmp_path / "desk.json", "--publish")

    assert [asset.name for asset in Asset.objects.for_merchant(merchant)] == ["tops/desk.png"]


@pytest.mark.database
@pytest.mark.django_db
def test_pictures_outside_the_folder_stay_there(run, tmp_path):
    make_merchant()
    (tmp_path / "secret.png").write_bytes(picture())
    inner = tmp_path / "inner"
    inner.mkdir()
    (inner / "desk.json").write_text(json.dumps(write(desk(image="../secret.png"))))
    run("import_product", inner / "desk.json")

    assert not Asset.objects.exists()


@pytest.mark.database
@pytest.mark.django_db
def test_the_merchant_has_to_be_clear(run, desk_file):
    with pytest.raises(CommandError, match="There are none yet"):
        run("import_product", desk_file)
    make_merchant("a")
    make_merchant("b")
    with pytest.raises(CommandError, match="There are a, b"):
        run("import_product", desk_file)
    with pytest.raises(CommandError, match="no merchant 'c'"):
        run("import_product", desk_file, "--merchant", "c")
    run("import_product", desk_file, "--merchant", "b")

    assert Product.objects.get().merchant.slug == "b"


@pytest.mark.database
@pytest.mark.django_db
def test_what_cannot_be_published_says_why(run, tmp_path):
    make_merchant()
    rules = [{"key": "wrong", "then": "tpo == glass"}]
    (tmp_path / "desk.json").write_text(json.dumps(write(desk(rules=rules))))

    with pytest.raises(CommandError, match="did you mean 'top'"):
        run("import_product", tmp_path / "desk.json", "--publish")
    assert Product.objects.exists()


@pytest.mark.database
@pytest.mark.django_db
def test_a_broken_file_is_imported_and_says_so(run, tmp_path):
    make_merchant()
    rules = [{"key": "wrong", "then": "tpo == glass"}]
    (tmp_path / "desk.json").write_text(json.dumps(write(desk(rules=rules))))

    said = run("import_product", tmp_path / "desk.json")
    assert (
        "desk: 1 error, 0 warnings; see manage.py check_product --key desk --merchant joinery"
        in said
    )


@pytest.mark.database
@pytest.mark.django_db
def test_a_good_file_is_imported_and_says_so(run, desk_file):
    make_merchant()

    assert run("import_product", desk_file).splitlines()[-1] == "desk: 0 errors, 0 warnings"


@pytest.mark.database
@pytest.mark.django_db
def test_an_unknown_product_cannot_be_exported(run):
    make_merchant()

    with pytest.raises(CommandError, match="no product 'sofa'"):
        run("export_product", "sofa")


def test_a_good_file_has_no_errors(run, desk_file):
    assert "desk: 0 errors" in run("check_product", desk_file)


def test_a_wrong_file_ends_with_one(run, tmp_path, capsys):
    rules = [{"key": "wrong", "then": "tpo == glass"}]
    (tmp_path / "desk.json").write_text(json.dumps(write(desk(rules=rules))))

    with pytest.raises(SystemExit) as ended:
        run("check_product", tmp_path / "desk.json", "--json")
    findings = json.loads(capsys.readouterr().out)

    assert ended.value.code == 1
    assert findings[-1]["sentence"] == "More is checked once the errors are right."
    assert [finding["path"] for finding in findings if finding["severity"] == "error"] == [
        "rules/wrong/then"
    ]


def test_pictures_that_are_not_here_are_one_warning(run, tmp_path):
    (tmp_path / "desk.json").write_text(json.dumps(write(desk(image="desk.png"))))

    findings = json.loads(run("check_product", tmp_path / "desk.json", "--json"))

    assert [(finding["severity"], finding["code"]) for finding in findings] == [
        ("warning", "picture-not-here")
    ]


def test_a_check_needs_a_file_or_a_key(run):
    with pytest.raises(CommandError, match="either a FILE or"):
        run("check_product")


def test_a_check_counts_configurations_in_words(run, desk_file):
    counted = configurations_of(compile_product(desk())).told

    assert run("check_product", desk_file, "--count").splitlines()[-1] == f"desk: {counted}"
    with pytest.raises(CommandError, match="without --json"):
        run("check_product", desk_file, "--count", "--json")


@pytest.mark.database
@pytest.mark.django_db
def test_a_draft_can_be_checked_by_its_key(run):
    make_shop()

    assert "desk: 0 errors" in run("check_product", "--key", "desk")


def twice_said():
    """Return the desk with a rule that says what another says."""
    rules = write(desk())["rules"]
    rule = next(each for each in rules if each["key"] == "wide_oak_frame")
    return desk(rules=[*rules, {**rule, "key": "once_more"}])


def test_checking_tells_how_far_it_is_on_standard_error_where_wanted(desk_file, capsys):
    call_command("check_product", str(desk_file), "--progress")
    said = capsys.readouterr()
    assert "Values that can never be chosen" in said.err
    assert "Values that can never be chosen" not in said.out
    call_command("check_product", str(desk_file), "--no-progress")
    assert capsys.readouterr().err == ""


def test_a_finding_that_the_file_accepts_is_shown_with_its_reason(tmp_path, run):
    path = tmp_path / "desk.yaml"
    path.write_text(
        write_product_file(ProductFile(twice_said(), (RETAIL, TRADE))), encoding="utf-8"
    )
    (finding,) = json.loads(run("check_product", path, "--json"))
    accepted = (
        f"accepted_findings:\n  - "
        f"{{identity: {finding['identity']}, reason: Clearer for shoppers., by: maria}}\n"
    )
    path.write_text(path.read_text(encoding="utf-8") + accepted, encoding="utf-8")
    said = run("check_product", path)
    assert "Accepted: Clearer for shoppers. (maria)" in said
    assert "1 note, 1 of them accepted" in said
