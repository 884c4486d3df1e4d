"""A model of OR-Tools' CP-SAT: the only module that knows it, and imports it when the first model
is made.

Variables are numbered from 1 and denied by their negative, as in the engine's clauses.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import ceil, gcd
from typing import Literal

from configurator.engine.optimise.linear import Linear

MOST_SECONDS = 20.0
"""The end of what the solver does not count as work; no question asked so far came near it."""
MOST_COMPARED = 200_000
LARGEST = (1 << 31) - 1
"""What no sum in a constraint may pass: beyond 32 bits OR-Tools 9.15 loses answers, with and
without presolve.
"""
LARGEST_TOTAL = 1 << 30
"""What a sum that is to be least may come to."""
_SEED = 20_260

type Status = Literal["OPTIMAL", "FEASIBLE", "INFEASIBLE", "UNKNOWN"]


@dataclass(frozen=True)
class Solved:
    """An answer: the value of each variable (empty without one), what the objective is at least,
    and the work done.
    """

    status: Status
    solution: Sequence[int]
    bound: int | None
    work: float

    def holds(self, literal: int) -> bool:
        return bool(self.solution[abs(literal) - 1]) == (literal > 0)

    def worth(self, number: Linear) -> int:
        solution = self.solution
        return number.constant + sum(
            factor * solution[each - 1] for each, factor in number.factors.items()
        )


class SatModel:
    """Variables with bounds, clauses over those of 0 and 1, and sums between bounds.

    `is_whole` tells that all constraints are held; those that the solver cannot hold without an
    overflow are left out.
    """

    def __init__(self, variables: int = 0) -> None:
        from ortools.sat.python import cp_model

        self._made = cp_model.CpModel()
        self._proto = self._made.proto
        self._ends: list[tuple[int, int]] = [(0, 0)]
        self.is_whole = True
        for _ in range(variables):
            self.variable()

    @property
    def size(self) -> int:
        """How many constraints there are."""
        return len(self._proto.constraints)

    def variable(self, low: int = 0, high: int = 1) -> int:
        self._proto.variables.add().domain.extend([low, high])
        self._ends.append((low, high))
        return len(self._ends) - 1

    def clause(self, literals: Sequence[int]) -> None:
        self._proto.constraints.add().bool_or.literals.extend(
            [_reference(literal) for literal in literals]
        )

    def exactly_one(self, literals: Sequence[int]) -> None:
        self._proto.constraints.add().exactly_one.literals.extend(
            [_reference(literal) for literal in literals]
        )

    def within(self, number: Linear, low: int, high: int, where: Sequence[int] = ()) -> None:
        """Demand that a sum lies between `low` and `high` where all literals `where` hold."""
        factors = {variable: factor for variable, factor in number.factors.items() if factor}
        common = gcd(*factors.values()) or 1
        ends = [
            sorted(end * (own // common) for end in self._ends[variable])
            for variable, own in factors.items()
        ]
        least, most = sum(first for first, _ in ends), sum(last for _, last in ends)
        low, high = (
            max(-(-(low - number.constant) // common), least),
            min((high - number.constant) // common, most),
        )
        if low > high:
            self.clause([-literal for literal in where])
        elif sum(max(abs(first), abs(last)) for first, last in ends) > LARGEST:
            self.is_whole = False
        elif (low, high) != (least, most):
            constraint = self._proto.constraints.add()
            constraint.enforcement_literal.extend([_reference(literal) for literal in where])
            constraint.linear.vars.extend([variable - 1 for variable in factors])
            constraint.linear.coeffs.extend([factor // common for factor in factors.values()])
            constraint.linear.domain.extend([low, high])

    def product(self, left: Linear, right: Linear) -> Linear | None:
        """Return a variable that is the product of two sums without slack; None where it may become
        too large.
        """
        corners = [a * b for a in (left.low, left.high) for b in (right.low, right.high)]
        low, high = min(corners), max(corners)
        if max(abs(low), abs(high)) > LARGEST_TOTAL:
            return None
        sides = [self._alone(side) for side in (left, right)]
        found = self.variable(low, high)
        constraint = self._proto.constraints.add().int_prod
        constraint.target.vars.append(found - 1)
        constraint.target.coeffs.append(1)
        for side in sides:
            factor = constraint.exprs.add()
            factor.vars.append(side - 1)
            factor.coeffs.append(1)
        return Linear(0, {found: 1}, low, high)

    def _alone(self, number: Linear) -> int:
        """Return a variable that is worth what a sum is."""
        factors = [(variable, factor) for variable, factor in number.factors.items() if factor]
        if number.constant == 0 and [factor for _, factor in factors] == [1]:
            return factors[0][0]
        variable = self.variable(number.low, number.high)
        equal = Linear(number.constant, dict(number.factors))
        equal.add_literal(variable, -1)
        self.within(equal, 0, 0)
        return variable

    def solve(self, objective: Linear, most_work: float, hint: Mapping[int, int]) -> Solved:
        """Return an answer for which `objective` is least, with a single worker and always the same
        steps.

        Work is counted in steps, not in time; `hint` is what some variables may be worth.
        """
        from ortools.sat.python import cp_model

        proto = self._proto
        proto.clear_objective()
        proto.clear_solution_hint()
        factors = {variable: factor for variable, factor in objective.factors.items() if factor}
        if factors:
            proto.objective.vars.extend([variable - 1 for variable in factors])
            proto.objective.coeffs.extend(list(factors.values()))
        if hint:
            proto.solution_hint.vars.extend([variable - 1 for variable in hint])
            proto.solution_hint.values.extend(list(hint.values()))
        solver = cp_model.CpSolver()
        parameters = solver.parameters
        parameters.num_workers = 1
        parameters.random_seed = _SEED
        parameters.linearization_level = 2
        # What takes longer than it saves: more than one round before the search, and probing.
        parameters.max_presolve_iterations = 1
        parameters.cp_model_probing_level = 0
        # What is ruled out for being no better goes over all constraints again and again.
        parameters.keep_all_feasible_solutions_in_presolve = self.size > MOST_COMPARED
        # What this would do loses answers where a sum passes 2**31. Source: issue 5293 of
        # google/or-tools, in 9.15.
        parameters.presolve_inclusion_work_limit = 0
        parameters.max_deterministic_time = max(most_work, 0.001)
        parameters.max_time_in_seconds = MOST_SECONDS
        status = solver.status_name(solver.solve(self._made))
        response = solver.response_proto
        work = response.deterministic_time
        if status == "INFEASIBLE":
            return Solved("INFEASIBLE", (), None, work)
        bound = None
        if factors:
            told = response.best_objective_bound
            bound = ceil(told - max(1e-6, abs(told) * 2**-50)) + objective.constant
        elif status == "OPTIMAL":
            bound = objective.constant
        if status == "UNKNOWN":
            return Solved("UNKNOWN", (), bound, work)
        assert status in ("OPTIMAL", "FEASIBLE"), self._made.validate()
        return Solved(
            "OPTIMAL" if status == "OPTIMAL" else "FEASIBLE", list(response.solution), bound, work
        )


def _reference(literal: int) -> int:
    """Return a literal as CP-SAT counts: variables from 0, denials as -1 - variable."""
    return literal - 1 if literal > 0 else literal
