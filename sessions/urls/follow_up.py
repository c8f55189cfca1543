"""Prompts and their answers, the outbox, the mailbox."""

from django.urls import URLPattern, path

from sessions.views import mailbox as kept
from sessions.views import outbox, prompts, unsubscribe

coach: list[URLPattern] = []
learn: list[URLPattern] = [
    path("prompts/start/", prompts.start, name="prompts-start"),
    path("prompts/<int:pk>/", prompts.answer, name="prompt-answer"),
    path("prompts/<str:token>/", prompts.open_link, name="prompt-open"),
    path("unsubscribe/<str:token>/", unsubscribe.stop, name="prompts-unsubscribe"),
]
manage: list[URLPattern] = [
    path("outbox/", outbox.index, name="outbox-list"),
    path("outbox/test/", outbox.send_test, name="outbox-test"),
    path("outbox/<uuid:pk>/retry/", outbox.retry, name="delivery-retry"),
]
mailbox: list[URLPattern] = [
    path("mailbox/", kept.index, name="mailbox"),
    path("mailbox/hurry/", kept.hurry, name="mailbox-hurry"),
    path("mailbox/<str:name>/", kept.show, name="mailbox-show"),
    path("mailbox/<str:name>/html/", kept.html, name="mailbox-html"),
]
