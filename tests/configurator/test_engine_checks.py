"""What the engine remarks at publish, each remark with the smallest example."""

from typing import Any

from catalog.findings import Finding
from catalog.product_model import read
from configurator.engine_checks.findings import findings


def product(**parts: Any) -> dict[str, Any]:
    """Return a small product: a frame, a top, a width and a light, with `parts` instead of what
    stands here.
    """
    return {
        "product": "desk",
        "name": "Desk",
        "options": [frame(), top(), width(), light()],
        **parts,
    }


def frame(**parts: Any) -> dict[str, Any]:
    return choice("frame", "Frame", {"steel": "Steel", "oak": "Oak"}, **parts)


def top(**parts: Any) -> dict[str, Any]:
    return choice("top", "Top", {"glass": "Glass", "board": "Board"}, **parts)


def width(**parts: Any) -> dict[str, Any]:
    number = {"first": 800, "last": 2000, "step": 100, "unit": "mm"}
    return {"key": "width", "kind": "number", "label": "Width", "number": number, **parts}


def light(**parts: Any) -> dict[str, Any]:
    return {"key": "light", "kind": "boolean", "label": "Light", **parts}


def choice(key: str, label: str, values: dict[str, str], **parts: Any) -> dict[str, Any]:
    listed = [{"key": value, "label": name} for value, name in values.items()]
    return {"key": key, "kind": "choice", "label": label, "values": listed, **parts}


def rules(*texts: str) -> list[dict[str, Any]]:
    return [{"key": f"r{place}", "then": text} for place, text in enumerate(texts, 1)]


def found(document: dict[str, Any]) -> list[Finding]:
    return [each for each in findings(read(document)) if isinstance(each, Finding)]


def only(document: dict[str, Any]) -> Finding:
    listed = found(document)
    assert len(listed) == 1, [finding.sentence for finding in listed]
    return listed[0]


def test_a_sound_product_has_no_findings():
    assert (
        found(
            product(
                rules=rules("top is glass implies frame is steel", "light implies width >= 1000 mm")
            )
        )
        == []
    )


def test_a_void_product_is_an_error_that_names_the_rules_that_clash():
    finding = only(product(rules=rules("width > 1500 mm", "light", "light implies width < 900 mm")))
    assert (finding.severity, finding.code, finding.path) == ("error", "model-void", "")
    assert "rule 'r1', rule 'r2' and rule 'r3'" in finding.sentence


def test_a_void_product_names_the_option_that_has_no_value_left():
    first, second = found(product(rules=rules("top is not glass", "top is not board")))
    assert first.code == "model-void"
    assert (second.code, second.path, second.severity) == (
        "option-without-values",
        "options/top",
        "error",
    )
    assert "rule 'r1' and rule 'r2'" in second.sentence


def test_a_dead_value_comes_with_the_smallest_reasons_and_example():
    detour = (
        "light implies frame is steel",
        "light or frame is steel",
        "frame is oak implies top is board",
    )
    document = product(rules=rules(*detour))
    finding = next(each for each in found(document) if each.path == "options/frame/values/oak")
    assert (finding.severity, finding.code) == ("warning", "value-dead")
    assert finding.example == {"frame": "oak"}
    assert "rule 'r1' and rule 'r2' together forbid" in finding.sentence


def test_a_dead_value_of_a_multi_choice_is_found():
    extras = {"key": "extras", "kind": "multi", "label": "Extras", "at_most": 1}
    extras["values"] = [
        {"key": "usb", "label": "USB"},
        {"key": "lamp", "label": "Lamp", "when": "extras has usb"},
    ]
    finding = only(product(options=[extras]))
    assert (finding.code, finding.path) == ("value-dead", "options/extras/values/lamp")
    assert finding.example == {"extras": ["lamp"]}


def test_a_boolean_that_can_never_be_yes_is_found():
    finding = only(product(rules=rules("light implies width > 3000 mm")))
    assert (finding.code, finding.path, finding.example) == (
        "value-dead",
        "options/light",
        {"light": True},
    )


def test_a_value_is_reported_that_leaves_another_option_without_any():
    document = product(
        rules=rules(
            "frame is oak implies top is not glass", "frame is oak implies top is not board"
        )
    )
    codes = {(each.code, each.path): each for each in found(document)}
    assert ("value-dead", "options/frame/values/oak") in codes
    starved = codes["option-without-values", "options/top"]
    assert starved.example == {"frame": "oak"}
    assert "'Top' is left without any value by 'Oak' of 'Frame'" in starved.sentence


def test_an_optional_option_without_any_value_is_found():
    document = product(
        options=[frame(), top(required=False)],
        rules=rules("not (top is glass)", "not (top is board)"),
    )
    assert [each.code for each in found(document)] == [
        "option-without-values",
        "value-dead",
        "value-dead",
    ]


