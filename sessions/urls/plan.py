"""Planning: learners, week, plan, move, cancel, log."""

from django.urls import URLPattern, path

from sessions.views import learners, log, micro, planning, schedule, week

coach: list[URLPattern] = [
    path("learners/", learners.index, name="enrolment-list"),
    path("learners.csv", learners.download, name="enrolment-download"),
    path("learners/<int:pk>/", learners.show, name="enrolment-show"),
    path("learners/<int:pk>/slots/", learners.slot_add, name="slot-add"),
    path("learners/<int:pk>/slots/<int:slot>/remove/", learners.slot_remove, name="slot-remove"),
    path("learners/<int:pk>/plan/", planning.plan, name="micro-plan"),
    path("learners/<int:pk>/log/", log.log, name="micro-log"),
    path("log/", log.choose, name="micro-log-choose"),
    path("week/", week.plan, name="week-plan"),
    path("week/undo/", week.undo, name="week-undo"),
    path("sessions/<int:pk>/", micro.show, name="micro-show"),
    path("sessions/<int:pk>/edit/", planning.edit, name="micro-edit"),
    path("sessions/<int:pk>/move/", schedule.move, name="micro-move"),
    path("sessions/<int:pk>/move/undo/", schedule.move_undo, name="micro-move-undo"),
    path("sessions/<int:pk>/keep-time/", schedule.keep_time, name="micro-keep-time"),
    path("sessions/<int:pk>/cancel/", schedule.cancel, name="micro-cancel"),
    path("sessions/<int:pk>/missed/", schedule.missed, name="micro-missed"),
    path("sessions/<int:pk>/restore/", schedule.restore, name="micro-restore"),
    path("sessions/<int:pk>/took-place/", log.took_place, name="micro-took-place"),
]
learn: list[URLPattern] = [
    path("sessions/<int:pk>/ask-to-move/", schedule.ask_to_move, name="micro-ask-to-move"),
    path("sessions/<int:pk>/keep-time/", schedule.take_back_wish, name="micro-keep-time"),
]
