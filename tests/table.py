"""Tables of cases: `@table(names, cases)` reads like `pytest.mark.parametrize` and makes one test of all cases.

Each case that fails is a subtest with its name, and the cases behind it run all the same. A case that passes sends no report:
thousands of reports, and of tests that each worker collects, cost more than the cases. For cases that are pure and quick;
one that needs files of its own, or seconds, stays a test of its own.
"""

from __future__ import annotations

import functools
import inspect
from collections.abc import Callable, Iterable
from typing import Any

import pytest

_FAILURES = (Exception, pytest.fail.Exception, pytest.skip.Exception)
_PARAM = type(pytest.param())


def table(names: str | tuple[str, ...], cases: Iterable[Any],
          ids: Iterable[str] | Callable[[Any], str] | None = None) -> Callable[..., Any]:  # fmt: skip
    """Run the test for each of `cases`, with `names` set to its values; the test's other arguments are fixtures."""
    wanted = [name.strip() for name in names.split(",")] if isinstance(names, str) else list(names)
    given = list(cases)
    rows = [_values(case, len(wanted)) for case in given]
    if not rows:
        raise ValueError(f"a table of {wanted} has no cases")
    labels = None if ids is None or callable(ids) else list(ids)

    def label(number: int) -> str:
        if labels:
            return labels[number]
        if isinstance(given[number], _PARAM) and given[number].id:
            return str(given[number].id)
        return "-".join(ids(value) if callable(ids) else repr(value)[:200] for value in rows[number])

    def decorate(test: Callable[..., None]) -> Callable[..., None]:
        @functools.wraps(test)
        def all_cases(subtests: pytest.Subtests, **fixtures: Any) -> None:
            __tracebackhide__ = True
            for number, row in enumerate(rows):
                try:
                    test(**dict(zip(wanted, row, strict=True)), **fixtures)
                except _FAILURES as failure:
                    with subtests.test(label(number)):
                        raise
                    if "pytest-timeout" in str(failure):  # its alarm rings once a test
                        raise

        arguments = list(inspect.signature(test).parameters.values())
        if missing := set(wanted) - {argument.name for argument in arguments}:
            raise TypeError(f"{test.__name__} takes no {missing}")
        left = [argument.replace(kind=argument.KEYWORD_ONLY) for argument in arguments if argument.name not in wanted]
        subtests = inspect.Parameter("subtests", inspect.Parameter.POSITIONAL_OR_KEYWORD)
        all_cases.__signature__ = inspect.Signature([subtests, *left])  # type: ignore[attr-defined]
        return all_cases

    return decorate


def _values(case: Any, count: int) -> tuple[Any, ...]:
    values = tuple(case.values) if isinstance(case, _PARAM) else (case,) if count == 1 else tuple(case)
    if len(values) != count:
        raise ValueError(f"{count} values are wanted, and these are {len(values)}: {values}")
    return values
