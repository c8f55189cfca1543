"""Rating and reflecting: the learner's pages, codes, the handed-over phone."""

from django.urls import URLPattern, path

from sessions.views import codes, hand_over, kept, rating, record, reflection

coach: list[URLPattern] = [
    path("sessions/<int:pk>/rate/", rating.coach_edit, name="rating-edit"),
    path("sessions/<int:pk>/rate/score/", rating.coach_score, name="rating-score"),
    path("sessions/<int:pk>/rate/submit/", rating.coach_submit, name="rating-submit"),
    path("sessions/<int:pk>/rate/change/", rating.coach_change, name="rating-change"),
    path("sessions/<int:pk>/code/", codes.make, name="code-make"),
    path("sessions/<int:pk>/hand-over/", hand_over.offer, name="hand-over"),
    path("sessions/<int:pk>/hand-over/start/", hand_over.start, name="hand-over-start"),
    path("hand-over/end/", hand_over.end, name="hand-over-end"),
    path("kept/", kept.index, name="rating-kept"),
]
learn: list[URLPattern] = [
    path("", record.show, name="record"),
    path("record.csv", record.download, name="record-download"),
    path("sessions/<int:pk>/", record.micro_show, name="micro-show"),
    path("sessions/<int:pk>/met/", reflection.confirm_met, name="micro-confirm-met"),
    path("sessions/<int:pk>/rate/", rating.learner_edit, name="rating-edit"),
    path("sessions/<int:pk>/rate/score/", rating.learner_score, name="rating-score"),
    path("sessions/<int:pk>/rate/change/", rating.learner_change, name="rating-change"),
    path("sessions/<int:pk>/reflection/draft/", reflection.keep_draft, name="reflection-draft"),
    path("sessions/<int:pk>/replies/seen/", reflection.see_replies, name="reply-see"),
    path("sessions/<int:pk>/plan/", reflection.plan_edit, name="plan-edit"),
    path("code/", codes.enter, name="code-enter"),
    path("code/rate/", codes.rate, name="code-rate"),
    path("code/rate/score/", codes.score, name="code-score"),
    path("code/done/", codes.done, name="code-done"),
    path("code/<str:token>/", codes.follow, name="code-follow"),
]
