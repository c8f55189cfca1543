"""URLs of figures and decisions."""

from django.urls import URLPattern, path

from metrics.views import decisions, figures, quarters
from metrics.views import insights as pages

manage: list[URLPattern] = [
    path("organization/blocks/", quarters.blocks_edit, name="blocks-edit"),
]
insights: list[URLPattern] = [
    path("", pages.home, name="home"),
    path("how/", pages.how, name="how"),
    path("groups/<int:pk>/", pages.group_show, name="group-show"),
    path("figures/", figures.figure_list, name="figure-list"),
    path("figures.csv", figures.figure_export, name="figure-export"),
    path("releases/<int:pk>/", figures.release_show, name="release-show"),
    path("releases/<int:pk>.csv", figures.release_export, name="release-export"),
    path("figures/<int:pk>/decide/", decisions.decision_new, name="decision-new"),
    path("figures/<int:pk>/leave/", decisions.decision_leave, name="decision-leave"),
    path("figures/<int:pk>/put-aside/", decisions.figure_put_aside, name="figure-put-aside"),
    path("decisions/", decisions.decision_list, name="decision-list"),
    path("decisions/<int:pk>/", decisions.decision_show, name="decision-show"),
    path("decisions/<int:pk>/edit/", decisions.decision_edit, name="decision-edit"),
    path("decisions/<int:pk>/share/", decisions.decision_share, name="decision-share"),
    path("decisions/<int:pk>/take-back/", decisions.decision_take_back, name="decision-take-back"),
    path("decisions/<int:pk>/close/", decisions.decision_close, name="decision-close"),
    path("decisions/<int:pk>/reopen/", decisions.decision_reopen, name="decision-reopen"),
]
