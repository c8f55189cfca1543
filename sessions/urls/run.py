"""Running and closing: phases, ticks, notes, feedback, reflections read."""

from django.urls import URLPattern, path

from sessions.views import closing, reflections, running

coach: list[URLPattern] = [
    path("sessions/<int:pk>/start/", running.start, name="micro-start"),
    path("sessions/<int:pk>/run/", running.run, name="micro-run"),
    path("sessions/<int:pk>/phase/", running.phase, name="micro-phase"),
    path("sessions/<int:pk>/goal/", running.goal, name="micro-goal"),
    path("sessions/<int:pk>/told/", running.noted, name="micro-told"),
    path("sessions/<int:pk>/note/", running.note, name="note-write"),
    path("sessions/<int:pk>/tick/", running.tick, name="micro-tick"),
    path("sessions/<int:pk>/finish/", running.finish, name="micro-finish"),
    path("sessions/<int:pk>/finish/undo/", running.undo_finish, name="micro-finish-undo"),
    path("sessions/<int:pk>/rated/", running.rated, name="micro-rated"),
    path("sessions/<int:pk>/missing/", running.missing, name="micro-missing"),
    path("sessions/<int:pk>/close/", closing.close, name="micro-close"),
    path("sessions/<int:pk>/plan-next/", closing.plan_next, name="micro-plan-next"),
    path("sessions/<int:pk>/minutes/", closing.minutes, name="micro-minutes"),
    path("sessions/<int:pk>/feedback/<slug:kind>/", closing.feedback_write, name="feedback-write"),
    path("sessions/<int:pk>/improvement-plan/", closing.plan_write, name="improvement-plan-write"),
    path("reflections/", reflections.index, name="reflection-list"),
    path("reflections/<int:pk>/reply/", reflections.reply, name="reflection-reply"),
    path("reflections/<int:pk>/read/", reflections.read, name="reflection-read"),
    path("replies/<int:pk>/take-back/", reflections.take_back, name="reply-take-back"),
]
learn: list[URLPattern] = []
