"""URLs of the pages that span the apps, without a namespace; coachhub/urls.py includes them at the root."""

from django.urls import URLPattern, path

from coachhub.pages import profile, switch

urlpatterns: list[URLPattern] = [
    path("me/", profile.profile, name="profile"),
    path("me/prompts/", profile.prompts, name="profile-prompts"),
    path("me/sign-out-everywhere/", profile.sign_out_everywhere, name="profile-sign-out"),
    path("me/tokens/", profile.token_make, name="token-make"),
    path("me/tokens/<int:pk>/revoke/", profile.token_revoke, name="token-revoke"),
    path("me/switch/", switch.member_switch, name="member-switch"),
    path("accounts/demo/", switch.demo_sign_in, name="demo-sign-in"),
]
