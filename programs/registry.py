"""What the apps above do when something happens to people; called in the transaction of the change itself.

`programs` may not import `sessions` or `metrics`, so they register here, in their `AppConfig.ready`:

    registry.on_deactivate.register(outbox.cancel_all_of)
"""

from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from programs.domain.ahead import Ahead
    from programs.domain.coverage import Hidden
    from programs.models import Cohort, Enrolment, Invitation, Member, Substitute


class Hook[**P]:
    """Functions that are called in the order in which they were registered; what one raises undoes the change."""

    def __init__(self) -> None:
        self._functions: list[Callable[P, object]] = []

    def register[R](self, function: Callable[P, R]) -> Callable[P, R]:
        """Call the function from now on; a second registration of it counts once."""
        if function not in self._functions:
            self._functions.append(function)
        return function

    def __call__(self, *args: P.args, **kwargs: P.kwargs) -> None:
        for function in self._functions:
            function(*args, **kwargs)


class Question[**P, T]:
    """Functions that each know a part of an answer, a dictionary; keys of one do not come from another."""

    def __init__(self) -> None:
        self._functions: list[Callable[P, Mapping[int, T]]] = []

    def register(self, function: Callable[P, Mapping[int, T]]) -> None:
        """Ask the function from now on; a second registration of it counts once."""
        if function not in self._functions:
            self._functions.append(function)

    def __call__(self, *args: P.args, **kwargs: P.kwargs) -> dict[int, T]:
        return {key: value for function in self._functions for key, value in function(*args, **kwargs).items()}


on_invite: "Hook[[Sequence[Invitation]]]" = Hook()
"""Invitations to be sent by mail, one or hundreds; the link of each: `invitations.link_of(invitation)`."""

given_up: "Question[[Collection[int]], bool]" = Question()
"""(primary keys of invitations): by primary key, true for those whose mail goes to nobody any more."""

on_address_change: "Hook[[Sequence[tuple[Member, str]], Member]]" = Hook()
"""(members, each with the former address; by): the former addresses are told, one or hundreds."""

on_deactivate: "Hook[[Sequence[Member], Member]]" = Hook()
"""(members, by): ends prompts and messages at once, of one or hundreds. Enrolments have been ended or freed before."""

on_erase: "Hook[[Member]]" = Hook()
"""The member's free text is nulled in place."""

on_working_time_change: "Hook[[Sequence[Member]]]" = Hook()
"""Members, one or hundreds, whose zone, holidays, working days, hours or best time have just changed."""

on_reassign: "Hook[[Sequence[tuple[Enrolment, Member | None]], Member]]" = Hook()
"""(enrolments with their new coach or none, each with the former one; by): planned sessions move, or are cancelled
without a coach."""

on_roles_lost: "Hook[[Member, frozenset[str], Member]]" = Hook()
"""(member, the roles that were taken away; by): what needs somebody with the role goes on with somebody else."""

on_managers_named: "Hook[[Cohort]]" = Hook()
"""(cohort, whose managers have just been named): what waited for one goes on."""

on_substitute: "Hook[[Substitute, Member]]" = Hook()
"""(substitute just named; by): sessions planned with the coach on those days go to them. Taken back is `on_reassign`,
from the substitute."""

doubled: "Question[[Sequence[Substitute]], Sequence[datetime]]" = Question()
"""(substitutes): by primary key, when one of them holds two sessions at once because they stand in."""

held_by: "Question[[int], str]" = Question()
"""(primary key of an enrolment): the names of those who held a session in it, by their primary key."""

ahead_of: "Question[[Collection[int]], Ahead]" = Question()
"""(primary keys of enrolments): by primary key, how much is planned there and asked."""

hidden_by: "Question[[Member], Hidden]" = Question()
"""(member): by primary key of a pillar, figures that nobody is shown because the member both manages and coaches."""

on_enrolment_end: "Hook[[Sequence[Enrolment], Member]]" = Hook()
"""(enrolments, by): planned sessions are cancelled and follow-ups end; the record stays."""

on_end_taken_back: "Hook[[Enrolment, datetime, Member]]" = Hook()
"""(enrolment that runs again, when it had ended, by): what the end called off is there again."""

on_reassign_taken_back: "Hook[[Enrolment, datetime, Member]]" = Hook()
"""(enrolment whose former coach is back, when it had changed, by): called after `on_reassign`; what was cancelled for
want of a coach is there again."""

on_work: "Hook[[str]]" = Hook()
"""The name of a task that has something to do: wakes the worker after the commit, and never raises."""