def test_a_number_without_any_value_is_found():
    finding = only(
        product(options=[frame(), width(required=False)], rules=rules("not (width < 5000 mm)"))
    )
    assert (finding.code, finding.path) == ("option-without-values", "options/width")
    assert "rule 'r1'" in finding.sentence


def test_an_option_that_is_never_asked_is_found():
    document = product(options=[frame(), top(), width(when="frame is oak and frame is steel")])
    finding = only(document)
    assert (finding.code, finding.path) == ("option-never-active", "options/width/when")


def test_an_option_is_never_asked_because_of_rules_and_these_are_named():
    document = product(options=[frame(), light(when="frame is oak")], rules=rules("frame is steel"))
    finding = next(each for each in found(document) if each.code == "option-never-active")
    assert "rule 'r1'" in finding.sentence


def test_an_option_that_would_have_no_value_where_it_is_asked_is_an_error():
    document = product(
        options=[frame(), top(when="frame is oak")],
        rules=rules("not (top is glass)", "not (top is board)"),
    )
    finding = next(
        each
        for each in found(document)
        if each.code == "option-without-values" and not each.example
    )
    assert (finding.severity, finding.path) == ("error", "options/top")


def test_a_default_that_can_never_be_chosen_is_found():
    document = product(options=[frame(), top(default="glass")], rules=rules("top is board"))
    finding = next(each for each in found(document) if each.code == "default-clash")
    assert (finding.path, finding.example) == ("options/top/default", {"top": "glass"})


def test_defaults_that_clash_with_each_other_are_found_with_both_as_example():
    document = product(
        options=[frame(default="oak"), top(default="glass"), light(default=True)],
        rules=rules("top is glass implies frame is steel"),
    )
    finding = found(document)[0]
    assert (finding.severity, finding.code, finding.path) == (
        "warning",
        "default-clash",
        "options/top/default",
    )
    assert finding.example == {"frame": "oak", "top": "glass"}


def test_the_default_of_an_option_that_is_not_asked_at_the_start_is_no_clash():
    assert (
        found(product(options=[frame(default="oak"), top(default="glass", when="frame is steel")]))
        == []
    )


def test_a_preset_that_clashes_is_an_error_with_the_choices_that_do():
    document = product(
        rules=rules("top is glass implies frame is steel"),
        presets=[
            {
                "key": "noble",
                "label": "Noble",
                "choices": {"frame": "oak", "light": True, "top": "glass"},
            }
        ],
    )
    finding = only(document)
    assert (finding.severity, finding.code, finding.path) == (
        "error",
        "preset-clash",
        "presets/noble",
    )
    assert finding.example == {"frame": "oak", "top": "glass"}


def test_a_preference_that_rules_deny_is_a_warning_that_names_them():
    document = product(
        rules=rules("top is glass implies frame is steel"),
        preferences=[{"key": "noble", "then": "top is glass and frame is oak"}],
    )
    finding = only(document)
    assert (finding.severity, finding.code, finding.path) == (
        "warning",
        "preference-never-holds",
        "preferences/noble",
    )
    assert "rule 'r1' forbids it" in finding.sentence


def test_a_preference_that_always_holds_is_a_note():
    finding = only(
        product(preferences=[{"key": "lit", "when": "width > 5000 mm", "then": "light"}])
    )
    assert (finding.severity, finding.code, finding.path) == (
        "note",
        "preference-idle",
        "preferences/lit",
    )
    followed = only(
        product(
            rules=rules("width >= 1000 mm"),
            preferences=[{"key": "wide", "then": "width >= 900 mm"}],
        )
    )
    assert followed.code == "preference-idle"
    assert "it follows from rule 'r1'" in followed.sentence


def test_a_rule_that_never_comes_into_play_is_a_note():
    document = product(rules=[{"key": "tall", "when": "width > 5000 mm", "then": "light"}])
    finding = only(document)
    assert (finding.severity, finding.code, finding.path) == (
        "note",
        "rule-never-fires",
        "rules/tall",
    )


def test_the_premise_of_an_implication_is_what_a_rule_waits_for():
    assert only(product(rules=rules("width > 5000 mm implies light"))).code == "rule-never-fires"


def test_a_rule_that_forbids_what_it_waits_for_does_come_into_play():
    document = product(rules=[{"key": "no_oak", "when": "frame is oak", "then": "false"}])
    assert [each.code for each in found(document)] == ["value-dead", "option-forced"]


def test_a_rule_whose_premise_others_forbid_names_them():
    document = product(
        rules=[
            *rules("frame is steel"),
            {"key": "oak_light", "when": "frame is oak", "then": "light"},
        ]
    )
    finding = next(each for each in found(document) if each.code == "rule-never-fires")
    assert "rule 'r1' forbids it" in finding.sentence
