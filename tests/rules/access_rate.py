"""Who gets what of rating, codes, the handed-over phone and the learner's own pages."""

from rules_access import WHO, Row

from programs.domain import enrolments
from sessions.domain import codes, notes
from tests.sessions.rate_steps import both, hand_in, reflect, reply, taps

NOBODY = dict.fromkeys((who for who in WHO if who != "anonymous"), 405)
COACHES = {"coach": 200, "other_coach": 200, "other_org": 200}
LEARNERS = {"learner": 200, "other_learner": 200, "other_org": 200}


def everybody(status: int) -> dict[str, int]:
    return dict.fromkeys(WHO, status)


def held(cast):
    return cast.held()


def rated_by_coach(cast):
    micro = cast.held()
    hand_in(micro, cast.ana, 3, 3, 3)
    return micro


def answered(cast):
    micro = both(cast.held())
    reflect(micro)
    reply(micro)
    return micro


def with_code(cast):
    return codes.make(cast.held(), by=cast.ana)


def gone_on(cast):
    """Somebody else holds what Ana rated and noted beforehand."""
    micro = cast.plan()
    hand_in(micro, cast.ana, 3, None, 1)
    notes.write(micro, by=cast.ana, text="Heard the call.")
    enrolments.reassign(cast.enrolment, coach=cast.cole, by=cast.ada)


def pk(micro):
    return [micro.pk]


def token(handout):
    return [handout.token]


def all_taps(micro):
    return taps(micro, 3, 3, 3)


def whole_flow(micro):
    return all_taps(micro) | {"cue": "a complaint starts", "will": "breathe", "version": 0, "plan_version": 0}


def own_plan(micro):
    return {"cue": "a complaint starts", "will": "breathe", "plan_version": 0}


ROWS = {
    "coach:rating-edit": Row(get={"coach": 200}, post=NOBODY, world=held, args=pk),
    "coach:rating-score": Row(get=NOBODY, post={"coach": 204}, world=held, args=pk, data=all_taps),
    "coach:rating-submit": Row(get=NOBODY, post={"coach": 302}, world=held, args=pk, data=all_taps),
    "coach:rating-change": Row(get=NOBODY, post={"coach": 302}, world=rated_by_coach, args=pk),
    "coach:code-make": Row(get=NOBODY, post={"coach": 200}, world=held, args=pk),
    "coach:hand-over": Row(get={"coach": 200}, post={"coach": 200}, world=held, args=pk),
    "coach:hand-over-start": Row(get=NOBODY, post={"coach": 409}, world=held, args=pk),
    "coach:hand-over-end": Row(),
    "coach:rating-kept": Row(get=COACHES, post={"coach": 405, "other_coach": 405, "other_org": 405}, world=gone_on),
    "learn:record": Row(get=LEARNERS, post={"learner": 405, "other_learner": 405, "other_org": 405}, world=answered),
    "learn:record-download": Row(
        get=LEARNERS, post={"learner": 405, "other_learner": 405, "other_org": 405}, world=answered
    ),
    "learn:micro-show": Row(get={"learner": 200}, post=NOBODY, world=answered, args=pk),
    "learn:micro-confirm-met": Row(get=NOBODY, post={"learner": 302}, world=held, args=pk),
    "learn:rating-edit": Row(get={"learner": 200}, post={"learner": 302}, world=held, args=pk, data=whole_flow),
    "learn:rating-score": Row(get=NOBODY, post={"learner": 204}, world=held, args=pk, data=all_taps),
    "learn:rating-change": Row(get=NOBODY, post={"learner": 302}, world=answered, args=pk),
    "learn:reflection-draft": Row(get=NOBODY, post={"learner": 204}, world=held, args=pk, data=own_plan),
    "learn:reply-see": Row(get=NOBODY, post={"learner": 302}, world=answered, args=pk),
    "learn:plan-edit": Row(get={"learner": 200}, post={"learner": 302}, world=held, args=pk, data=own_plan),
    "learn:code-enter": Row(get=everybody(200), post=everybody(422)),
    "learn:code-follow": Row(
        get=everybody(200), post=everybody(409) | {"anonymous": 302, "learner": 302}, world=with_code, args=token
    ),
    "learn:code-rate": Row(get=everybody(302), post=everybody(302), world=with_code),
    "learn:code-score": Row(get=everybody(405), post=everybody(410), world=with_code),
    "learn:code-done": Row(get=everybody(200), post=everybody(405)),
}
