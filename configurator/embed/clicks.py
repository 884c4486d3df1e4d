"""A click, decided without HTTP: from a posted form to the state it leads to, and where the
keyboard goes on.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace

from catalog.kinds.register import kind_of
from catalog.lengths import unit_wanted
from catalog.product_model import Choice, ProductModel
from configurator.answering import follow
from configurator.choices import sort_choices
from configurator.discretion import shown_options
from configurator.embed.forms import Invalid, PostedForm, changes_of, past_within
from configurator.embed.page import step_with
from configurator.embed.states import State, choices_in, read_quantity, state_in, state_text
from configurator.engine.face.conflicts import MOST_REPAIRS
from configurator.evaluation.evaluation import Evaluation
from configurator.evaluation.ways_out import SHOWN_REPAIRS
from configurator.instances import InstanceAsk, InstanceRefused, Rows, with_instance
from configurator.offers import Offer
from configurator.restoring import Restored, restored


@dataclass(frozen=True)
class Move:
    """Where a click starts from, and what it asks for: choices, changes to them, how many, and
    where to be afterwards.

    `rows` says where instances then stand, where some are added, copied, moved or removed by `ask`.
    """

    choices: Mapping[str, Choice]
    changes: Mapping[str, Choice | None]
    quantity: int
    past: tuple[str, ...]
    step: str
    ask: InstanceAsk | None = None
    rows: Rows | None = None


@dataclass(frozen=True)
class Click:
    """A posted form with what it led to.

    `state` is what the form says of the choices so far, and `opened` what follows from them.
    `quantity` is the one that was asked for, None where nobody can read it, and `unit` that which
    lengths were typed in. `invalid` was typed and is no answer, `misread` was set by the shop's
    page and means nothing here. `past` are the states to go back to. `rows` tells where instances
    stand now, where the click moved some. The keyboard goes on at the option `focus`, or at what
    has the id `focus_id`.
    """

    state: State
    opened: Restored
    move: Move
    evaluation: Evaluation
    quantity: int | None
    unit: str
    invalid: tuple[Invalid, ...]
    misread: tuple[str, ...]
    past: tuple[str, ...]
    rows: Rows | None
    focus: str
    focus_id: str

    @property
    def status(self) -> int:
        """The status of an answer that only shows what the click led to."""
        if self.evaluation.conflict is not None:
            return 409
        if self.misread:
            return 400
        return 422 if self.invalid or self.quantity is None else 200


def click(offer: Offer, form: PostedForm, locale: str, internal: Mapping[str, Choice]) -> Click:
    """Return what `form` leads to, with the `internal` choices of the page, which no form tells.

    `locale` is that of what was typed.
    """
    model = offer.product.model
    state = state_in(model, form.state)
    quantity = state.quantity if form.is_undo else read_quantity(form.quantity, locale)
    opened = restored(offer, {**state.choices, **internal}, state.quantity)
    before = opened.evaluation
    unit = unit_wanted(model.units, form.shown_in)
    inputs, invalid = changes_of(before, form.inputs, locale, unit)
    move = _move(model, form, before, inputs, quantity or state.quantity)
    if internal:
        move = replace(move, choices={**move.choices, **internal})
    if form.is_undo or form.preset:
        invalid = ()
    invalid = tuple(each for each in invalid if each.option not in move.changes)
    evaluation = _followed(offer, move, MOST_REPAIRS if form.more else SHOWN_REPAIRS)
    rows = move.rows if evaluation.conflict is None else None
    # Where the keyboard goes on: with what was asked for, or in the place of a button that is gone.
    focus = (
        form.about if (form.apply or form.is_keep) and evaluation.conflict is None else form.goto
    )
    focus_id = ""
    if rows is not None and move.ask is not None:
        # What was typed and not understood goes along with its instance.
        invalid = tuple(
            replace(each, option=key) for each in invalid for key in rows.places_of(each.option)
        )
        focus = _first_in(evaluation, rows.place) if move.ask.verb in ("add", "copy") else ""
        focus_id = "" if focus else _row_to_focus(rows, move.ask)
    if invalid and (form.step or form.goto or form.show_in or form.is_complete):
        focus = next(
            (each.option for each in invalid if each.option == form.goto), invalid[0].option
        )
    return Click(
        state=state,
        opened=opened,
        move=move,
        evaluation=evaluation,
        quantity=quantity,
        unit=unit,
        invalid=invalid,
        misread=choices_in(model, form.given)[1] if form.given else (),
        past=move.past if form.is_undo else _past_after(move, state, before, evaluation),
        rows=rows,
        focus=focus,
        focus_id=focus_id,
    )


def _followed(offer: Offer, move: Move, repaired: int) -> Evaluation:
    evaluation = follow(offer, move.choices, move.changes, move.quantity, repaired=repaired)
    if stubborn := _still_on(evaluation, move.changes):
        return follow(
            offer, move.choices, {**move.changes, **stubborn}, move.quantity, repaired=repaired
        )
    return evaluation


def _past_after(move: Move, state: State, before: Evaluation, after: Evaluation) -> tuple[str, ...]:
    """Return the states to go back to, with the one before the click where it led to another."""
    if after.choices == before.choices and after.quantity == state.quantity:
        return move.past
    was = state_text(before.model, State(before.choices, state.quantity))
    if state_text(after.model, State(after.choices, after.quantity)) == was:
        return move.past
    return past_within((*move.past, was))


def _move(
    model: ProductModel,
    form: PostedForm,
    before: Evaluation,
    inputs: Mapping[str, Choice | None],
    quantity: int,
) -> Move:
    """Return what the button that was pressed asks for; without one, that the inputs count."""
    if form.is_undo:
        back = state_in(model, form.past[-1] if form.past else form.state)
        return Move(back.choices, {}, back.quantity, form.past[:-1], form.at)
    if form.is_keep:
        return Move(before.choices, {}, quantity, form.past, form.at)
    if form.apply or form.more:
        changes, _dropped = choices_in(model, form.apply or form.more)
        return Move(before.choices, changes, quantity, form.past, form.at)
    if form.preset:
        preset = next((each for each in model.presets if each.key == form.preset), None)
        if preset is None:
            return Move(before.choices, {}, quantity, form.past, form.at)
        chosen, _misread = sort_choices(model, preset.choices)
        return Move(
            {key: each for key, each in chosen.items() if each is not None},
            {},
            quantity,
            form.past,
            form.at,
        )
    changes, ask, rows = _with_instance(model, form.instance, before, inputs)
    if form.given:
        # All of what the shop's page sets goes, or nothing of it.
        given, misread = choices_in(model, form.given)
        changes |= {} if misread else given
    step = step_with(model, form.goto) if form.goto else form.step or form.at
    return Move(before.choices, changes, quantity, form.past, step, ask, rows)


def _still_on(
    evaluation: Evaluation, changes: Mapping[str, Choice | None]
) -> dict[str, Choice | None]:
    """Return "no" for each box that was unticked and is ticked all the same: then that is a choice,
    and may clash.
    """
    if evaluation.conflict is not None:
        return {}
    options = evaluation.model.option_by_key
    return {
        key: False
        for key, change in changes.items()
        if change is None and kind_of(options[key]).is_truth and evaluation.values.get(key) is True
    }


def _with_instance(
    model: ProductModel, asked: str, before: Evaluation, inputs: Mapping[str, Choice | None]
) -> tuple[dict[str, Choice | None], InstanceAsk | None, Rows | None]:
    """Return the inputs with what a button such as `move modules.2 1` asks for; alone where it came
    too late.
    """
    verb, what, to = (*asked.split(), "", "", "")[:3]
    ask = InstanceAsk(verb, what, int(to) if re.fullmatch("[0-9]{1,3}", to) else None)
    if asked:
        try:
            return _asked_of(model, before, inputs, ask)
        except InstanceRefused:
            pass
    return dict(inputs), None, None


def _asked_of(
    model: ProductModel, before: Evaluation, inputs: Mapping[str, Choice | None], ask: InstanceAsk
) -> tuple[dict[str, Choice | None], InstanceAsk, Rows]:
    changes, rows = with_instance(model, before.choices, before.values, inputs, ask)
    return changes, ask, rows


def _first_in(evaluation: Evaluation, place: str) -> str:
    """Return the first option that is asked in the instance at `place`."""
    now = (
        option.key
        for option in shown_options(evaluation.model)
        if option.key.startswith(f"{place}.")
    )
    return next((key for key in now if evaluation.options[key].active), "")


def _row_to_focus(rows: Rows, ask: InstanceAsk) -> str:
    """Return the id of what the keyboard goes on at: the moved instance, or what is now where one
    was removed.
    """
    if rows.place:
        return f"row-{rows.place}"
    number = min(int(ask.what.rpartition(".")[2]), len(rows.sources))
    return f"row-{rows.key}.{number}" if number else f"add-{rows.key}"
