"""Routes of releases, figures and decisions."""

from django.urls import path

from metrics.api import decisions, figures, insights

urlpatterns = [
    path("insights/", insights.Insights.as_view(), name="insights"),
    path("releases/", figures.Releases.as_view(), name="release-list"),
    path("releases/<int:pk>/", figures.ReleaseRow.as_view(), name="release"),
    path("figures/<int:pk>/proposal/", figures.StartDecision.as_view(), name="figure-proposal"),
    path("figures/<int:pk>/leave/", decisions.Leave.as_view(), name="figure-leave"),
    path("figures/<int:pk>/put-aside/", figures.PutAside.as_view(), name="figure-put-aside"),
    path("decisions/", decisions.Decisions.as_view(), name="decision-list"),
    path("decisions/told/", decisions.Told.as_view(), name="decision-told"),
    path("decisions/<int:pk>/", decisions.DecisionRow.as_view(), name="decision"),
    path("decisions/<int:pk>/comparison/", insights.DecisionComparison.as_view(), name="decision-comparison"),
    path("decisions/<int:pk>/share/", decisions.Share.as_view(), name="decision-share"),
    path("decisions/<int:pk>/take-back/", decisions.TakeBack.as_view(), name="decision-take-back"),
    path("decisions/<int:pk>/close/", decisions.CloseDecision.as_view(), name="decision-close"),
    path("decisions/<int:pk>/reopen/", decisions.Reopen.as_view(), name="decision-reopen"),
]
