"""A person's window: a browser context that is signed in, of that person's width, theme and time zone, and watched."""

from dataclasses import dataclass, field

from playwright.sync_api import Browser, BrowserContext, Page, expect
from playwright.sync_api import Page as Window

from programs.models import Member
from tests.conftest import ActingClient

__all__ = ["Watch", "Window", "opened", "signed_in"]
HEIGHT = {390: 844, 1280: 800}
PATIENCE = 15_000  # milliseconds: a part that asks every four seconds, on a machine that has other things to do
expect.set_options(timeout=PATIENCE)


@dataclass
class Watch:
    """What the browser complains of. `expects` are statuses of 400 and above that the journey asks for."""

    complaints: list[str] = field(default_factory=list)
    expects: set[int] = field(default_factory=set)

    def over(self, context: BrowserContext) -> None:
        context.on("console", self._console)
        context.on("weberror", lambda error: self.complaints.append(f"page error: {error.error}"))
        context.on("requestfailed", self._failed)
        context.on("response", self._answered)

    def _console(self, message) -> None:
        if message.type in {"error", "warning"} and not message.text.startswith("Failed to load resource"):
            self.complaints.append(f"{message.type}: {message.text}")

    def _failed(self, request) -> None:
        if request.failure != "net::ERR_ABORTED":  # leaving a page ends what it was asking for
            self.complaints.append(f"failed: {request.method} {request.url} {request.failure}")

    def _answered(self, response) -> None:
        if response.status >= 400 and response.status not in self.expects:
            self.complaints.append(f"{response.status}: {response.request.method} {response.url}")


def opened(
    browser: Browser,
    url: str,
    member: Member | None = None,
    *,
    watch: Watch,
    width: int = 390,
    theme: str = "light",
    js: bool = True,
    scale: float = 1,
) -> Page:
    """A new window on that site."""
    context = browser.new_context(
        base_url=url, viewport={"width": width, "height": HEIGHT[width]}, color_scheme=theme, reduced_motion="reduce",
        java_script_enabled=js, has_touch=width < 500, device_scale_factor=scale, locale="en-GB",
        timezone_id=member.timezone if member else None,
    )  # fmt: skip
    context.set_default_timeout(PATIENCE)
    watch.over(context)
    if member:
        context.add_cookies([{"name": "sessionid", "value": signed_in(member), "url": url}])
    return context.new_page()


def signed_in(member: Member) -> str:
    """The key of a new login session of that member."""
    return ActingClient().as_(member).cookies["sessionid"].value
