"""What a role costs in figures: a manager who coaches too many of a pillar hides figures of it (PRIVACY.md, rule 4)."""

from dataclasses import dataclass

from django.utils.translation import gettext as _

from programs import registry
from programs.models import Member


@dataclass(frozen=True)
class Hidden:
    """A manager coaches `coached` of `learners` in `groups`, so nobody is shown the figures of these groups.

    `groups`: names, listed. `everything`: not even the pillar as a whole is shown; the groups are all its cohorts.
    """

    pillar: str
    groups: str
    learners: int
    coached: int
    everything: bool = False

    def said_of(self, name: str) -> str:
        """In one sentence for administrators."""
        words = {
            "name": name, "pillar": self.pillar, "groups": self.groups, "n": self.learners, "coached": self.coached
        }  # fmt: skip
        if self.everything:
            return (
                _(
                    "As manager and coach of %(coached)s of %(n)s learners, %(name)s hides every figure of %(pillar)s"
                    " (%(groups)s) from everybody: it could not be shown without telling somebody’s own."
                )
                % words
            )
        return (
            _(
                "As manager and coach of %(coached)s of %(n)s learners there, %(name)s hides the figures of %(groups)s"
                " (%(pillar)s) from everybody: they could not be shown without telling somebody’s own."
            )
            % words
        )


def hidden_by(member: Member) -> list[Hidden]:
    """What would be published if this member did not both manage cohorts and coach in their pillar, by pillar."""
    return sorted(registry.hidden_by(member).values(), key=lambda hidden: hidden.pillar.lower())


def warnings_of(member: Member) -> list[str]:
    """The same in sentences."""
    return [hidden.said_of(member.name) for hidden in hidden_by(member)]
